"""Endpoints and their names, read from the text of a parameter.

The rules for names are documented in docs/endpoints.md. An error names the position of an entry in
the list, never its URL.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from wp_pipeline.fault import Fault
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint_list import (
    entries_in,
    fetched_document,
    has_open_bracket,
)
from wp_pipeline.wordpress.endpoints.invisible import invisible_in, visible
from wp_pipeline.wordpress.errors import MalformedEndpoints

# Routes of these namespaces have no random part, so that the last segment is the name.
KNOWN_NAMESPACES = re.compile(r"/(wp/v2|wc/v[1-3])/")
CORE_NAMESPACE = "/wp/v2/"
# Namespaces of plugins that have keys of their own, and refuse requests without one.
NAMESPACES_WITH_KEYS = re.compile(r"/(wc|wc-[a-z-]+|gf)/")
NAMED = re.compile(r"([^=:/?#]*)=(.*)", re.DOTALL)
# A URL that follows a word without a separator; %20 and %22 are no words.
GLUED = re.compile(r"(?<!%[0-9A-Fa-f]{2})(?<=\w)https?://")
# Letters, their marks, and digits of any script.
NAME_CATEGORIES = ("L", "M", "N")


@dataclass(frozen=True)
class Endpoint:
    """One route of one site that is read with GET."""

    name: str
    address: Address = field(repr=False)

    @property
    def is_known_kind(self) -> bool:
        """Whether the route is one of WordPress's or WooCommerce's own."""
        return is_known_route(self.address)

    @property
    def is_core(self) -> bool:
        """Whether the route is one of WordPress's own."""
        return CORE_NAMESPACE in self.address.route

    @property
    def has_own_keys(self) -> bool:
        """Whether the route's plugin has keys of its own, such as WooCommerce's."""
        return NAMESPACES_WITH_KEYS.search(self.address.route) is not None


@dataclass(frozen=True)
class Entry:
    """One entry of a list of endpoints.

    `label` is how an error refers to it; `name` is empty if the name is part of the text.
    """

    label: str
    text: str = field(repr=False)
    name: str = ""


def asset_name(name: str) -> str:
    """Return the name as Dagster accepts it: letters, digits and _."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def parse_endpoints(text: str) -> tuple[Endpoint, ...]:
    """Read a list of `URL` or `name=URL`, in any of the ways in `endpoint_list`.

    >>> parse_endpoints("https://example.org/wp-json/wp/v2/posts")[0].name
    'posts'

    Raises MalformedEndpoints, which names the positions (from 1) that are wrong, never a URL.
    """
    return endpoints_from(
        Entry(f"entry {position}", piece) for position, piece in entries_in(visible(text))
    )


def endpoints_from(entries: Iterable[Entry]) -> tuple[Endpoint, ...]:
    """Parse the entries of a list. Raises one MalformedEndpoints for all that is wrong in them."""
    endpoints: dict[str, Endpoint] = {}
    labels: dict[str, str] = {}
    faults: list[Fault] = []
    for entry in entries:
        try:
            endpoint = parse_endpoint(entry.text, entry.name)
        except MalformedEndpoints as error:
            faults += [fault.about(entry.label) for fault in error.faults]
            continue
        key = asset_name(endpoint.name)
        if key in endpoints:
            is_same = endpoint.name == endpoints[key].name
            cure = "write name=URL" + (
                "" if is_same else ", with names that differ in A-Z, a-z and 0-9"
            )
            faults.append(Fault(f"{labels[key]} and {entry.label} are both called {key}", cure))
        endpoints[key], labels[key] = endpoint, entry.label
    if faults:
        raise MalformedEndpoints(*faults)
    if not endpoints:
        raise MalformedEndpoints("names no endpoint")
    return tuple(endpoints.values())


def entries_below(values: Mapping[str, str]) -> list[Entry]:
    """Return an entry for each parameter below a path: named by its last part, with its value."""
    return [
        Entry(f"parameter {parameter}", text, parameter.rpartition("/")[2])
        for parameter, text in values.items()
    ]


def values_below(path: str, endpoints: Iterable[Endpoint]) -> Mapping[str, str]:
    """Return the parameters below a path that hold these endpoints: `entries_below` reads them."""
    return {f"{path}{one.name}": one.address.url for one in endpoints}


def text_of(endpoints: Iterable[Endpoint]) -> str:
    """Return the list that holds these endpoints: `parse_endpoints` reads it."""
    return ",".join(f"{one.name}={one.address.url}" for one in endpoints)


def by_api_root(endpoints: Iterable[Endpoint]) -> Mapping[Address, Sequence[Endpoint]]:
    """Group endpoints by the API that they belong to."""
    groups: dict[Address, list[Endpoint]] = {}
    for endpoint in endpoints:
        groups.setdefault(endpoint.address.api_root, []).append(endpoint)
    return groups


def parse_endpoint(text: str, name: str = "") -> Endpoint:
    """Read one `URL` or `name=URL`. Raises MalformedEndpoints, without the URL."""
    text = visible(text).strip()
    if named := NAMED.fullmatch(text):
        name, text = named[1].strip(), named[2].strip()
        if not name:
            raise MalformedEndpoints("has no name before its =")
    if kind := fetched_document(text):
        raise MalformedEndpoints(f"holds {kind} instead of a URL; AWS CLI v1 may have fetched it")
    if has_open_bracket(text):
        raise MalformedEndpoints("has a bracket in its query that is not closed")
    address = Address.parse(text)
    if "://" in address.route or GLUED.search(text):
        raise MalformedEndpoints(Fault("holds two URLs with nothing between them", "separate them"))
    if hidden := invisible_in(unquote(address.route)):
        raise MalformedEndpoints(
            Fault(
                f"has an invisible character ({', '.join(hidden)}) in its path, percent-encoded",
                "remove it",
            )
        )
    name = unicodedata.normalize("NFC", name or name_from(address))
    if not is_name(name):
        raise MalformedEndpoints(Fault("gives no usable name", "write name=URL"))
    return Endpoint(name, address)


def is_name(text: str) -> bool:
    """Whether a text is made of letters and digits of any script, `_`, `-` and `.`."""
    others = "".join(one for one in text if unicodedata.category(one)[0] not in NAME_CATEGORIES)
    return text[:1] not in ("", ".", "-") and not others.strip("_.-")


def name_from(address: Address) -> str:
    """Return the last segment of the route; for a plugin's, without its last `_…`."""
    last = address.last_segment
    if is_known_route(address) or "_" not in last:
        return last
    return last.rpartition("_")[0]


def is_known_route(address: Address) -> bool:
    return KNOWN_NAMESPACES.search(address.route) is not None
