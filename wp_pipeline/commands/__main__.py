"""wp-pipeline: brings a WordPress site's data into a lake on S3."""

import gc
import logging
import sys
from collections.abc import Sequence

import click

from wp_pipeline import __version__
from wp_pipeline.commands.extract import extract
from wp_pipeline.commands.terminal import log_to_terminal

INTERRUPTED = 130

log = logging.getLogger("wp_pipeline")


@click.group(help=__doc__, context_settings={"max_content_width": 100})
@click.version_option(__version__, message="%(version)s")
def wp_pipeline() -> None:
    log_to_terminal()


wp_pipeline.add_command(extract)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; 2 for arguments that are not understood."""
    try:
        return wp_pipeline.main(arguments, prog_name="wp-pipeline", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        log.error("stopped; endpoints that were not finished keep what was stored")
        return INTERRUPTED
    finally:
        gc.freeze()  # Otherwise Python collects all of botocore's objects at exit: 0.1 s.


if __name__ == "__main__":
    sys.exit(main())
