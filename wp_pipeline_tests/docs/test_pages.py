"""Every command of every page is run, and prints what the page shows.

A world stands for the user's: see `scenes.py`. Pages with commands that take a process of their own
have the marker `processes`. What is not run here is in `ELSEWHERE`.
"""

import re
import shlex
import shutil
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import click
import pytest

from wp_pipeline.commands.__main__ import wp_pipeline
from wp_pipeline_tests.browser.local_dagster import copy_project
from wp_pipeline_tests.docs.output import agrees
from wp_pipeline_tests.docs.pages import PAGES, ROOT, Step, steps_of
from wp_pipeline_tests.docs.scenes import SCENES
from wp_pipeline_tests.docs.shell import LAST_STATUS, is_in_process
from wp_pipeline_tests.docs.stage import Stage

# Commands that other tests or CI run: a file, and what it contains of the command.
ELSEWHERE = {
    "make setup": (".ci/run", "make setup"),
    "make test": (".ci/run", "make test"),
    "make check": (".ci/run", "make check"),
    ".ci/run": (".ci/run", "#!/usr/bin/env bash"),
    "make ui": ("wp_pipeline_tests/sandbox/test_main.py", '"ui"'),
    ".venv/bin/dagster dev": ("wp_pipeline_tests/browser/local_dagster.py", '"dagster", "dev"'),
}
COMMAND_IN_A_SENTENCE = re.compile(r"(?<!`)`(?:\.venv/bin/)?wp-pipeline ([a-z][^`]*)`(?!`)")
# A person types these; the commands of a page read them from a pipe here.
PROMPTS = ("User, or consumer key:", "Application password:", "Consumer secret:")
STEPS = {page: steps for page in PAGES if (steps := steps_of(page))}


def needs_processes(page: str) -> bool:
    commands = {step.command for step in STEPS[page]} - set(ELSEWHERE)
    return not all(map(is_in_process, commands))


PLAYED = [page for page, steps in STEPS.items() if {one.command for one in steps} - set(ELSEWHERE)]
SLOW = [page for page in PLAYED if needs_processes(page)]


@pytest.fixture
def stage(aws, serve, monkeypatch, tmp_path) -> Stage:
    folder = tmp_path / "project"
    folder.mkdir()
    return Stage(aws, serve, monkeypatch, folder)


@pytest.fixture
def stage_with_project(stage) -> Stage:
    """A stage in a copy of this project, as a user has it after `make setup`."""
    stage.folder = stage.folder.with_name("copy")
    copy_project(stage.folder)
    for name in ("Makefile", "constraints.txt"):
        shutil.copy(ROOT / name, stage.folder)
    (stage.folder / ".venv").symlink_to(sys.prefix)
    stage.shell.change_to(stage.folder)
    return stage


def play(page: str, stage: Stage) -> None:
    """Run the commands of a page, and compare what it shows with what they print."""
    scenes = dict(SCENES[page])
    scenes.pop("")(stage)
    section = ""
    for step, following in pairwise([*STEPS[page], None]):
        if step.section != section:
            section = step.section
            scenes.pop(section, lambda stage: None)(stage)
        if step.command not in ELSEWHERE:
            carry_out(step, stage, page)
            assert stage.shell.status == 0 or tells_a_failure(step, following), step.command
    assert not scenes, "a scene is for a section that the page does not have, or without commands"


def tells_a_failure(step: Step, following: Step | None) -> bool:
    """Whether a page shows that a command fails: by its output, or by its exit status."""
    is_shown = any("[ERROR]" in line or line.startswith("mend ") for line in step.shown)
    return is_shown or LAST_STATUS in (step.command, following and following.command)


def carry_out(step: Step, stage: Stage, page: str) -> None:
    printed = stage.shell.run(step.command)
    shown = [line for line in step.shown if not line.startswith(PROMPTS)]
    if not agrees(shown, printed):
        told = "\n".join(shown)
        pytest.fail(f"{page}, {step.command}\n--- shown\n{told}\n--- printed\n{printed}", False)


@pytest.mark.parametrize("page", sorted(set(PLAYED) - set(SLOW)))
def test_a_page_shows_what_its_commands_print(page: str, stage: Stage):
    play(page, stage)


@pytest.mark.processes
@pytest.mark.parametrize("page", SLOW)
def test_a_page_shows_what_its_processes_print(page: str, stage_with_project: Stage):
    play(page, stage_with_project)


@pytest.mark.parametrize(("command", "place"), ELSEWHERE.items())
def test_what_is_run_elsewhere_is_on_a_page_and_run_there(command: str, place: tuple[str, str]):
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
            command.make_context(name, [one for one in arguments if one != "…"])


@pytest.mark.parametrize("page", PAGES)
def test_a_command_is_in_a_block_that_is_run(page: str):
    languages = set(re.findall(r"^ *```([a-z]+)$", (ROOT / page).read_text(), re.MULTILINE))

    assert languages <= {"console", "yaml", "python"}
