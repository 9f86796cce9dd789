"""Speed and memory of the extraction, compared with the alternatives: see README.md."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
