"""What a discovery found: collections, and the routes that it excludes, with the reasons."""

from dataclasses import dataclass, field

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.site.index import CORE, SiteIndex
from wp_pipeline.wordpress.site.sample import Sample

# Why a route is excluded: its request failed; WordPress refuses it to this reader; it is an
# internal of the editor, and empty; it answers with something else than rows.
FAILED, CLOSED, EMPTY, NO_LIST = "failed", "closed", "empty", "no list"


@dataclass(frozen=True)
class DiscoveredCollection:
    """A collection that can be read, and how many items it reports.

    `seen_by_visitors` is how many of them a visitor can read. It is None if visitors are refused,
    or if no login was used.
    """

    address: Address = field(repr=False)
    total: int
    kind: str = CORE
    sample: Sample | None = None
    seen_by_visitors: int | None = None


@dataclass(frozen=True)
class ExcludedRoute:
    """A route that is no collection of the result. `verdict` says why in a word."""

    route: str
    reason: str
    verdict: str = FAILED
    kind: str = CORE


@dataclass(frozen=True)
class DiscoveredSite:
    """What a site serves.

    `moved_to` is where its API is, if that does not follow from the given address; else empty.
    `secret_routes` are those in the public index that look secret.
    """

    collections: tuple[DiscoveredCollection, ...]
    excluded: tuple[ExcludedRoute, ...] = ()
    moved_to: str = ""
    index: SiteIndex = field(default_factory=lambda: SiteIndex({}), repr=False)
    secret_routes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[ExcludedRoute, ...]:
        """The routes whose request failed."""
        return self.excluded_as(FAILED)

    def excluded_as(self, verdict: str) -> tuple[ExcludedRoute, ...]:
        return tuple(one for one in self.excluded if one.verdict == verdict)
