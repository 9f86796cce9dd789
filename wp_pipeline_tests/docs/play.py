"""Carries out the commands of a page on a stage, and compares what they print with the page."""

from collections.abc import Iterator
from itertools import zip_longest

import pytest

from wp_pipeline_tests.docs.output import agrees
from wp_pipeline_tests.docs.pages import PAGES, Step, steps_of
from wp_pipeline_tests.docs.scenes import SCENES
from wp_pipeline_tests.docs.shell import LAST_STATUS
from wp_pipeline_tests.docs.stage import Stage

# Commands that other tests or CI run: a file, and what it contains of the command.
ELSEWHERE = {
    "make setup": (".ci/run", "make setup"),
    "make test": (".ci/run", "make test"),
    "make check": (".ci/run", "make check"),
    ".ci/run": (".ci/run", "#!/usr/bin/env bash"),
    "make lambda": ("wp_pipeline_tests/deploy/test_lambda_zip.py", '"lambda"'),
    "make ui": ("wp_pipeline_tests/sandbox/test_main.py", '"ui"'),
    ".venv/bin/dagster dev": ("wp_pipeline_tests/browser/local_dagster.py", '"dagster", "dev"'),
}
# A person types these; the commands of a page read them from a pipe here.
PROMPTS = ("User, or consumer key:", "Application password:", "Consumer secret:")
STEPS = {page: steps for page in PAGES if (steps := steps_of(page))}


def play(page: str, stage: Stage) -> None:
    """Run the commands of a page, and compare what it shows with what they print."""
    scenes = dict(SCENES[page])
    scenes.pop("")(stage)
    section = ""
    for step, fails in steps_with_failures(STEPS[page]):
        if step.section != section:
            section = step.section
            scenes.pop(section, lambda stage: None)(stage)
        if step.command not in ELSEWHERE:
            carry_out(step, stage, page)
            assert (stage.shell.status != 0) == fails, f"{step.command}: {stage.shell.status}"
    assert not scenes, "a scene is for a section that the page does not have, or without commands"


def steps_with_failures(steps: list[Step]) -> Iterator[tuple[Step, bool]]:
    """Yield each step, and whether the page shows that its command fails.

    It shows this by its output, or by its exit status.
    """
    for step, following in zip_longest(steps, steps[1:]):
        is_shown = any("[ERROR]" in line or line.startswith("mend ") for line in step.shown)
        yield step, is_shown or LAST_STATUS in (step.command, following and following.command)


def carry_out(step: Step, stage: Stage, page: str) -> None:
    printed = stage.shell.run(step.command)
    shown = [line for line in step.shown if not line.startswith(PROMPTS)]
    if not agrees(shown, printed):
        told = "\n".join(shown)
        pytest.fail(f"{page}, {step.command}\n--- shown\n{told}\n--- printed\n{printed}", False)
