"""The suites of pyproject.toml, conftest.py and .ci/run agree, so that no test is left out."""

import re
from pathlib import Path

import pytest

from wp_pipeline_tests.conftest import ONE_FOLDER, SUITES, TESTS

CI = (TESTS.parent / ".ci" / "run").read_text()
SELECTED = re.compile(r"^ +suite .* -m ('.*?'|\w+)", re.MULTILINE)
LEFT_OUT = re.compile(r"not (\w+)")


@pytest.mark.parametrize("suite", ONE_FOLDER)
def test_a_suite_of_one_folder_has_no_test_elsewhere(suite: str):
    elsewhere = [file for file in TESTS.rglob("*.py") if not file.is_relative_to(TESTS / suite)]

    assert [file for file in elsewhere if f"mark.{suite}" in file.read_text()] == []


def test_ci_runs_every_suite_that_make_test_leaves_out(pytestconfig: pytest.Config):
    left_out = set(LEFT_OUT.findall(" ".join(pytestconfig.getini("addopts"))))
    run = {name for one in SELECTED.findall(CI) for name in one.strip("'").split(" or ")}

    assert left_out == run
    assert left_out >= set(SUITES)


def test_every_suite_of_a_folder_has_its_folder():
    assert [name for name in SUITES if not Path(TESTS, name).is_dir()] == []
