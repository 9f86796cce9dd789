"""Brings the object of an endpoint up to date: unchanged, by what changed, or by a full read."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.full import described, read_in_full
from wp_pipeline.extraction.outcomes import Changes, ReadStats, Stored
from wp_pipeline.extraction.refresh.base import BaseObject, MuchDiffers, NotSound
from wp_pipeline.extraction.refresh.changes import changes_to
from wp_pipeline.extraction.refresh.diff import compared, merge_changes
from wp_pipeline.extraction.refresh.moved import Moved, follows, is_of_terms
from wp_pipeline.extraction.refresh.state import COUNTS, OUTLINE, State, request_of
from wp_pipeline.extraction.refresh.terms import carries, is_moved
from wp_pipeline.extraction.run_options import CHANGES, RunOptions
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.publish import Target, is_equal, publish, unchanged
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.reading.outline import is_of_posts
from wp_pipeline.wordpress.reading.probe import Probe, orderby_in
from wp_pipeline.wordpress.site.site import Site

Stats = Callable[[], ReadStats]
TRIES = 3  # of a refresh whose stored object is replaced meanwhile


@dataclass(frozen=True)
class Known:
    """A stored collection that can be refreshed, what is kept with it, and whether it has pages."""

    stored: StoredObject
    state: State
    is_large: bool


@dataclass(frozen=True)
class Look:
    """What changed, empty if nothing did; and which version of the stored object was compared."""

    change: str
    version: str = ""


@dataclass(frozen=True)
class Update:
    """What all endpoints of a run share."""

    site: Site
    lake: Lake
    settings: Settings
    options: RunOptions
    observer: Observer
    credentials: Credentials | None
    moved: Moved = field(default_factory=Moved)

    def run(self, endpoint: Endpoint, stats: Stats, tries: int = TRIES) -> Stored:
        """Raises a SiteError, an AwsError, or OSError (the disk)."""
        stored = self.lake.stored(endpoint.name)
        known = self._known(endpoint, stored)
        found = self._probe(endpoint, known) if known and known.is_large else None
        if known and self.options.mode == CHANGES:
            try:
                return self._refreshed(endpoint, known, found, stats)
            except ObjectReplaced:  # By another extraction: what that stored is compared now.
                if tries == 1:
                    raise
                return self.run(endpoint, stats, tries - 1)
            except NotSound as reason:
                self.observer.noticed(endpoint.name, f"read in full, because {reason}")
                if isinstance(reason, MuchDiffers) and is_of_posts(endpoint.address):
                    self.moved.add_all_posts()
        return self._full(endpoint, stored, found, stats)

    def look(self, endpoint: Endpoint) -> Look:
        """Compare an endpoint with what is stored, and store nothing.

        Raises a SiteError, an AwsError, or OSError (the disk).
        """
        stored = self.lake.stored(endpoint.name)
        if stored is None:
            return Look("nothing is stored")
        version = stored.metadata.get("extracted-at", "")
        return Look(self._change(endpoint, stored), version)

    def _change(self, endpoint: Endpoint, stored: StoredObject) -> str:
        known = self._known(endpoint, stored)
        if known is None:
            return "" if self._is_equal(endpoint, stored) else "it is not what is stored"
        if reason := self._why_full(endpoint, known):
            return reason
        if not known.is_large:
            return "" if self._is_outline_equal(endpoint, known) else "an item changed"
        found = self._probe(endpoint, known)
        is_same = found is not None and found.text == known.state.probe
        return "" if is_same else "the total or the newest item changed"

    def _is_equal(self, endpoint: Endpoint, stored: StoredObject) -> bool:
        with Payload() as payload:
            read_in_full(endpoint, self.site, payload, self.settings, self.observer)
            return is_equal(stored, payload)

    def _is_outline_equal(self, endpoint: Endpoint, known: Known) -> bool:
        try:
            base = BaseObject.download(endpoint.name, known.stored, self.lake)
            return compared(endpoint, self.site, base, self.settings.outline_fields).is_equal
        except NotSound:  # Such as the terms of a plugin's taxonomy, which have no outline.
            return self._is_equal(endpoint, known.stored)

    def _known(self, endpoint: Endpoint, stored: StoredObject | None) -> Known | None:
        """Return what is stored of a collection that can be refreshed; None for all others.

        One page of terms or users is read whole: that costs what a probe costs, and sees
        everything.
        """
        if not endpoint.is_known_kind or stored is None or not stored.rows:
            return None
        is_large = stored.rows >= MAX_PER_PAGE
        if not is_large and not is_of_posts(endpoint.address):
            return None
        return Known(stored, State.of(stored), is_large)

    def _probe(self, endpoint: Endpoint, known: Known) -> Probe | None:
        return self.site.probe(endpoint, orderby_in(known.state.probe))

    def _why_full(self, endpoint: Endpoint, known: Known) -> str:
        """Return why only a full read would be right; empty if a refresh is."""
        if known.state.request != request_of(endpoint, self.credentials):
            return "it was stored with another URL or user"
        if not known.state.is_read_in_full_within(self.settings.full_after_days):
            return f"the last full read is older than {self.settings.full_after_days:g} days"
        return ""

    def _refreshed(
        self, endpoint: Endpoint, known: Known, found: Probe | None, stats: Stats
    ) -> Stored:
        """Raises NotSound where only a full read is right, or another error."""
        if reason := self._why_full(endpoint, known):
            raise NotSound(reason)
        if known.is_large and found is None:
            raise NotSound("it can't be probed")
        if follows(endpoint) and self.moved.all_posts:
            raise NotSound("much of the posts differs")
        is_as_known = found is not None and found.text == known.state.probe
        same = unchanged(endpoint.name, self.lake, known.stored, stats(), COUNTS)
        if is_as_known and not self._is_told(endpoint) and not self.options.outline:
            return same
        base = BaseObject.download(endpoint.name, known.stored, self.lake)
        if is_as_known and not self.options.outline and not self._is_concerned(endpoint, base):
            return same
        with Payload() as payload:
            state = self._merge(endpoint, known, found, base, payload)
            target = Target(
                self._largest_drop(endpoint),
                state.metadata,
                base=known.stored,
                is_dry=self.options.dry_run,
            )
            return self._published(endpoint, known.stored, payload, stats, target)

    def _published(
        self,
        endpoint: Endpoint,
        stored: StoredObject | None,
        payload: Payload,
        stats: Stats,
        target: Target,
    ) -> Stored:
        """Publish a payload, and count its changes where it replaces what was stored."""
        changes = changes_to(endpoint.name, stored, payload, self.lake)
        outcome = publish(endpoint.name, payload, self.lake, stats, target, self.site.check)
        return replace(outcome, changes=Changes() if outcome.unchanged else changes)

    def _is_told(self, endpoint: Endpoint) -> bool:
        """Whether other collections of this run may have moved items of this one."""
        if follows(endpoint):
            return bool(self.moved.posts)
        return is_of_posts(endpoint.address) and bool(self.moved.terms)

    def _is_concerned(self, endpoint: Endpoint, base: BaseObject) -> bool:
        return follows(endpoint) or carries(base, self.moved.terms)

    def _merge(
        self,
        endpoint: Endpoint,
        known: Known,
        found: Probe | None,
        base: BaseObject,
        payload: Payload,
    ) -> State:
        """Write what the collection is now into a payload; return what is kept with it."""
        from wp_pipeline.extraction.refresh.top_up import TopUp  # Not for a full read.

        moved = self.moved.posts if follows(endpoint) else ()
        if found and not self.options.outline:
            topping = TopUp(endpoint, self.site, base, known.state, moved)
            if state := topping.write(found, payload):
                return state
        fields = self.settings.outline_fields
        plan = merge_changes(endpoint, self.site, base, found, payload, moved, fields)
        if is_of_posts(endpoint.address):
            self.moved.add_posts(plan.moved)
        elif is_of_terms(endpoint) and not plan.is_equal:
            self.moved.add_terms(endpoint)
        text = found.text if found else ""
        return replace(known.state, probe=text, verified=OUTLINE, places=plan.places)

    def _full(
        self, endpoint: Endpoint, stored: StoredObject | None, found: Probe | None, stats: Stats
    ) -> Stored:
        now, began = datetime.now(timezone.utc), time.monotonic()
        with Payload() as payload:
            read_in_full(endpoint, self.site, payload, self.settings, self.observer)
            metadata: dict[str, str] = {}
            tells = self.options.mode == CHANGES and is_of_terms(endpoint)
            if stored and tells and is_moved(endpoint.name, stored, payload, self.lake):
                self.moved.add_terms(endpoint)
            if endpoint.is_known_kind:
                request = request_of(endpoint, self.credentials)
                text = found.text if found else ""
                metadata = State(request, now, text, places=payload.places).metadata
            target = Target(
                self._largest_drop(endpoint),
                metadata,
                is_new=stored is None,
                began=began,
                is_due=stored is not None and self._is_due(stored),
                is_dry=self.options.dry_run,
            )
            schema = described(endpoint, self.site, payload) if self.options.describe else {}
            outcome = self._published(endpoint, stored, payload, stats, target)
            return replace(outcome, schema=schema)

    def _is_due(self, stored: StoredObject) -> bool:
        """Whether an equal object is stored again, since it must say when it was last read."""
        state = State.of(stored)
        return bool(state.request) and not state.is_read_in_full_within(
            self.settings.full_after_days / 2
        )

    def _largest_drop(self, endpoint: Endpoint) -> float | None:
        is_accepted = self.options.accepts_drop_of(endpoint.name)
        return None if is_accepted else self.settings.largest_drop
