"""Makes the virtual environment of the servers and the peers, apart from the project's own."""

import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
DEFAULT_FOLDER = HERE / ".venv-bench"


def python_of(folder: Path, requirements: Path = REQUIREMENTS) -> Path:
    """Return the environment's Python, making the environment if it is missing or out of date."""
    python = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"making {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--requirement", requirements]
        subprocess.run(install, check=True)
        stamp.write_text(wanted)
    return python
