"""A stored collection that can be refreshed, and whether a refresh would be right."""

from dataclasses import dataclass

from wp_pipeline.aws.lake import StoredObject
from wp_pipeline.extraction.refresh.state import State, request_of
from wp_pipeline.extraction.updating.context import UpdateContext
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import UnexpectedStatus
from wp_pipeline.wordpress.reading.outline import is_of_posts
from wp_pipeline.wordpress.reading.probe import Probe, orderby_in


@dataclass(frozen=True)
class StoredCollection:
    """A stored collection, and the state that is kept with it.

    A collection that `is_large` has at least one full page, and can be probed.
    """

    stored: StoredObject
    state: State
    is_large: bool

    @classmethod
    def of(cls, endpoint: Endpoint, stored: StoredObject | None) -> "StoredCollection | None":
        """Return a collection that can be refreshed; None for any other stored object.

        One page of terms or users is always read in full: that is one request, as a probe is, and
        shows every change.
        """
        if not endpoint.is_known_kind or stored is None or not stored.rows:
            return None
        is_large = stored.rows >= MAX_PER_PAGE
        if not is_large and not is_of_posts(endpoint.address):
            return None
        return cls(stored, State.of(stored), is_large)

    def probe(self, endpoint: Endpoint, context: UpdateContext) -> Probe | None:
        """Probe the collection in the order of the probe before; None if it can't be probed."""
        try:
            return context.site.probe(endpoint, orderby_in(self.state.probe))
        except UnexpectedStatus:  # A full read may be possible: it requests other parameters.
            return None

    def why_full(self, endpoint: Endpoint, context: UpdateContext) -> str:
        """Return why only a full read would be right; empty if a refresh is."""
        if self.state.request != request_of(endpoint, context.credentials):
            return "it was stored with another URL or user"
        days = context.settings.full_after_days
        if not self.state.is_read_in_full_within(days):
            return f"the last full read is older than {days:g} days"
        return ""
