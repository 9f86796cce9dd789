"""Endpoints and their names, read from the text of a parameter.

The rules for names are documented in the README ("Endpoints"). An error names the position of an
entry in the list, never its URL.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.errors import MalformedEndpoints

# Namespaces whose routes are named as they are; a plugin's routes end in a random part.
KNOWN_NAMESPACES = re.compile(r"/(wp/v2|wc/v[1-3])/")
CORE_NAMESPACE = "/wp/v2/"
# Namespaces of plugins that have keys of their own, and refuse whoever has none.
NAMESPACES_WITH_KEYS = re.compile(r"/(wc|wc-[a-z-]+|gf)/")
NAMED = re.compile(r"([^=:/?#]*)=(.*)", re.DOTALL)
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
REST_OF_A_QUERY = re.compile(r"[\w.-]+(&((?!://)\S)*)?")  # the `title` of `?_fields=id,title`
DOCUMENT_STARTS = {"<": "a web page", "{": "a JSON document", "[": "a JSON document"}


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

    `label` is how an error refers to it; `name` is empty where the text gives the name.
    """

    label: str
    text: str = field(repr=False)
    name: str = ""


def asset_name(name: str) -> str:
    """Return the name as Dagster accepts it: letters, digits and _."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def parse_endpoints(text: str) -> tuple[Endpoint, ...]:
    """Read a comma-separated list of `URL` or `name=URL`.

    >>> parse_endpoints("https://example.org/wp-json/wp/v2/posts")[0].name
    'posts'

    Raises MalformedEndpoints, which names the positions (from 1) that are wrong, never a URL.
    """
    if kind := fetched_document(text):
        raise MalformedEndpoints(
            f"holds {kind} instead of URLs: AWS CLI v1 fetches a --value that starts with http;"
            " turn that off with `aws configure set cli_follow_urlparam false` and put it again"
        )
    return endpoints_from(
        Entry(f"entry {position}", piece) for position, piece in split_entries(text)
    )


def endpoints_from(entries: Iterable[Entry]) -> tuple[Endpoint, ...]:
    """Raises MalformedEndpoints for everything that is wrong with the whole list."""
    endpoints: dict[str, Endpoint] = {}
    labels: dict[str, str] = {}
    faults = []
    for entry in entries:
        try:
            endpoint = parse_endpoint(entry.text, entry.name)
        except MalformedEndpoints as fault:
            faults.append(f"{entry.label} {fault}")
            continue
        key = asset_name(endpoint.name)
        if key in endpoints:
            faults.append(f"{labels[key]} and {entry.label} are both called {key}: write name=URL")
        endpoints[key], labels[key] = endpoint, entry.label
    if faults:
        raise MalformedEndpoints("; ".join(faults))
    if not endpoints:
        raise MalformedEndpoints("names no endpoint")
    return tuple(endpoints.values())


def parse_endpoint(text: str, name: str = "") -> Endpoint:
    """Read one `URL` or `name=URL`. Raises MalformedEndpoints, without the URL."""
    text = text.strip()
    if named := NAMED.fullmatch(text):
        name, text = named[1].strip(), named[2].strip()
        if not name:
            raise MalformedEndpoints("has no name before its =")
    if kind := fetched_document(text):
        raise MalformedEndpoints(f"holds {kind} instead of a URL: AWS CLI v1 fetched it")
    address = Address.parse(text)
    name = name or name_from(address)
    if not NAME.fullmatch(name):
        raise MalformedEndpoints("gives no usable name: write name=URL")
    return Endpoint(name, address)


def name_from(address: Address) -> str:
    """Return the last segment of the route; for a plugin's, without its last `_…`."""
    last = address.last_segment
    if is_known_route(address) or "_" not in last:
        return last
    return last.rpartition("_")[0]


def is_known_route(address: Address) -> bool:
    return KNOWN_NAMESPACES.search(address.route) is not None


def split_entries(text: str) -> list[tuple[int, str]]:
    """Split at commas, except those inside a query such as `?_fields=id,title`."""
    pieces: list[str] = []
    for piece in text.split(","):
        if pieces and "?" in pieces[-1] and REST_OF_A_QUERY.fullmatch(piece):
            pieces[-1] += f",{piece}"
        else:
            pieces.append(piece)
    return [(position, piece) for position, piece in enumerate(pieces, 1) if piece.strip()]


def fetched_document(text: str) -> str:
    """Return what kind of document stands where a URL should, or nothing."""
    return DOCUMENT_STARTS.get(text.lstrip("\ufeff \t\r\n")[:1], "")
