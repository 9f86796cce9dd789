"""Options that several commands have."""

from collections.abc import Callable

import click

from wp_pipeline.setting_texts import help_text
from wp_pipeline.settings import DECLARED

Command = Callable[..., int]

# The settings that decide how a site is reached.
OF_REQUESTS = ("concurrency", "timeout", "deadline", "longest_wait", "largest_body", "user_agent")


def setting_options(*settings: str) -> Callable[[Command], Command]:
    """Add an option for each of these settings; what is not given comes from the environment."""

    def adding(command: Command) -> Command:
        for setting in reversed(settings):
            command = click.option(
                f"--{setting.replace('_', '-')}",
                setting,
                metavar="TEXT" if DECLARED[setting].kind is str else "VALUE",
                help=help_text(setting),
            )(command)
        return command

    return adding


kms_key = click.option(
    "--kms-key",
    default="",
    metavar="KEY",
    help="Id, alias or ARN of the KMS key that encrypts what is stored. Without it, AWS's own.",
)
yes = click.option("--yes", is_flag=True, help="Store without asking.")
