"""A URL, parsed once.

The URL of an endpoint is a secret: its random part is all that protects a plugin's data. So an
`Address` does not show it in its repr. Above this folder only `http/` reads `url`, to request it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from wp_pipeline.fault import Fault
from wp_pipeline.wordpress.errors import MalformedEndpoints

DEFAULT_PORTS = {"http": 80, "https": 443}
API_FOLDER = "/wp-json/"
PAGING = frozenset({"page", "offset", "per_page"})
# What follows the API's root in a path: a known namespace, or else the namespace of a plugin.
NAMESPACES = (
    re.compile(r"/(?=((wp|wc|wc-[a-z]+|tribe/events)/v\d+|wc-analytics)/)"),
    re.compile(r"/(?=[A-Za-z][\w-]*/v\d+(/|$))"),
)
HARMLESS = re.compile(r"[A-Za-z0-9.:/_-]{1,200}")
ROUTE_PARAMETER = "rest_route"  # Holds the route where a site has plain permalinks.


class Origin(NamedTuple):
    """Scheme, host in ASCII and port (RFC 6454): what credentials may be sent to."""

    scheme: str
    host: str
    port: int | None

    @property
    def netloc(self) -> str:
        """The host, and the port if the scheme has another, as a URL has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS.get(self.scheme) else f"{host}:{self.port}"

    @property
    def is_confidential(self) -> bool:
        """Whether what is sent there is encrypted or stays on this machine: https, or loopback."""
        if self.scheme == "https" or self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True)
class Address:
    """The parts of an http(s) URL; `url` is its text."""

    url: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Raises MalformedEndpoints, which does not quote the text."""
        try:
            parts = urlsplit(text)
            is_valid = bool(parts.hostname) and parts.port != 0
        except ValueError:  # Its message quotes the URL, so the error is raised outside.
            parts, is_valid = urlsplit(""), False
        if not is_valid or parts.scheme not in DEFAULT_PORTS or re.search(r"[\s\\]", text):
            raise MalformedEndpoints("is not an http(s) URL")
        if parts.username is not None or parts.password is not None:
            raise MalformedEndpoints(
                Fault("carries a user or password", "keep it in the credentials parameter instead")
            )
        return cls(urlunsplit(parts._replace(fragment="")))

    @cached_property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    @cached_property
    def origin(self) -> Origin:
        parts = self._parts
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
        return Origin(parts.scheme, ascii_host(parts.hostname or ""), port)

    @cached_property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The query's pairs, in order."""
        return tuple(parse_qsl(self._parts.query, keep_blank_values=True))

    @property
    def requested_parameters(self) -> frozenset[tuple[str, str]]:
        """The query's pairs without the route, which a redirect may move into the path."""
        return frozenset(pair for pair in self.parameters if pair[0] != ROUTE_PARAMETER)

    @property
    def path(self) -> str:
        return self._parts.path

    @cached_property
    def route(self) -> str:
        """The route: the path, or `rest_route` where a site has plain permalinks."""
        return dict(self.parameters).get(ROUTE_PARAMETER) or self._parts.path

    @property
    def path_and_query(self) -> str:
        return f"{self._parts.path}?{self._parts.query}"

    @property
    def shown(self) -> str:
        """The public address of a whole site, for messages; never that of an endpoint."""
        text = f"{self._parts.scheme}://{self._parts.netloc}{self._parts.path}"
        return text if HARMLESS.fullmatch(text) else "another address"

    @property
    def last_segment(self) -> str:
        """The last segment of the route, decoded."""
        return unquote(self.route.rstrip("/").rpartition("/")[2])

    @property
    def chooses_fields(self) -> bool:
        """Whether the query says which members of an item are sent."""
        return any(name == "_fields" for name, _ in self.parameters)

    @property
    def words(self) -> frozenset[str]:
        """The lower-case words of the route's last segment and of the query's values."""
        last = self._parts.path.rstrip("/").rpartition("/")[2]
        texts = [last, *(value for _, value in self.parameters)]
        return frozenset(re.findall(r"[a-z0-9]+", " ".join(texts).lower()))

    @property
    def is_confidential(self) -> bool:
        """Whether its origin is confidential."""
        return self.origin.is_confidential

    @property
    def api_root(self) -> "Address":
        """The root of the REST API that this route belongs to: the part before the namespace.

        It is /wp-json/, unless a site has another prefix.
        """
        parts = self._parts
        if f"{ROUTE_PARAMETER}=" in parts.query:
            return Address(urlunsplit(parts._replace(query=f"{ROUTE_PARAMETER}=/", fragment="")))
        path = root_path(parts.path)
        return Address(urlunsplit(parts._replace(path=path, query="", fragment="")))

    def api_roots(self) -> "tuple[Address, Address]":
        """Where the REST API may be, if this is the home page: /wp-json/ or ?rest_route=/."""
        home = self.url.rstrip("/")
        return Address(f"{home}{API_FOLDER}"), Address(f"{home}/?{ROUTE_PARAMETER}=/")

    @property
    def can_be_root(self) -> bool:
        """Whether a route can be added: it ends in a slash, which may be encoded in the query."""
        return self.url.endswith(("/", "%2F", "%2f"))

    @property
    def as_root(self) -> "Address":
        """The address with a slash at its end, so that a route can be added."""
        return self if self.can_be_root else Address(f"{self.url}/")

    @property
    def home(self) -> "Address":
        """The address without its query."""
        return Address(urlunsplit(self._parts._replace(query="")))

    def at(self, origin: Origin) -> "Address":
        """Return the address with the same path and query at another origin."""
        parts = self._parts._replace(scheme=origin.scheme, netloc=origin.netloc)
        return Address(urlunsplit(parts))

    def below(self, route: str) -> "Address":
        """Return the address of a route below this API root: `wp/v2/posts`."""
        return Address(self.url + route)

    def with_parameters(self, parameters: Mapping[str, object]) -> "Address":
        """Return the address with these query parameters, which replace those of the same name."""
        if not parameters:
            return self
        kept = [pair for pair in self.parameters if pair[0] not in parameters]
        query = urlencode([*kept, *parameters.items()], safe="/,")
        return Address(urlunsplit(self._parts._replace(query=query)))

    def without(self, names: Collection[str]) -> "Address":
        """Return the address without the query parameters of these names."""
        if not any(name in names for name, _ in self.parameters):
            return self
        kept = [pair for pair in self.parameters if pair[0] not in names]
        return Address(urlunsplit(self._parts._replace(query=urlencode(kept, safe="/,"))))

    def join(self, location: str) -> str:
        """Return the text of the URL in a `Location` header, which may be relative to this one."""
        return urljoin(self.url, location)


def addresses_of_site(text: str) -> tuple[Address, ...]:
    """Return the addresses to try for a site, as a person writes it.

    `example.org` is https, or http if https can't be reached.

    Raises MalformedEndpoints, which does not quote the text.
    """
    if "://" in text:
        return (Address.parse(text),)
    return Address.parse(f"https://{text}"), Address.parse(f"http://{text}")


def ascii_host(host: str) -> str:
    """Return a host as it is requested: `xn--bcher-kva.example` for `bücher.example` (RFC 5891)."""
    if host.isascii():
        return host
    try:
        return parse_url(f"https://{host}").host or host
    except LocationParseError:
        return host  # No request can be sent there.


def root_path(path: str) -> str:
    """Return the path of the API's root, given that of a route."""
    before, found, _ = path.partition(API_FOLDER)
    if found:
        return before + API_FOLDER
    for namespace in NAMESPACES:
        if begins := namespace.search(path):
            return path[: begins.end()]
    return API_FOLDER
