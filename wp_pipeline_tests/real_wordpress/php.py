"""Runs PHP inside a site's WordPress."""

import subprocess

from wp_pipeline_tests.real_wordpress.wordpress import WordPress
from wp_pipeline_tests.real_wordpress.writer import AS_THE_WEB_SERVER

FORGET_THE_SEAL = "delete_option( 'seal' );"  # The next start seeds anew.


class PhpFailed(Exception):
    """What PHP printed."""


def run_php(site: WordPress, code: str) -> None:
    """Run code with WordPress's functions, as the web server does."""
    boot = site.directory / "scripts" / "boot.php"
    whole = f"require '{boot}'; {FORGET_THE_SEAL} {code} echo 'done';"
    done = subprocess.run(
        [*AS_THE_WEB_SERVER, "php", "-d", "display_errors=stderr", "-r", whole],
        capture_output=True,
        text=True,
    )
    if done.returncode or done.stdout != "done":
        raise PhpFailed(f"{done.stdout[-500:]} {done.stderr[-1500:]}")
