"""Every command of every page is run, and prints what the page shows.

Sites and a fake AWS stand for the user's own: see `page_setups.py`. Pages with commands that take a
process of their own have the marker `processes`. What other tests run is in `RUN_BY_OTHER_TESTS`.
"""

import re
import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest

from wp_pipeline.commands.__main__ import wp_pipeline
from wp_pipeline_tests.support.deployments.local_dagster import copy_project
from wp_pipeline_tests.support.documentation.page_commands import PAGES, ROOT
from wp_pipeline_tests.support.documentation.page_environment import PageEnvironment
from wp_pipeline_tests.support.documentation.page_shell import is_in_process
from wp_pipeline_tests.support.documentation.run_page import RUN_BY_OTHER_TESTS, STEPS, run_page

COMMAND_IN_A_SENTENCE = re.compile(r"(?<!`)`(?:\.venv/bin/)?wp-pipeline ([a-z][^`]*)`(?!`)")


def needs_processes(page: str) -> bool:
    commands = {step.command for step in STEPS[page]} - set(RUN_BY_OTHER_TESTS)
    return not all(map(is_in_process, commands))


RUN_HERE = [
    page
    for page, steps in STEPS.items()
    if {one.command for one in steps} - set(RUN_BY_OTHER_TESTS)
]
SLOW = [page for page in RUN_HERE if needs_processes(page)]


@pytest.fixture
def environment(aws, serve, monkeypatch, tmp_path) -> PageEnvironment:
    folder = tmp_path / "project"
    folder.mkdir()
    return PageEnvironment(aws, serve, monkeypatch, folder)


@pytest.fixture
def environment_with_project(environment) -> PageEnvironment:
    """An environment in a copy of this project, as a user has it after `make setup`."""
    environment.folder = environment.folder.with_name("copy")
    copy_project(environment.folder)
    for name in ("Makefile", "constraints.txt"):
        shutil.copy(ROOT / name, environment.folder)
    (environment.folder / ".venv").symlink_to(sys.prefix)
    environment.shell.change_to(environment.folder)
    return environment


@pytest.mark.parametrize("page", sorted(set(RUN_HERE) - set(SLOW)))
def test_a_page_shows_what_its_commands_print(page: str, environment: PageEnvironment):
    run_page(page, environment)


@pytest.mark.processes
@pytest.mark.parametrize("page", SLOW)
def test_a_page_shows_what_its_processes_print(
    page: str, environment_with_project: PageEnvironment
):
    run_page(page, environment_with_project)


@pytest.mark.parametrize(("command", "place"), RUN_BY_OTHER_TESTS.items())
def test_commands_that_other_tests_run_are_on_a_page_and_in_that_test(
    command: str, place: tuple[str, str]
):
    file, text = place

    assert command in {step.command for steps in STEPS.values() for step in steps}
    assert text in (ROOT / Path(file)).read_text()


@pytest.mark.parametrize("page", PAGES)
def test_a_command_in_a_sentence_has_options_that_exist(page: str):
    for text in COMMAND_IN_A_SENTENCE.findall((ROOT / page).read_text()):
        name, *arguments = shlex.split(text.replace("\n", " "))
        command = wp_pipeline.get_command(click.Context(wp_pipeline), name)
        assert command is not None, text
        with suppress(click.MissingParameter):
            command.make_context(name, [one for one in arguments if one not in ("…", "--help")])


@pytest.mark.parametrize("page", PAGES)
def test_a_command_is_in_a_block_that_is_run(page: str):
    languages = set(re.findall(r"^ *```([a-z]+)$", (ROOT / page).read_text(), re.MULTILINE))

    assert languages <= {"bash", "console", "yaml", "python", "sql"}
