"""`make dist` builds a wheel and a source distribution that work without the checkout."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def no_python_path(monkeypatch) -> None:
    """A checkout there would be imported instead of what is installed."""
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory) -> Path:
    """A folder with what `make dist` builds, from what git knows of this checkout."""
    clone = tmp_path_factory.mktemp("clone")
    git = shutil.which("git") or "git"
    listed = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            (clone / name).write_bytes((ROOT / name).read_bytes())
    (clone / ".venv").symlink_to(sys.prefix)
    (clone / ".venv" / ".installed").touch()
    make = shutil.which("make") or "make"
    subprocess.run([make, "dist"], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    return clone / "dist"


@pytest.fixture(scope="module", params=["wp_pipeline-*.whl", "wp_pipeline-*.tar.gz"])
def installed(request, distributions, tmp_path_factory) -> Path:
    """The programs of a new environment, in which a distribution is installed.

    The packages that it needs are those of this environment, which are not installed anew.
    """
    (distribution,) = distributions.glob(request.param)
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=True)
    programs = environment / "bin"
    packages = sysconfig.get_path("purelib", vars={"base": str(environment)})
    (Path(packages) / "needed.pth").write_text(sysconfig.get_path("purelib"))
    install = [programs / "python", "-m", "pip", "install", "--quiet", "--no-deps", distribution]
    subprocess.run(install, cwd=environment, check=True)
    return programs


def test_a_distribution_extracts_a_site(installed, world, tmp_path):
    world.extract_these("posts", "tags")
    from_where = [installed / "python", "-c", "import wp_pipeline; print(wp_pipeline.__file__)"]
    where = subprocess.run(
        from_where, cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert where.startswith(str(installed.parent))

    ended = subprocess.run(
        [installed / "wp-pipeline", "extract"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.splitlines()[-1].endswith("2 of 2 endpoints are up to date.")
    assert len(world.rows("posts")) == 7


def test_a_distribution_has_the_definitions(installed, world, tmp_path):
    world.extract_these("posts")

    ended = subprocess.run(
        [
            *(installed / "python", "-m", "dagster", "asset", "list"),
            *("-m", "wp_pipeline.definitions"),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    assert "amazonwebshark/posts" in ended.stdout.splitlines()
