"""Runs the commands of a page, and compares what they print with what the page shows."""

from collections.abc import Iterator
from itertools import zip_longest

import pytest

from wp_pipeline_tests.support.documentation.page_commands import PAGES, Step, steps_of
from wp_pipeline_tests.support.documentation.page_environment import PageEnvironment
from wp_pipeline_tests.support.documentation.page_setups import SETUPS
from wp_pipeline_tests.support.documentation.page_shell import LAST_STATUS
from wp_pipeline_tests.support.documentation.shown_output import agrees

# Commands that other tests or CI run: a file, and what it contains of the command.
RUN_BY_OTHER_TESTS = {
    "make setup": (".ci/run", "make setup"),
    "make test": (".ci/run", "make test"),
    "make check": (".ci/run", "make check"),
    ".ci/run": (".ci/run", "#!/usr/bin/env bash"),
    "make lambda": ("wp_pipeline_tests/deploy/test_lambda_zip.py", '"lambda"'),
    "make ui": ("wp_pipeline_tests/sandbox/test_main.py", '"ui"'),
    ".venv/bin/dagster dev": (
        "wp_pipeline_tests/support/deployments/local_dagster.py",
        '"dagster", "dev"',
    ),
}
# A person types these; the commands of a page read them from a pipe here.
PROMPTS = ("User, or consumer key:", "Application password:", "Consumer secret:")
STEPS = {page: steps for page in PAGES if (steps := steps_of(page))}


def run_page(page: str, environment: PageEnvironment) -> None:
    """Run the commands of a page, and compare what it shows with what they print."""
    setups = dict(SETUPS[page])
    setups.pop("")(environment)
    section = ""
    for step, fails in steps_with_failures(STEPS[page]):
        if step.section != section:
            section = step.section
            setups.pop(section, lambda environment: None)(environment)
        if step.command not in RUN_BY_OTHER_TESTS:
            run_step(step, environment, page)
            assert (environment.shell.status != 0) == fails, (
                f"{step.command}: {environment.shell.status}"
            )
    assert not setups, (
        "a set-up is for a section that the page does not have, or that has no commands"
    )


def steps_with_failures(steps: list[Step]) -> Iterator[tuple[Step, bool]]:
    """Yield each step, and whether the page shows that its command fails.

    It shows this by its output, or by its exit status.
    """
    for step, following in zip_longest(steps, steps[1:]):
        is_shown = any("[ERROR]" in line or line.startswith("mend ") for line in step.shown)
        yield step, is_shown or LAST_STATUS in (step.command, following and following.command)


def run_step(step: Step, environment: PageEnvironment, page: str) -> None:
    printed = environment.shell.run(step.command)
    shown = [line for line in step.shown if not line.startswith(PROMPTS)]
    if not agrees(shown, printed):
        told = "\n".join(shown)
        pytest.fail(f"{page}, {step.command}\n--- shown\n{told}\n--- printed\n{printed}", False)
