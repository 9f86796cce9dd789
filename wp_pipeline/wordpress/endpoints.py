"""Endpoints: their URLs, which are secrets, and their names, which are not."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from wp_pipeline.wordpress.errors import MalformedEndpoints

# Namespaces whose routes are called as they are; a plugin's routes end in a random part.
KNOWN_NAMESPACES = re.compile(r"/(wp/v2|wc/v[1-3])/")
NAMED = re.compile(r"([^=:/?#]*)=(.*)", re.DOTALL)
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
REST_OF_A_QUERY = re.compile(r"[\w.-]+(&((?!://)\S)*)?")  # the `title` of `?_fields=id,title`


@dataclass(frozen=True)
class Endpoint:
    """One route of one site that we read with GET."""

    name: str
    url: str = field(repr=False)

    @property
    def is_known_kind(self) -> bool:
        """Whether the route is one of WordPress's or WooCommerce's own."""
        return KNOWN_NAMESPACES.search(route_of(urlsplit(self.url))) is not None

    @property
    def origin(self) -> tuple[str, str, int | None]:
        return origin_of(self.url)

    def url_with(self, parameters: Mapping[str, object]) -> str:
        """Return the URL with these query parameters in the place of its own of the same name."""
        parts = urlsplit(self.url)
        kept = [pair for pair in parse_qsl(parts.query, True) if pair[0] not in parameters]
        query = urlencode([*kept, *parameters.items()], safe="/,")
        return urlunsplit(parts._replace(query=query))


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what a credential may be sent to."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default


def asset_name(name: str) -> str:
    """Return the name as Dagster takes it: only letters, digits and _."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def parse_endpoints(text: str) -> tuple[Endpoint, ...]:
    """Read a comma-separated list of `URL` or `name=URL`.

    Raises MalformedEndpoints, which names the positions (from 1) that are wrong, never a URL.
    """
    if kind := fetched_page(text):
        raise MalformedEndpoints(
            f"holds {kind} instead of URLs: AWS CLI v1 fetches a --value that starts with http;"
            " turn that off with `aws configure set cli_follow_urlparam false` and put it again"
        )
    return endpoints_from((label, "", entry) for label, entry in entries(text))


def endpoints_from(listed: Iterable[tuple[str, str, str]]) -> tuple[Endpoint, ...]:
    """Build endpoints from triples: what an error calls it, its name or nothing, its text.

    Raises MalformedEndpoints for all that is wrong with the whole list.
    """
    endpoints: dict[str, Endpoint] = {}
    called: dict[str, str] = {}
    faults = []
    for label, given_name, text in listed:
        try:
            endpoint = parse_endpoint(text, given_name)
        except MalformedEndpoints as fault:
            faults.append(f"{label} {fault}")
            continue
        key = asset_name(endpoint.name)
        if key in endpoints:
            faults.append(f"{called[key]} and {label} are both called {key}: write name=URL")
        endpoints[key], called[key] = endpoint, label
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
            raise MalformedEndpoints("has nothing before its =")
    if kind := fetched_page(text):
        raise MalformedEndpoints(f"holds {kind} instead of a URL: AWS CLI v1 fetched it")
    parts = parse_url(text)
    name = name or name_of(parts)
    if not NAME.fullmatch(name):
        raise MalformedEndpoints("gives no usable name: write name=URL")
    return Endpoint(name, urlunsplit(parts._replace(fragment="")))


def parse_url(text: str) -> SplitResult:
    """Raises MalformedEndpoints, without the URL."""
    try:
        parts = urlsplit(text)
        is_sound = bool(parts.hostname) and parts.port != 0
    except ValueError:  # Its message quotes the URL, so nothing is raised from in here.
        parts, is_sound = urlsplit(""), False
    if not is_sound or parts.scheme not in ("http", "https") or re.search(r"[\s\\]", text):
        raise MalformedEndpoints("is not an http(s) URL")
    if parts.username is not None or parts.password is not None:
        raise MalformedEndpoints(
            "carries a user or password: keep it in the credentials parameter instead"
        )
    return parts


def name_of(parts: SplitResult) -> str:
    """Return the last segment of the route, for a plugin's without its last `_…`."""
    route = route_of(parts)
    last = unquote(route.rstrip("/").rpartition("/")[2])
    if KNOWN_NAMESPACES.search(route) or "_" not in last:
        return last
    return last.rpartition("_")[0]


def route_of(parts: SplitResult) -> str:
    """Return the route: the path, or `rest_route` where a site has plain permalinks."""
    return dict(parse_qsl(parts.query)).get("rest_route", parts.path)


def entries(text: str) -> list[tuple[str, str]]:
    """Split at commas, but not at those inside a query such as `?_fields=id,title`."""
    pieces: list[str] = []
    for piece in text.split(","):
        if pieces and "?" in pieces[-1] and REST_OF_A_QUERY.fullmatch(piece):
            pieces[-1] += f",{piece}"
        else:
            pieces.append(piece)
    return [(f"entry {i}", piece) for i, piece in enumerate(pieces, 1) if piece.strip()]


def fetched_page(text: str) -> str:
    """Tell a page that stands where a URL should."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    return {"<": "a web page", "{": "a JSON document", "[": "a JSON document"}.get(start, "")
