"""Brings the object of an endpoint up to date: unchanged, by a refresh, or by a full read.

    context = UpdateContext(site, lake, settings, run_options, observer, credentials)
    outcome = update(endpoint, context, stats)

If a refresh is not possible, the observer is told why, and the endpoint is read in full.
"""

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.extraction.refresh.base import (
    DamagedObject,
    RefreshNotPossible,
    TooManyDifferences,
)
from wp_pipeline.extraction.run_options import CHANGES
from wp_pipeline.extraction.updating.context import Stats, UpdateContext
from wp_pipeline.extraction.updating.full_read import full_read
from wp_pipeline.extraction.updating.stored_collection import StoredCollection
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.reading.outline import is_of_posts

MODIFIED = "modified_gmt"  # Posts of every type have it, and terms of plugins do not.
TRIES = 3  # of a refresh whose stored object is replaced meanwhile


def update(endpoint: Endpoint, context: UpdateContext, stats: Stats, tries: int = TRIES) -> Stored:
    """Update the object of an endpoint. `stats` returns what the update took so far.

    Raises a SiteError, an ExtractionError, an AwsError, or OSError (the disk).
    """
    stored = context.lake.stored(endpoint.name)
    known = StoredCollection.of(endpoint, stored)
    found = known.probe(endpoint, context) if known and known.is_large else None
    is_damaged = False
    if known and context.options.mode == CHANGES:
        from wp_pipeline.extraction.updating.refresh import Refresh  # Not for a full read.

        try:
            return Refresh(endpoint, known, found, context).run(stats)
        except ObjectReplaced:  # By another extraction: compare with what that has stored.
            if tries == 1:
                raise
            return update(endpoint, context, stats, tries - 1)
        except RefreshNotPossible as reason:
            context.observer.noticed(endpoint.name, f"read in full, because {reason}")
            is_damaged = isinstance(reason, DamagedObject)
            if isinstance(reason, TooManyDifferences) and is_of_posts(endpoint.address):
                context.moved.add_all_posts()
    outcome = full_read(endpoint, stored, found, context, stats, is_damaged)
    if not outcome.unchanged and has_outlines(endpoint, outcome):
        context.moved.add_all_posts()  # Which ones moved is not known.
    return outcome


def has_outlines(endpoint: Endpoint, outcome: Stored) -> bool:
    """Whether these are posts that a refresh can usually compare, not read in full each time."""
    is_whole = not endpoint.address.chooses_fields
    return is_of_posts(endpoint.address) and is_whole and MODIFIED in outcome.columns
