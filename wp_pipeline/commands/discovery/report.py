"""What `wp-pipeline discover` prints of a site: tables for people, JSON for programs.

It shows routes, and no random part of them, no URL and no credential.
"""

import json
import logging
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wp_pipeline.commands.discovery.rows import HEAD, TEXTS, Row, as_json
from wp_pipeline.commands.terminal import print_table
from wp_pipeline.extraction.endpoint_parameters import EndpointsParameter, NotStored
from wp_pipeline.extraction.outcomes import readable_size
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.site import cost
from wp_pipeline.wordpress.site.discovered import (
    CLOSED,
    EMPTY,
    NO_LIST,
    DiscoveredSite,
    ExcludedRoute,
)
from wp_pipeline.wordpress.site.route_names import names_for, shown

PLAIN = re.compile(r"[A-Za-z0-9.:/_\[\]-]+")

log = logging.getLogger("wp_pipeline")


@dataclass(frozen=True)
class Report:
    """A discovered site, as it is told; `url` is what the user typed."""

    found: DiscoveredSite
    rows: tuple[Row, ...]
    url: str
    settings: Settings
    without: tuple[str, ...]

    @classmethod
    def of(
        cls, found: DiscoveredSite, url: str, settings: Settings, without: tuple[str, ...]
    ) -> "Report":
        """Routes in `without` are left out. Raises NotStored for one that the site has not."""
        wanted = {route.strip("/") for route in without}
        kept = [one for one in found.collections if shown(one.address) not in wanted]
        known = {shown(one.address) for one in found.collections}
        known |= {one.route for one in found.excluded}
        if unknown := wanted - known:
            raise NotStored(f"--without names no route of the site: {', '.join(sorted(unknown))}")
        names = names_for(one.address for one in kept)
        has_login = bool(settings.credentials_parameter)
        rows = [
            Row(name, one, one.sample, has_login)
            for name, one in zip(names, kept, strict=True)
            if one.sample
        ]
        return cls(found, tuple(rows), url, settings, tuple(wanted))

    @property
    def addresses(self) -> list[Address]:
        return [row.found.address for row in self.rows]

    @property
    def endpoints(self) -> list[Endpoint]:
        return [Endpoint(row.name, row.found.address) for row in self.rows]

    @property
    def failed(self) -> list[ExcludedRoute]:
        return [one for one in self.found.failed if one.route not in self.without]

    @property
    def failed_routes(self) -> list[str]:
        return [one.route for one in self.failed]

    @property
    def full(self) -> cost.Cost:
        return sum((row.full for row in self.rows), cost.Cost())

    @property
    def refresh(self) -> cost.Cost:
        return sum((row.refresh for row in self.rows), cost.Cost())

    def print(self) -> None:
        """Print what people want to know."""
        print(self._headline)
        print_table(HEAD, [row.cells for row in self.rows], TEXTS)
        print(self._totals)
        self._print_excluded("needs a login", self.found.excluded_as(CLOSED))
        self._print_excluded("could not be looked at", self.failed)
        for line in self._lines():
            print(line)
        self._warn()
        print("\n".join(["Next:", *(f"  {line}" for line in self._next())]))

    def print_json(self) -> None:
        """Print everything as one JSON object."""
        excluded = {
            "needs_login": self.found.excluded_as(CLOSED),
            "not_looked_at": self.failed,
            "empty_internals": self.found.excluded_as(EMPTY),
            "no_lists": self.found.excluded_as(NO_LIST),
        }
        found = {
            "site": self.found.index.name,
            "timezone": self.found.index.timezone,
            "read_as": "login" if self._has_login else "visitor",
            "complete": not self.failed,
            "collections": [row.as_json for row in self.rows],
            **{name: list(map(route_and_reason, ones)) for name, ones in excluded.items()},
            "namespaces": self.found.index.namespaces,
            "secret_looking_routes": self.found.secret_routes,
            "full_read": as_json(self.full),
            "refresh": as_json(self.refresh),
            "endpoints_parameter": self.settings.endpoints_parameter,
            "may_be_empty": self._empty_names,
        }
        print(json.dumps(found, indent=2, ensure_ascii=False))

    @property
    def _has_login(self) -> bool:
        return bool(self.settings.credentials_parameter)

    @property
    def _headline(self) -> str:
        index = self.found.index
        host = self.rows[0].found.address.origin.netloc if self.rows else ""
        at = f"REST API at {self.found.moved_to}" if self.found.moved_to else ""
        zone = f"time zone {index.timezone}" if index.timezone else ""
        reader = "read with the login" if self._has_login else "read as a visitor"
        return " · ".join(filter(None, [host, index.name, at, zone, reader]))

    @property
    def _totals(self) -> str:
        full, refresh = self.full, self.refresh
        seconds = full.seconds / self.settings.concurrency
        return (
            f"in all about {full.requests:,} requests, {readable_size(full.size)} and"
            f" {max(1, round(seconds)):,} s for a full read; {refresh.requests:,} requests and"
            f" {readable_size(refresh.size)} for a refresh that finds nothing changed"
        )

    def _print_excluded(self, title: str, routes: Iterable[ExcludedRoute]) -> None:
        if rows := [(one.route, one.reason) for one in routes]:
            print()
            print_table((title, "reason"), rows)

    def _lines(self) -> Iterable[str]:
        yield ""
        if empty := [one.route.rpartition("/")[2] for one in self.found.excluded_as(EMPTY)]:
            names = ", ".join(empty)
            yield f"{len(empty)} internals are empty, and left out ({names}): --all lists them"
        if no_lists := self.found.excluded_as(NO_LIST):
            yield f"{len(no_lists)} routes of plugins answer with something else than a list"
        if namespaces := self.found.index.namespaces:
            counts = [f"{name} ({number} routes)" for name, number in namespaces.items()]
            yield f"namespaces of plugins: {', '.join(counts)}"

    def _warn(self) -> None:
        if secret := self.found.secret_routes:
            log.warning(
                "the site's public index names routes whose end looks like a secret, so everybody"
                " can find and read them; demand a login for them, or hide them there: %s",
                ", ".join(secret),
            )
        if any(not address.is_confidential for address in self.addresses):
            log.warning("the site is read without encryption (http); turn https on")

    @property
    def _empty_names(self) -> list[str]:
        return [row.name for row in self.rows if not row.sample.items]

    def _next(self) -> Iterable[str]:
        """Yield what to do with the list, a command a line."""
        parameter = self.settings.endpoints_parameter
        try:
            EndpointsParameter(parameter).values(self.endpoints)
        except NotStored as reason:
            yield str(reason)
            return
        url = shlex.quote(self.url) if PLAIN.fullmatch(self.url) else "URL"
        yield f"wp-pipeline discover {url} --write"
        yield f"  stores {len(self.rows)} endpoints in {parameter}, after showing the change"
        yield f"wp-pipeline discover {url} --file endpoints.json"
        yield "  writes them for `aws ssm put-parameter --cli-input-json file://endpoints.json`,"
        yield "  since AWS CLI v1 would fetch a --value that begins with http"
        if empty := self._empty_names:
            yield f"export WP_PIPELINE_MAY_BE_EMPTY={','.join(empty)}"
            yield "  lets a run accept those that are empty now"


def route_and_reason(one: ExcludedRoute) -> Mapping[str, str]:
    return {"route": one.route, "reason": one.reason}
