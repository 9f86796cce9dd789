"""Prints what `wp-pipeline discover` found: tables for people, JSON for programs.

It shows routes without their random parts, and no URL and no credential.
"""

import json
import logging
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from wp_pipeline.commands.discovery.report import DiscoveryReport
from wp_pipeline.commands.discovery.rows import HEAD, TEXTS, as_json
from wp_pipeline.commands.terminal import print_table
from wp_pipeline.extraction.endpoint_parameters import EndpointsParameter, NotStored
from wp_pipeline.extraction.outcomes import readable_size
from wp_pipeline.wordpress.site.discovered import (
    CLOSED,
    EMPTY,
    NO_LIST,
    DiscoveredSite,
    ExcludedRoute,
)
from wp_pipeline.wordpress.site.route_names import looks_secret

PLAIN = re.compile(r"[A-Za-z0-9.:/_\[\]-]+")
ROUTE = re.compile(r"/wp-json/.|/v\d+(/|$)")  # The address of an endpoint leads to its site too.

log = logging.getLogger("wp_pipeline")


def print_report(report: DiscoveryReport) -> None:
    """Print what people want to know."""
    print(headline(report))
    print_table(HEAD, [row.cells for row in report.rows], TEXTS)
    print(totals(report))
    print_excluded("needs a login", report.found.excluded_as(CLOSED))
    print_excluded("could not be looked at", report.failed)
    for line in lines_about(report.found):
        print(line)
    warn(report)
    print("\n".join(["Next:", *(f"  {line}" for line in next_steps(report))]))


def print_json(report: DiscoveryReport) -> None:
    """Print everything as one JSON object."""
    found = report.found
    excluded = {
        "needs_login": found.excluded_as(CLOSED),
        "not_looked_at": report.failed,
        "empty_internals": found.excluded_as(EMPTY),
        "no_lists": found.excluded_as(NO_LIST),
    }
    record = {
        "site": found.index.name,
        "timezone": found.index.timezone,
        "read_as": "login" if report.has_login else "visitor",
        "complete": not report.failed,
        "collections": [row.as_json for row in report.rows],
        **{name: list(map(route_and_reason, ones)) for name, ones in excluded.items()},
        "namespaces": found.index.namespaces,
        "secret_looking_routes": found.secret_routes,
        "full_read": as_json(report.full),
        "refresh": as_json(report.refresh),
        "endpoints_parameter": report.settings.endpoints_parameter,
        "may_be_empty": report.empty_names,
    }
    print(json.dumps(record, indent=2, ensure_ascii=False))


def route_and_reason(one: ExcludedRoute) -> Mapping[str, str]:
    return {"route": one.route, "reason": one.reason}


def headline(report: DiscoveryReport) -> str:
    index = report.found.index
    host = report.rows[0].found.address.origin.netloc if report.rows else ""
    at = f"REST API at {report.found.moved_to}" if report.found.moved_to else ""
    zone = f"time zone {index.timezone}" if index.timezone else ""
    reader = "read with the login" if report.has_login else "read as a visitor"
    return " · ".join(filter(None, [host, index.name, at, zone, reader]))


def totals(report: DiscoveryReport) -> str:
    full, refresh = report.full, report.refresh
    seconds = full.seconds / report.settings.concurrency
    return (
        f"in all about {full.requests:,} requests, {readable_size(full.size)} and"
        f" {max(1, round(seconds)):,} s for a full read; {refresh.requests:,} requests and"
        f" {readable_size(refresh.size)} for a refresh that finds nothing changed"
    )


def print_excluded(title: str, routes: Iterable[ExcludedRoute]) -> None:
    if rows := [(one.route, one.reason) for one in routes]:
        print()
        print_table((title, "reason"), rows)


def lines_about(found: DiscoveredSite) -> Iterator[str]:
    yield ""
    if empty := [one.route.rpartition("/")[2] for one in found.excluded_as(EMPTY)]:
        names = ", ".join(empty)
        yield f"{len(empty)} internals are empty, and left out ({names}): --all lists them"
    if no_lists := found.excluded_as(NO_LIST):
        yield f"{len(no_lists)} routes of plugins answer with something else than a list"
    if namespaces := found.index.namespaces:
        counts = [f"{name} ({number} routes)" for name, number in namespaces.items()]
        yield f"namespaces of plugins: {', '.join(counts)}"


def warn(report: DiscoveryReport) -> None:
    if secret := report.found.secret_routes:
        log.warning(
            "the site's public index names routes whose end looks like a secret, so everybody"
            " can find and read them; demand a login for them, or hide them there: %s",
            ", ".join(secret),
        )
    if any(not address.is_confidential for address in report.addresses):
        log.warning("the site is read without encryption (http); turn https on")


def next_steps(report: DiscoveryReport) -> Iterator[str]:
    """Yield what to do with the list, a command a line."""
    parameter = report.settings.endpoints_parameter
    try:
        EndpointsParameter(parameter).values(report.endpoints)
    except NotStored as reason:
        yield str(reason)
        return
    url = shlex.quote(report.url) if may_be_shown(report.url) else "URL"
    yield f"wp-pipeline discover {url} --write"
    yield f"  stores {len(report.rows)} endpoints in {parameter}, after showing the change"
    yield f"wp-pipeline discover {url} --file endpoints.json"
    yield "  writes them for `aws ssm put-parameter --cli-input-json file://endpoints.json`,"
    yield "  since AWS CLI v1 would fetch a --value that begins with http"
    if empty := report.empty_names:
        yield f"export WP_PIPELINE_MAY_BE_EMPTY={','.join(empty)}"
        yield "  lets a run accept those that are empty now"


def may_be_shown(url: str) -> bool:
    """Whether what the user typed is the address of a site, and not that of an endpoint."""
    return bool(PLAIN.fullmatch(url)) and not ROUTE.search(url) and not looks_secret(url)
