"""The names of a site's endpoints. Definitions know nothing else of them, and never a URL."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field

import dagster as dg

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.parameter_tree import Deadline, read_values
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import (
    ConfigurationError,
    load_endpoints,
    parameter_store_error,
)
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint, asset_name

SECONDS_FOR_NAMES = 5.0  # To read them from Parameter Store.
SECONDS_FOR_ALL_NAMES = 10.0  # Those of all sites of a code location.


@dataclass(frozen=True)
class EndpointName:
    """The part of an endpoint that Dagster may serialize: it shows it to everybody."""

    name: str
    is_known_kind: bool

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointName":
        return cls(endpoint.name, endpoint.is_known_kind)

    def key(self, settings: Settings) -> dg.AssetKey:
        return asset_key(settings, self.name)


def asset_key(settings: Settings, name: str) -> dg.AssetKey:
    return dg.AssetKey([settings.site, asset_name(name)])


class NameReader:
    """Reads the names of the endpoints of any number of sites, with one client.

    The parameters of all `expected` sites are read together with the first one. If Parameter Store
    did not answer, `is_cut_off` is true: each further site would wait as long.
    """

    def __init__(self, expected: Iterable[Settings] = ()) -> None:
        self.is_cut_off = False
        self._store = ParameterStore(lambda: build_client("ssm", SECONDS_FOR_NAMES))
        self._expected = sorted({one.endpoints_parameter for one in expected})
        self._known = KnownParameters({})

    def names(self, settings: Settings) -> tuple[EndpointName, ...]:
        """Return the names that Parameter Store holds now. Raises ConfigurationError."""
        try:
            self._read_expected()
            is_known = settings.endpoints_parameter in self._known.read
            source = self._known if is_known else self._store
            return tuple(map(EndpointName.of, load_endpoints(settings, source)))
        except ConfigurationError as error:
            self.is_cut_off = error.retry_may_help
            raise

    def _read_expected(self) -> None:
        """Read the expected parameters together, once. `names` reads what is left out."""
        names = [name for name in self._expected if not name.endswith("/")]
        self._expected = []
        if len(names) < 2:
            return
        deadline = Deadline(SECONDS_FOR_ALL_NAMES, SECONDS_FOR_NAMES)
        found, unread = read_values(names, self._store, deadline)
        for one in unread.values():
            if one.error.retry_may_help:
                raise parameter_store_error(one.error)
        self._known = KnownParameters(found)


@dataclass(frozen=True)
class KnownParameters:
    """Values that were read before, with the methods of ParameterStore."""

    read: Mapping[str, str] = field(repr=False)

    def values(self, names: Iterable[str]) -> Mapping[str, str]:
        return {name: self.read[name] for name in names if name in self.read}

    def values_below(self, path: str) -> Mapping[str, str]:
        return {name: value for name, value in self.read.items() if name.startswith(path)}


class Readers:
    """Returns the reader that all sites share while a code location is loaded."""

    def __init__(self) -> None:
        self._load: object = None
        self._reader = NameReader()

    def of_load(self, load: object, expected: Callable[[], Iterable[Settings]]) -> NameReader:
        """Return the same reader for the same load, and a new one for another."""
        if self._load is not load:
            self._load, self._reader = load, NameReader(expected())
        return self._reader


def dump(names: Iterable[EndpointName]) -> str:
    return json.dumps([asdict(name) for name in names], indent=1)


def parse(text: str) -> tuple[EndpointName, ...]:
    """Read what was dumped; no names from a file that is incomplete."""
    try:
        return tuple(EndpointName(**entry) for entry in json.loads(text))
    except (ValueError, TypeError):
        return ()
