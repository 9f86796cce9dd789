"""What reading a collection returns."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.completeness import PROVEN
from wp_pipeline.wordpress.places import Places


@dataclass(frozen=True)
class Collection:
    """The items of a collection, in batches, while they are read.

    Iterating raises a SiteError if an item can't be read, or CompletenessNotProven. `total` is what
    the site announced with the first page; it also counts hidden rows. `places` is complete after
    the last batch.
    """

    batches: Iterator[Items] = field(repr=False)
    completeness: str = PROVEN
    total: int | None = None
    places: Places = field(default_factory=Places, repr=False)
