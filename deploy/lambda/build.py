"""Builds the zip of the AWS Lambda function: `make lambda`.

    python deploy/lambda/build.py --python-version 3.12 --arch x86_64 dist/lambda.zip

The zip holds the modules that `wp_pipeline.lambda_function` imports, and the packages of the extra
`lambda` in pyproject.toml with what they need, as wheels for Lambda, at the versions of
constraints.txt. Dagster is not among them, nor is botocore: Lambda's runtime has it, and 1.37 or
newer is needed.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-python
urllib3 is, since that of the runtime may be older than ours must be; what a zip holds comes first.

Two builds have the same bytes: the names are sorted, the times fixed, and nothing is compiled.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from modulefinder import ModuleFinder
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from packaging.requirements import Requirement
from packaging.version import Version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
HANDLER = "wp_pipeline.lambda_function"
EXTRA = "lambda"
LARGEST = 15_000_000  # bytes
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # The earliest time that a zip can hold.
PLAIN_FILE = 0o100644 << 16  # Its type and mode, where a zip has them.
UNIX = 3

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}  # Lambda's name, and that of wheels
# Amazon Linux 2 has glibc 2.26. Amazon Linux 2023, which runs Python 3.12 and newer, has 2.34.
GLIBC_OF_ALL = ("manylinux2014", "manylinux_2_17")
GLIBC_OF_2023 = "manylinux_2_28"
# What pip adds to packages, and programs, which nobody starts there.
LEFT_OUT_FILES = frozenset({"RECORD", "INSTALLER", "REQUESTED", "WHEEL"})
LEFT_OUT_FOLDERS = frozenset({"bin", "__pycache__"})


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the zip of the AWS Lambda function.")
    parser.add_argument("zip", type=Path)
    parser.add_argument("--python-version", default="3.12", help="that of the function's runtime")
    parser.add_argument("--arch", default="x86_64", choices=MACHINES)
    options = parser.parse_args()
    options.zip.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        install(Path(folder), options.python_version, options.arch)
        write(options.zip, {**files_below(Path(folder)), **our_modules()})
    size = options.zip.stat().st_size
    print(f"{options.zip}: {size / 1e6:.1f} MB")
    if size > LARGEST:
        sys.exit(f"the zip is larger than {LARGEST / 1e6:g} MB")


def install(folder: Path, python_version: str, arch: str) -> None:
    """Install the packages for Lambda into a folder. Fails where pip finds no wheel."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = extras["optional-dependencies"][EXTRA]
    with TemporaryDirectory() as elsewhere:
        constraints = Path(elsewhere) / "constraints.txt"
        constraints.write_text("\n".join(pins(python_version)))
        command = [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--target", folder, "--no-compile", "--only-binary=:all:", "--implementation", "cp"),
            *("--python-version", python_version, "--constraint", constraints),
            *(f"--platform={platform}" for platform in platforms(python_version, arch)),
            *requirements,
        ]
        subprocess.run(command, check=True)  # noqa: S603


def pins(python_version: str) -> Iterator[str]:
    """Yield the pinned versions for a Python, which need not be the one that runs this.

    pip would choose those for its own.
    """
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate({"python_version": python_version}):
                yield f"{pin.name}{pin.specifier}"


def platforms(python_version: str, arch: str) -> Iterator[str]:
    """Yield the tags of wheels that run in Lambda, the best first."""
    newest = [GLIBC_OF_2023] if Version(python_version) >= Version("3.12") else []
    for glibc in (*newest, *GLIBC_OF_ALL):
        yield f"{glibc}_{MACHINES[arch]}"


def files_below(folder: Path) -> dict[PurePath, Path]:
    """Return the installed files, by their names in the zip."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path
        for name, path in found.items()
        if name.name not in LEFT_OUT_FILES and not LEFT_OUT_FOLDERS & set(name.parts)
    }


def our_modules() -> dict[PurePath, Path]:
    """Return the modules of ours that the handler imports, also those imported in functions."""
    finder = ModuleFinder([str(ROOT)])
    finder.import_hook(HANDLER)
    found = [vars(module)["__file__"] for module in finder.modules.values()]
    files = [Path(file) for file in found if file]  # Modules that are built into Python have none.
    return {file.relative_to(ROOT): file for file in files}


def write(target: Path, files: dict[PurePath, Path]) -> None:
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as written:
        for name in sorted(files):
            entry = ZipInfo(name.as_posix(), FIRST_DAY)
            entry.create_system, entry.external_attr = UNIX, PLAIN_FILE
            entry.compress_type = ZIP_DEFLATED
            written.writestr(entry, files[name].read_bytes())


if __name__ == "__main__":
    main()
