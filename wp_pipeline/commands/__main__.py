"""wp-pipeline: brings a WordPress site's data into a lake on S3."""

import gc
import logging
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

import click

from wp_pipeline import __version__

# Modules with such a function.
COMMANDS = ("discover", "login", "doctor", "extract", "show", "tables", "sql")
INTERRUPTED = 130
OPTION = re.compile(r"--?[a-z-]+")
MISTYPED = re.compile(r"[A-Za-z-]{1,12}")  # May be the name of a command.
EXAMPLES = """\b
Examples:
  wp-pipeline discover example.org    what a site serves, and what reading it costs
  wp-pipeline doctor                  what a run needs, and what to do where it is missing
  wp-pipeline extract --mode changes  bring what changed since the last extraction

\b
Settings come from options, or else from the WP_PIPELINE_* variables:
wp-pipeline extract --help lists all of them.
"""

log = logging.getLogger("wp_pipeline")


class Commands(click.Group):
    """Imports a command's module when the command is used: most need no AWS, or no site."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return getattr(import_module(f"wp_pipeline.commands.{cmd_name}"), cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises UsageError, which suggests a command that is spelled alike."""
        close = get_close_matches(args[0], COMMANDS, 1)
        if close and args[0] not in COMMANDS:
            ctx.fail(f"No such command '{args[0]}'; did you mean {close[0]}?")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    help=__doc__,
    epilog=EXAMPLES,
    invoke_without_command=True,
    context_settings={"max_content_width": 100},
)
@click.version_option(__version__, message="%(version)s")
@click.pass_context
def wp_pipeline(context: click.Context) -> None:
    """Print the help, where no command is given."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; 2 for arguments that are not understood."""
    # Start-up allocates many objects, all of which stay: looking for garbage among them takes
    # 0.05 s there, and 0.1 s at exit.
    gc.disable()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return wp_pipeline.main(arguments, prog_name="wp-pipeline", standalone_mode=False) or 0
    except click.ClickException as error:
        message = without_values(error.format_message(), arguments)
        click.UsageError(message, getattr(error, "ctx", None)).show()
        return error.exit_code
    except click.Abort:
        log.error("stopped; endpoints that were not finished keep what was stored")
        return INTERRUPTED
    finally:
        gc.freeze()
        gc.enable()


def without_values(message: str, arguments: Sequence[str]) -> str:
    """Return click's message without the values that it quotes: one may be a URL or a login."""
    values = list(arguments[1 if MISTYPED.fullmatch("".join(arguments[:1])) else 0 :])
    values += [value.partition("=")[2] for value in values if value.startswith("-")]
    values = [value for value in values if value and not OPTION.fullmatch(value)]
    for value in sorted({*values, *(repr(one)[1:-1] for one in values)}, key=len, reverse=True):
        message = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", "…", message)
    return message


if __name__ == "__main__":
    sys.exit(main())
