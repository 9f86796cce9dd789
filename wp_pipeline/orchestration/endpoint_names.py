"""The names of a site's endpoints: all that the definitions know of them, never a URL."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import dagster as dg

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_endpoints
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


def listed(settings: Settings) -> tuple[EndpointName, ...]:
    """Return the names that Parameter Store holds now. Raises ConfigurationError."""
    store = ParameterStore(lambda: build_client("ssm", SECONDS_FOR_NAMES))
    return tuple(map(EndpointName.of, load_endpoints(settings, store)))


def dump(names: Iterable[EndpointName]) -> str:
    return json.dumps([asdict(name) for name in names], indent=1)


def parse(text: str) -> tuple[EndpointName, ...]:
    """Read what was dumped; no names from a file that is incomplete."""
    try:
        return tuple(EndpointName(**entry) for entry in json.loads(text))
    except (ValueError, TypeError):
        return ()
