"""Implements `make run` and `make ui`: a local AWS and a sample site, without any account."""

import argparse
import errno
import logging
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import dagster as dg

from wp_pipeline.commands.terminal import log_to_terminal
from wp_pipeline.extraction.extract import reading_options
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.sandbox.kept_metadata import metadata_kept
from wp_pipeline.sandbox.local_aws import BUCKET, LocalAws, SandboxError, free_port, is_free
from wp_pipeline.sandbox.materialize import materialize
from wp_pipeline.sandbox.start_run import Start, start_by_webserver, start_in_process
from wp_pipeline.sandbox.ui import choose_port, page_of, ui_served
from wp_pipeline.settings import Settings, SettingsError
from wp_pipeline.wordpress.endpoints.address import DEFAULT_PORTS, Address, addresses_of_site
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint, text_of
from wp_pipeline.wordpress.errors import MalformedEndpoints, SiteError
from wp_pipeline.wordpress.site.discovered import CLOSED, EMPTY
from wp_pipeline.wordpress.site.discovery import COLLECTIONS
from wp_pipeline.wordpress.site.route_names import names_for
from wp_pipeline.wordpress.site.site import open_site

LAKE = Path("lake")  # The extracted objects, as plain files.
STATE = Path(".sandbox")  # Dagster's history, and logs.
SAMPLE_PORT = 8790  # The port is part of the sample site's URLs, so it stays the same.
LONGEST_NAME = 60
SECONDS_FOR_DISCOVERY = 120.0
OF_THE_DISK = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT,
    errno.EEXIST, errno.ENOTDIR,
)  # fmt: skip
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
    parser.add_argument("--port", type=int, help="port of the UI instead of 3000 or the next free")
    arguments = parser.parse_args()
    log_to_terminal()
    # So that all that was started is ended. A script starts what runs in its background with SIGINT
    # ignored, and Dagster then ignores SIGTERM too.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        port = choose_port(arguments.port) if arguments.command == "ui" else 0
        forget_accounts()
        with sandbox(arguments.site) as started:
            os.environ.update(started.environment)
            settings = Settings.from_environment()
            with dg.DagsterInstance.get() as instance:
                if arguments.command == "run":
                    log_file = STATE / "run.log"
                    succeeded = extract(
                        settings, started, start_in_process(log_file), instance, log_file
                    )
                else:
                    succeeded = serve(settings, started, port, instance)
        return 0 if succeeded and not started.left_out else 1
    except (SandboxError, SettingsError) as error:
        log.error(error)
        return 2
    except OSError as error:
        if error.errno not in OF_THE_DISK:
            raise
        log.error("the sandbox can't write here: %s", error.strerror)
        return 2
    except KeyboardInterrupt:
        return 130


def serve(settings: Settings, started: "Started", port: int, instance: dg.DagsterInstance) -> bool:
    """Extract the site by the code location of a UI, and serve that until it is stopped."""
    log_file = STATE / "ui.log"
    with ui_served(port, log_file) as wait:
        succeeded = extract(
            settings, started, start_by_webserver(port, instance), instance, log_file
        )
        log.info("Dagster's UI: %s (stop it with Ctrl-C)", page_of(settings.site, port))
        wait()
    return succeeded


def extract(
    settings: Settings,
    started: "Started",
    start: Start,
    instance: dg.DagsterInstance,
    log_file: Path,
) -> bool:
    """Extract the site, and say what was left out; return whether the run succeeded."""
    log.info("materializing the assets of %s with Dagster", settings.site)
    succeeded = materialize(settings, where, start, instance, log_file)
    if started.left_out:
        log.error("left out, for the reasons above: %s", ", ".join(started.left_out))
    return succeeded


def forget_accounts() -> None:
    """Drop the user's AWS account and settings: the sandbox must not touch them."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "WP_PIPELINE_"))]:
        del os.environ[name]


@dataclass(frozen=True)
class Started:
    """What a run needs, and the routes of the site that could not be read."""

    environment: Mapping[str, str]
    left_out: tuple[str, ...] = ()


@contextmanager
def sandbox(site_url: str | None) -> Iterator[Started]:
    """Start a local AWS, and the sample site if no other is given."""
    home = STATE.absolute() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(DAGSTER_YAML)
    kept = STATE / "metadata.json"
    with LocalAws(LAKE) as aws, metadata_kept(aws, LAKE / BUCKET, kept):
        if site_url:
            settings, endpoints, left_out = public_site(site_url)
            yield Started(environment_of(aws, home, settings, endpoints), left_out)
            return
        port = SAMPLE_PORT if is_free(SAMPLE_PORT) else free_port()
        with sample_site(port) as url:
            yield Started(environment_of(aws, home, {}, ",".join(sample_urls(url))))


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
    aws: LocalAws, home: Path, settings: Mapping[str, str], endpoints: str
) -> Mapping[str, str]:
    names = Settings()
    aws.put_parameters({names.endpoints_parameter: endpoints, names.bucket_parameter: BUCKET})
    ours = {
        "DAGSTER_HOME": str(home),
        "WP_PIPELINE_RETRY_DELAY": "5",  # Somebody is waiting.
        "WP_PIPELINE_TABLES": str(find_spec("duckdb") is not None),
    }
    return {**aws.environment, **ours, **settings}


def sample_urls(url: str) -> list[str]:
    collections = [f"{url}/wp-json/wp/v2/{name}" for name in SAMPLE_COLLECTIONS]
    return collections + [f"raw_{name}={url}/wp-json/mo/v1/{name}_4821" for name in SAMPLE_RAW_ROWS]


def public_site(url: str) -> tuple[Mapping[str, str], str, tuple[str, ...]]:
    """Return the settings and the list of endpoints for what a site serves to visitors.

    The third value are the routes that could not be looked at. Raises SandboxError.
    """
    options = reading_options(Settings(deadline=SECONDS_FOR_DISCOVERY))
    try:
        with open_site(options, LoggingObserver(log)) as site:
            found = site.discover(site.find_api(addresses_of_site(url)), COLLECTIONS)
    except MalformedEndpoints as fault:  # The URL may hold a password.
        raise SandboxError(f"SITE {fault}") from None
    except SiteError as error:
        raise SandboxError(f"SITE {url}: {error}") from None
    name = name_of_site(url if "://" in url else f"https://{url}")
    if found.moved_to:
        log.info("the REST API of %s is at %s", name, found.moved_to)
    if closed := [one.route for one in found.excluded_as(CLOSED)]:
        log.info("needs a login, and is left out: %s", ", ".join(closed))
    for left_out in found.failed:
        log.warning("%s is left out: %s", left_out.route, left_out.reason)
    if not found.collections:
        raise SandboxError("the site serves no collection to visitors")
    log.info("%s serves %s collections to visitors", name, len(found.collections))
    if empty_ones := found.excluded_as(EMPTY):
        log.info("%s empty collections of the editor are left out", len(empty_ones))
    names = names_for(one.address for one in found.collections)
    named = dict(zip(names, found.collections, strict=True))
    empty = [one for one, collection in named.items() if collection.total == 0]
    settings = {
        "WP_PIPELINE_SITE": name,
        "WP_PIPELINE_PREFIX": name,
        "WP_PIPELINE_MAY_BE_EMPTY": ",".join(empty),
    }
    endpoints = [Endpoint(one, collection.address) for one, collection in named.items()]
    return settings, text_of(endpoints), tuple(one.route for one in found.failed)


def name_of_site(url: str) -> str:
    """Return a name for the site at this URL: its host, with `_` for dots.

    With a port, a path or other characters, a digest is appended: `a.org/b-c`, `a.org/b_c` and
    `a.org.b.c` would have the same name without it.
    """
    address = Address(url)
    origin = address.origin
    port = "" if origin.port == DEFAULT_PORTS.get(origin.scheme) else f":{origin.port}"
    place = f"{origin.host}{port}{address.route.rstrip('/')}"
    name = re.sub(r"[^A-Za-z0-9]+", "_", place)[:LONGEST_NAME].strip("_")
    if re.fullmatch(r"[a-z0-9.]+", place) and len(place) <= LONGEST_NAME:
        return name
    return f"{name}_{sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:6]}"


def where(uri: str) -> str:
    return str(LAKE / uri.removeprefix("s3://"))


if __name__ == "__main__":
    sys.exit(main())
