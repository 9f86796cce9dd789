"""wp-pipeline: brings a WordPress site's data into a lake on S3."""

import gc
import logging
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from wp_pipeline import __version__

COMMANDS = ("discover", "extract", "login")  # Modules here, each with a function of its name.
INTERRUPTED = 130

log = logging.getLogger("wp_pipeline")


class Commands(click.Group):
    """Imports a command's module when the command is used: most need no AWS, or no site."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return getattr(import_module(f"wp_pipeline.commands.{cmd_name}"), cmd_name)


@click.group(cls=Commands, help=__doc__, context_settings={"max_content_width": 100})
@click.version_option(__version__, message="%(version)s")
def wp_pipeline() -> None:
    """Only its commands do something."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; 2 for arguments that are not understood."""
    # Start-up allocates many objects, all of which stay: looking for garbage among them takes
    # 0.05 s there, and 0.1 s at exit.
    gc.disable()
    try:
        return wp_pipeline.main(arguments, prog_name="wp-pipeline", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        log.error("stopped; endpoints that were not finished keep what was stored")
        return INTERRUPTED
    finally:
        gc.freeze()
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
