"""Refreshes a stored collection: merges what changed on the site into the stored object."""

from dataclasses import dataclass, replace

from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.extraction.refresh.base import BaseObject, RefreshNotPossible
from wp_pipeline.extraction.refresh.diff import merge_changes
from wp_pipeline.extraction.refresh.moved import follows, is_of_terms
from wp_pipeline.extraction.refresh.state import COUNTS, OUTLINE, State
from wp_pipeline.extraction.refresh.terms import carries
from wp_pipeline.extraction.refresh.top_up import TopUp
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.publish import Target, unchanged
from wp_pipeline.extraction.updating.context import Stats, UpdateContext
from wp_pipeline.extraction.updating.stored_collection import StoredCollection
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.reading.outline import is_of_posts
from wp_pipeline.wordpress.reading.probe import Probe


@dataclass(frozen=True)
class Refresh:
    """One refresh of one collection. `found` is today's probe, None if there is none."""

    endpoint: Endpoint
    known: StoredCollection
    found: Probe | None
    context: UpdateContext

    def run(self, stats: Stats) -> Stored:
        """Raises RefreshNotPossible if only a full read is right, or what `update` raises."""
        self._require_possible()
        stored, state = self.known.stored, self.known.state
        is_same_probe = self.found is not None and self.found.text == state.probe
        may_be_unchanged = is_same_probe and not self.context.options.outline
        same = unchanged(self.endpoint.name, self.context.lake, stored, stats(), COUNTS)
        if may_be_unchanged and not self._others_moved:
            return same
        base = BaseObject.download(self.endpoint.name, stored, self.context.lake)
        if may_be_unchanged and not self._depends_on_moved(base):
            return same
        with Payload() as payload:
            state = self._merge(base, payload)
            self.context.require_rows(self.endpoint, payload)
            target = Target(
                self.context.largest_drop(self.endpoint),
                state.metadata,
                base=stored,
                is_dry=self.context.options.dry_run,
            )
            return self.context.publish(self.endpoint, stored, payload, stats, target)

    def _require_possible(self) -> None:
        """Raises RefreshNotPossible."""
        if reason := self.known.why_full(self.endpoint, self.context):
            raise RefreshNotPossible(reason)
        if self.known.is_large and self.found is None:
            raise RefreshNotPossible("it can't be probed")
        if follows(self.endpoint) and self.context.moved.all_posts:
            raise RefreshNotPossible("much of the posts differs")

    @property
    def _others_moved(self) -> bool:
        """Whether other collections of this run may have moved items of this one."""
        if follows(self.endpoint):
            return bool(self.context.moved.posts)
        return is_of_posts(self.endpoint.address) and bool(self.context.moved.terms)

    def _depends_on_moved(self, base: BaseObject) -> bool:
        return follows(self.endpoint) or carries(base, self.context.moved.terms)

    def _merge(self, base: BaseObject, payload: Payload) -> State:
        """Write the collection of today into a payload; return the state to keep with it."""
        context, endpoint = self.context, self.endpoint
        moved = context.moved.posts if follows(endpoint) else ()
        if self.found and not context.options.outline:
            top_up = TopUp(endpoint, context.site, base, self.known.state, moved)
            if state := top_up.write(self.found, payload):
                completeness = self.known.stored.metadata.get("completeness")
                payload.completeness = completeness or payload.completeness  # Of the older items.
                return state
        fields = context.settings.outline_fields
        plan = merge_changes(endpoint, context.site, base, self.found, payload, moved, fields)
        if is_of_posts(endpoint.address):
            context.moved.add_posts(plan.moved)
        elif is_of_terms(endpoint) and not plan.is_equal:
            context.moved.add_terms(endpoint)
        text = ""
        if self.found:
            text = self.found.text if plan.has_newest else self.found.total_text
        return replace(self.known.state, probe=text, verified=OUTLINE, places=plan.places)
