"""Builds the tables of one site and registers them: what a run of Dagster and the command share.

    with open_site(options) as site:
        tables = SiteTables(lake, catalog_of(settings), site, configuration.endpoints)
        table = tables.build("posts")

The site is asked only for its schemas.
"""

from collections.abc import Iterable

from wp_pipeline.aws.glue import Catalog
from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.build import build_table
from wp_pipeline.tables.joins.build import build_join
from wp_pipeline.tables.joins.join import Join
from wp_pipeline.tables.kept import Kept
from wp_pipeline.tables.registration import register
from wp_pipeline.tables.store import TableStore
from wp_pipeline.tables.table import Table
from wp_pipeline.wordpress.completeness import SINGLE
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.reading.schema import Schema
from wp_pipeline.wordpress.site.site import Site


class SiteTables:
    """The tables of a site. For each table that is built, one request asks for its schema."""

    def __init__(
        self, lake: Lake, catalog: Catalog | None, site: Site, endpoints: Iterable[Endpoint]
    ) -> None:
        self.store = TableStore(lake)
        self._lake = lake
        self._catalog = catalog
        self._site = site
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}

    def build(self, name: str, rebuild: bool = False) -> Table:
        """Build the table of an endpoint, unless it is that of the object already.

        With `rebuild`, it is built anyway and its former columns are forgotten. Raises a
        TableError or an AwsError.
        """
        schema = self._schema(name) if rebuild or not self._is_current(name) else {}
        return self._registered(build_table(name, self._lake, schema, rebuild))

    def join(self, join: Join, rebuild: bool = False) -> Table:
        """Build a joined table if its tables changed, or with `rebuild` anyway.

        Raises a TableError or an AwsError.
        """
        return self._registered(build_join(join, self.store, rebuild))

    def _registered(self, table: Table) -> Table:
        if self._catalog and table.uri:
            register(self._catalog, table)
        return table

    def _is_current(self, name: str) -> bool:
        raw, stored = self._lake.stored(name), self.store.stored(name)
        return bool(raw and stored and Kept.of(stored).is_current(raw, ""))

    def _schema(self, name: str) -> Schema:
        """Return what the site declares of an endpoint's members; nothing where it can't be asked.

        A single answer has no schema, and neither has an endpoint that is not of the site.
        """
        endpoint, raw = self._endpoints.get(name), self._lake.stored(name)
        if endpoint is None or raw is None or raw.metadata.get("completeness") == SINGLE:
            return {}
        try:
            return self._site.schema(endpoint)
        except SiteError:
            return {}
