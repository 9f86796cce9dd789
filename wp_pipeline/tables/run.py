"""Builds all tables of a site without Dagster: for the commands.

    for built in run(settings):
        print(built.reason if isinstance(built, Failed) else built.uri)

In Dagster each table is an asset.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import SiteConfiguration, load_configuration
from wp_pipeline.extraction.extract import site_options
from wp_pipeline.settings import Settings
from wp_pipeline.tables.errors import TableError
from wp_pipeline.tables.joins.built_in import joins_of
from wp_pipeline.tables.joins.join import Join
from wp_pipeline.tables.registration import catalog_of
from wp_pipeline.tables.site_tables import SiteTables
from wp_pipeline.tables.table import Table
from wp_pipeline.wordpress.site.site import open_site


@dataclass(frozen=True)
class Failed:
    """A table that was not built; `reason` is one line that begins with its name."""

    name: str
    reason: str
    retry_may_help: bool


Built = Table | Failed
Result = TypeVar("Result")


def run(settings: Settings, rebuild: bool = False) -> Iterator[Built]:
    """Build the table of each stored object, and then the joined ones; yield each as it ends.

    Those whose objects did not change are left as they are, unless `rebuild` is true. Endpoints of
    which nothing is stored are left out. Raises ConfigurationError, or an AwsError.
    """
    configuration = load_configuration(settings, ParameterStore(lambda: build_client("ssm")))
    lake = Lake(
        lambda: build_client("s3"), configuration.bucket, settings.prefix, settings.encryption
    )
    names = [one.name for one in configuration.endpoints if lake.stored(one.name)]
    with open_site(site_options(settings, configuration)) as site:
        tables = SiteTables(lake, catalog_of(settings), site, configuration.endpoints)
        for name in names:
            yield attempted(name, lambda name=name: tables.build(name, rebuild))
        for join in joins_for(configuration, names):
            yield attempted(join.name, lambda join=join: tables.join(join, rebuild))


def joins_for(configuration: SiteConfiguration, names: Collection[str]) -> tuple[Join, ...]:
    """Return the joined tables that come with the package, of endpoints with these names."""
    kinds = {one.name: one.is_known_kind for one in configuration.endpoints if one.name in names}
    collections = {name for name, is_known in kinds.items() if is_known}
    return joins_of(collections, kinds.keys() - collections)


def attempted(name: str, function: Callable[[], Result]) -> Result | Failed:
    """Call a function that builds or checks a table; return its result, or the reason for none."""
    try:
        return function()
    except TableError as error:
        return Failed(name, str(error), error.retry_may_help)
    except AwsError as error:
        return Failed(name, f"{name}: {error}", error.retry_may_help)
