"""Implements `make run` and `make ui`: a local AWS and a sample site, without any account."""

import argparse
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from wp_pipeline.commands.terminal import log_to_terminal
from wp_pipeline.sandbox.local_aws import BUCKET, LocalAws, SandboxError, free_port, is_free
from wp_pipeline.sandbox.materialize import materialize
from wp_pipeline.settings import DEFAULT_USER_AGENT, Settings, SettingsError
from wp_pipeline.wordpress.endpoints import name_from
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.site.site import SiteOptions, open_site

LAKE = Path("lake")  # The extracted objects, as plain files.
STATE = Path(".sandbox")  # Dagster's history, and logs.
SAMPLE_PORT = 8790  # The port is part of the sample site's URLs, so it stays the same.
UI_PORT = 3000
SECONDS_FOR_DISCOVERY = 120.0
DAGSTER_YAML = "telemetry: {enabled: false}\nnux: {enabled: false}\n"
SAMPLE_COLLECTIONS = (
    "posts", "pages", "media", "comments", "categories", "tags", "users", "books", "genres",
)  # fmt: skip
SAMPLE_RAW_ROWS = ("posts", "statistics_pages", "term_relationship", "term_taxonomy", "terms")

log = logging.getLogger("wp_pipeline")


def main() -> int:
    parser = argparse.ArgumentParser("python -m wp_pipeline.sandbox", description=__doc__)
    parser.add_argument("command", choices=("run", "ui"))
    parser.add_argument("--site", metavar="URL", help="a public site instead of the sample site")
    arguments = parser.parse_args()
    log_to_terminal()
    try:
        if arguments.command == "ui" and not is_free(UI_PORT):
            raise SandboxError(f"port {UI_PORT} is in use: stop what listens there")
        forget_accounts()
        with sandbox(arguments.site) as environment:
            os.environ.update(environment)
            settings = Settings.from_environment()
            log.info("materializing the assets of %s with Dagster", settings.site)
            succeeded = materialize(settings.site, where, STATE / "run.log")
            if arguments.command == "ui":
                serve_ui()
        return 0 if succeeded else 1
    except (SandboxError, SettingsError) as error:
        log.error(error)
        return 2
    except KeyboardInterrupt:
        return 130


def forget_accounts() -> None:
    """Drop the user's AWS account and settings: the sandbox must not touch them."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "WP_PIPELINE_"))]:
        del os.environ[name]


@contextmanager
def sandbox(site_url: str | None) -> Iterator[Mapping[str, str]]:
    """Start a local AWS, and a sample site if no other is named; yield the environment that leads there."""
    home = STATE.absolute() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(DAGSTER_YAML)
    with LocalAws(LAKE) as aws:
        if site_url:
            settings, urls = public_site(site_url)
            yield environment_of(aws, home, settings, urls)
            return
        port = SAMPLE_PORT if is_free(SAMPLE_PORT) else free_port()
        with sample_site(port) as url:
            yield environment_of(aws, home, {}, sample_urls(url))


@contextmanager
def sample_site(port: int) -> Iterator[str]:
    """Run the sample site and yield its URL. Raises SandboxError outside a checkout."""
    try:
        from sample_site.server import SampleSiteServer  # Not part of the installed package.
    except ModuleNotFoundError:
        raise SandboxError(
            "the sample site is part of the repository, not of the package: run this command"
            " in a checkout, or name a site with --site"
        ) from None
    with SampleSiteServer(port=port) as server:
        yield server.url


def environment_of(
    aws: LocalAws, home: Path, settings: Mapping[str, str], urls: list[str]
) -> Mapping[str, str]:
    names = Settings()
    aws.put_parameters({names.endpoints_parameter: ",".join(urls), names.bucket_parameter: BUCKET})
    return {**aws.environment, "DAGSTER_HOME": str(home), **settings}


def sample_urls(url: str) -> list[str]:
    collections = [f"{url}/wp-json/wp/v2/{name}" for name in SAMPLE_COLLECTIONS]
    return collections + [f"raw_{name}={url}/wp-json/mo/v1/{name}_4821" for name in SAMPLE_RAW_ROWS]


def public_site(url: str) -> tuple[Mapping[str, str], list[str]]:
    """Return settings and endpoint URLs for what a site serves to visitors. Raises SandboxError."""
    host = re.sub(r"\W+", "_", urlsplit(url).hostname or "").strip("_")
    options = SiteOptions(DEFAULT_USER_AGENT, deadline=SECONDS_FOR_DISCOVERY)
    try:
        with open_site(options) as site:
            found = site.discover(url)
    except SiteError as error:
        raise SandboxError(f"SITE {url}: {error}") from None
    if not found:
        raise SandboxError("the site serves no collection to visitors")
    log.info("%s serves %s collections to visitors", host, len(found))
    empty = [name_from(collection.address) for collection in found if collection.total == 0]
    settings = {
        "WP_PIPELINE_SITE": host,
        "WP_PIPELINE_PREFIX": host,
        "WP_PIPELINE_MAY_BE_EMPTY": ",".join(empty),
    }
    return settings, [collection.address.url for collection in found]


def where(uri: str) -> str:
    return str(LAKE / uri.removeprefix("s3://"))


def serve_ui() -> None:
    """Serve the Dagster UI until Ctrl-C."""
    log.info("Dagster's UI: http://127.0.0.1:%s (stop it with Ctrl-C)", UI_PORT)
    command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(UI_PORT), "--log-level", "warning"]
    with (STATE / "ui.log").open("w") as output:
        subprocess.run(command, stdout=output, stderr=output, check=False)


if __name__ == "__main__":
    sys.exit(main())
