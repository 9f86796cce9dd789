"""What the updates of all endpoints in a run share."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.errors import EmptyPayload
from wp_pipeline.extraction.outcomes import Changes, ReadStats, Stored
from wp_pipeline.extraction.refresh.changes import changes_to
from wp_pipeline.extraction.refresh.moved import Moved
from wp_pipeline.extraction.run_options import RunOptions
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.publish import Target, publish
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.site.site import Site

Stats = Callable[[], ReadStats]


@dataclass(frozen=True)
class UpdateContext:
    """The site, the lake, and what is chosen for the run. Thread-safe.

    `moved` passes on what changed in one collection to the collections that depend on it.
    """

    site: Site
    lake: Lake
    settings: Settings
    options: RunOptions
    observer: Observer
    credentials: Credentials | None
    moved: Moved = field(default_factory=Moved)

    def largest_drop(self, endpoint: Endpoint) -> float | None:
        """Return the share of the stored rows that may be lost; None if all of them may."""
        is_accepted = self.options.accepts_drop_of(endpoint.name)
        return None if is_accepted else self.settings.largest_drop

    def require_rows(self, endpoint: Endpoint, payload: Payload) -> None:
        """Raises EmptyPayload if there are none and that is not accepted for the endpoint."""
        if payload.rows == 0 and endpoint.name not in self.settings.may_be_empty:
            raise EmptyPayload(
                "the site sent no rows; the stored object is kept."
                " If that is right, add the endpoint to WP_PIPELINE_MAY_BE_EMPTY"
            )

    def publish(
        self,
        endpoint: Endpoint,
        stored: StoredObject | None,
        payload: Payload,
        stats: Stats,
        target: Target,
    ) -> Stored:
        """Publish a payload, and count its changes if it replaces the `stored` object.

        Raises what `storing.publish.publish` raises.
        """
        changes = changes_to(endpoint.name, stored, payload, self.lake)
        cancellation = self.site.cancellation
        outcome = publish(endpoint.name, payload, self.lake, stats, target, cancellation)
        return replace(outcome, changes=Changes() if outcome.unchanged else changes)
