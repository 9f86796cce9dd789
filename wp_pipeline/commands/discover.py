"""`wp-pipeline discover`: what a site serves, what it costs, and its list of endpoints."""

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.commands.discovery.parameter_files import write_requests
from wp_pipeline.commands.discovery.printing import print_json, print_report
from wp_pipeline.commands.discovery.report import DiscoveryReport
from wp_pipeline.commands.options import OF_REQUESTS, kms_key, setting_options, yes
from wp_pipeline.commands.terminal import log_to_terminal, terminal_observer
from wp_pipeline.extraction.configuration import ConfigurationError, load_credentials
from wp_pipeline.extraction.endpoint_parameters import (
    EndpointsParameter,
    NotStored,
    store_endpoints,
)
from wp_pipeline.extraction.explore import explore
from wp_pipeline.settings import Settings, SettingsError
from wp_pipeline.wordpress.endpoints.address import addresses_of_site
from wp_pipeline.wordpress.errors import MalformedEndpoints, SiteError
from wp_pipeline.wordpress.site.discovery import ALL, LISTS

COMPLETE, INCOMPLETE, BAD_CONFIGURATION = 0, 1, 2

log = logging.getLogger("wp_pipeline")


@dataclass(frozen=True)
class Storing:
    """How the list of endpoints is to be stored: in Parameter Store, or in a file for AWS CLI."""

    write: bool
    file: Path | None
    replace: bool
    yes: bool
    kms_key: str
    as_json: bool


@click.command(short_help="List what a site serves, and store it as endpoints.")
@click.argument("url")
@click.option("--all", "everything", is_flag=True, help="Also empty internals, and single objects.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--without",
    multiple=True,
    metavar="ROUTE",
    help="Route that is not to be extracted, as it is listed; repeatable.",
)
@click.option("--write", is_flag=True, help="Store the endpoints in Parameter Store.")
@click.option("--replace", is_flag=True, help="With --write: drop endpoints that are not found.")
@yes
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a request for `aws ssm put-parameter --cli-input-json file://FILE`.",
)
@kms_key
@setting_options("endpoints_parameter", "credentials_parameter", *OF_REQUESTS)
def discover(
    url: str,
    everything: bool,
    as_json: bool,
    without: tuple[str, ...],
    write: bool,
    replace: bool,
    yes: bool,
    file: Path | None,
    kms_key: str,
    **given: Any,
) -> int:
    """List what the site at URL serves, what it costs, and how to extract it.

    URL is the address of a site: example.org, or https://example.org/blog. Nothing is stored
    without --write or --file. Endpoints that are stored already are kept.

    Exit status: 0 everything was looked at, 1 something could not be looked at or was not stored,
    2 the address, settings or parameters are wrong.

    \b
    Examples:
      wp-pipeline discover example.org
      wp-pipeline discover https://example.org/blog --without wp/v2/blocks --write
      wp-pipeline discover example.org --json
    """
    log_to_terminal()
    storing = Storing(write, file, replace, yes, kms_key, as_json)
    store = ParameterStore(lambda: build_client("ssm"))
    try:
        settings = Settings.from_environment(**given)
        report = reported(url, settings, store, ALL if everything else LISTS, without)
        (print_json if as_json else print_report)(report)
        return stored(report, settings, store, storing)
    except MalformedEndpoints as fault:
        log.error("the address %s", fault)
    except (SettingsError, ConfigurationError, AwsError, NotStored) as error:
        log.error(error)
    except SiteError as error:
        log.error(error)
        return INCOMPLETE
    return BAD_CONFIGURATION


def reported(
    url: str, settings: Settings, store: ParameterStore, scope: str, without: tuple[str, ...]
) -> DiscoveryReport:
    """Discover a site. Raises a SiteError or ConfigurationError."""
    if "?" in url and "rest_route=" not in url:
        log.warning(
            "the query of the address is not sent; write it into the endpoints' URLs by hand"
        )
    credentials = load_credentials(settings, store) if settings.credentials_parameter else None
    with terminal_observer() as observer:
        log.info("looking for the REST API of the site")
        found = explore(addresses_of_site(url), settings, observer, scope, credentials)
    return DiscoveryReport.of(found, url, settings, without)


def stored(
    report: DiscoveryReport, settings: Settings, store: ParameterStore, storing: Storing
) -> int:
    """Store what is to be stored, and return the exit status. Raises NotStored or an AwsError."""
    failed = report.failed_routes
    if failed:
        log.error("could not be looked at: %s", ", ".join(failed))
    if not (storing.write or storing.file):
        return INCOMPLETE if failed else COMPLETE
    if reason := why_nothing(report):
        log.error("nothing is stored, since %s", reason)
        return INCOMPLETE
    parameter = EndpointsParameter(settings.endpoints_parameter)
    if storing.file:
        values = parameter.values(report.endpoints)
        for command in write_requests(storing.file, values, storing.kms_key):
            (log.info if storing.as_json else print)(command)
    return written(report, parameter, store, storing) if storing.write else COMPLETE


def why_nothing(report: DiscoveryReport) -> str:
    """Return why the list is not to be stored; empty if it is."""
    if report.failed_routes:
        options = " ".join(f"--without {route}" for route in report.failed_routes)
        return f"the list would not be complete: run again, or add {options}"
    return "" if report.addresses else "the site serves no collection to this reader"


def written(
    report: DiscoveryReport, parameter: EndpointsParameter, store: ParameterStore, storing: Storing
) -> int:
    """Store the endpoints after asking, and return the exit status."""
    plan = parameter.plan(report.addresses, store, replace=storing.replace)
    log.info("%s: %s", parameter.name, plan.line)
    if plan.changes_nothing:
        return COMPLETE
    if not (storing.yes or confirmed("Store this?")):
        log.error("nothing is stored")
        return INCOMPLETE
    store_endpoints(plan, store, storing.kms_key)
    log.info("%s: stored as SecureString", parameter.name)
    return COMPLETE


def confirmed(question: str) -> bool:
    """Ask a person. Raises NotStored if nobody can answer."""
    if not sys.stdin.isatty():
        raise NotStored("nothing is stored: nobody can be asked here; add --yes")
    return click.confirm(question, err=True)
