"""The result of `wp-pipeline discover`: the collections to extract, and what they cost."""

from dataclasses import dataclass

from wp_pipeline.commands.discovery.rows import Row
from wp_pipeline.extraction.endpoint_parameters import NotStored
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.address import API_FOLDER, Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.site import cost
from wp_pipeline.wordpress.site.discovered import DiscoveredSite, ExcludedRoute
from wp_pipeline.wordpress.site.route_names import names_for, shown


@dataclass(frozen=True)
class DiscoveryReport:
    """A discovered site, without the routes that the user left out by `without`.

    `url` is what the user typed. `full` and `refresh` are the costs of all rows together.
    """

    found: DiscoveredSite
    rows: tuple[Row, ...]
    url: str
    settings: Settings
    without: tuple[str, ...]

    @classmethod
    def of(
        cls, found: DiscoveredSite, url: str, settings: Settings, without: tuple[str, ...]
    ) -> "DiscoveryReport":
        """Leave out the routes in `without`. Raises NotStored if the site lacks one of them."""
        wanted = {route.strip("/") for route in without}
        kept = [one for one in found.collections if shown(one.address) not in wanted]
        known = {shown(one.address) for one in found.collections}
        known |= {one.route for one in found.excluded}
        if unknown := wanted - known:
            told = ", ".join(sorted(map(as_listed, unknown)))
            raise NotStored(f"--without names no route of the site: {told}")
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

    @property
    def empty_names(self) -> list[str]:
        """The endpoints that have no items now."""
        return [row.name for row in self.rows if not row.sample.items]

    @property
    def has_login(self) -> bool:
        return bool(self.settings.credentials_parameter)


def as_listed(route: str) -> str:
    """Return a route that was typed as it would be listed: it may hold a secret, or be a URL."""
    return shown(Address(f"https://site{API_FOLDER}{route}"))
