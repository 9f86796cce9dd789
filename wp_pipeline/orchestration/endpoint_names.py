"""The names of a site's endpoints: all that the definitions know of them, never a URL."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import dagster as dg

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import ConfigurationError, load_endpoints
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints import Endpoint, asset_name

SECONDS_FOR_NAMES = 5.0  # To read them from Parameter Store.


@dataclass(frozen=True)
class EndpointName:
    """What of an endpoint may be serialized by Dagster."""

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

    `is_cut_off` tells that Parameter Store did not answer: each further site would wait as long.
    """

    def __init__(self) -> None:
        self.is_cut_off = False
        self._store = ParameterStore(lambda: build_client("ssm", SECONDS_FOR_NAMES))

    def names(self, settings: Settings) -> tuple[EndpointName, ...]:
        """Return the names that Parameter Store holds now. Raises ConfigurationError."""
        try:
            return tuple(map(EndpointName.of, load_endpoints(settings, self._store)))
        except ConfigurationError as error:
            self.is_cut_off = error.retry_may_help
            raise


class Readers:
    """Hands out the reader that all sites of one load of a code location share."""

    def __init__(self) -> None:
        self._load: object = None
        self._reader = NameReader()

    def of_load(self, load: object) -> NameReader:
        """Return the same reader for the same load, and a new one for another."""
        if self._load is not load:
            self._load, self._reader = load, NameReader()
        return self._reader


def dump(names: Iterable[EndpointName]) -> str:
    return json.dumps([asdict(name) for name in names], indent=1)


def parse(text: str) -> tuple[EndpointName, ...]:
    """Read what was dumped; no names from a file that is incomplete."""
    try:
        return tuple(EndpointName(**entry) for entry in json.loads(text))
    except (ValueError, TypeError):
        return ()
