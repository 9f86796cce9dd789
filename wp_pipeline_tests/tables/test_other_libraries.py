"""The snippets of docs/tables-queries.md for libraries that this project does not need."""

import re
import subprocess
import venv
from pathlib import Path

import pytest

from wp_pipeline_tests.tables.test_snippets import POSTS_DAILY, blocks

pytestmark = pytest.mark.processes

LIBRARIES = ("pandas", "pyarrow", "polars")  # Too large for the environment of the tests.
SECONDS_TO_INSTALL = 240


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with nothing but these libraries."""
    folder = tmp_path_factory.mktemp("libraries")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *LIBRARIES],
        check=True,
        timeout=SECONDS_TO_INSTALL,
    )
    return python


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_snippet_prints_the_views_of_each_category(python, library, store):
    (snippet,) = [one for one in blocks("python") if f"import {library}" in one]
    store.add("posts_daily", POSTS_DAILY)
    printed = subprocess.run(
        [python, "-c", snippet], cwd=store.folder, capture_output=True, text=True, check=False
    )

    assert printed.returncode == 0, printed.stderr
    rows = re.findall(r"(News|Tips)\W+(\d+)", printed.stdout)
    assert sorted(rows) == [("News", "60"), ("Tips", "20")]
