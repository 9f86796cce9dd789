"""What a full read and a refresh of a collection cost, estimated from one page of it.

The refresh is one that finds nothing changed. docs/decisions/0012-refresh.md lists its requests.
"""

from dataclasses import dataclass
from math import ceil

from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE
from wp_pipeline.wordpress.completeness import PROVEN
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import is_known_route
from wp_pipeline.wordpress.reading.outline import is_of_posts
from wp_pipeline.wordpress.site.sample import Sample

OUTLINE = 0.1  # of the bytes of whole items
COMMENTS_OF_A_PROBE = 0.4  # of the bytes of a page: they are asked for without some fields

EVERYTHING = "everything"
MODIFIED = "last modified"
NEWEST = "newest and total"
NOTHING = "nothing"  # It is read in full, and compared.


@dataclass(frozen=True)
class Cost:
    """Requests, bytes, and seconds that the site needs for them one after the other."""

    requests: int = 0
    size: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.requests + other.requests, self.size + other.size, self.seconds + other.seconds
        )


def seen_by_refresh(address: Address, sample: Sample) -> str:
    """Return which changes a refresh detects without a full read."""
    if not is_known_route(address) or sample.completeness != PROVEN:
        return NOTHING
    if sample.items < MAX_PER_PAGE:
        return EVERYTHING
    return MODIFIED if is_of_posts(address) else NEWEST


def full_read(sample: Sample) -> Cost:
    """Return the cost of a full read."""
    requests = requests_for(sample)
    rows = max(sample.rows, 1)
    size = round(sample.size * sample.readable / rows)
    return Cost(requests, size, requests * sample.seconds)


def requests_for(sample: Sample) -> int:
    """Return the requests of a full read: windows overlap by a row."""
    if sample.is_whole and sample.items < sample.per_page:
        return 1
    if sample.is_whole and sample.completeness != PROVEN:
        return 1
    if sample.completeness != PROVEN:
        return ceil(sample.items / max(sample.per_page, 1))
    step = max(sample.per_page - 1, 1)
    return 1 + ceil(max(sample.items - sample.per_page, 0) / step)


def refresh(address: Address, sample: Sample) -> Cost:
    """Return the cost of a refresh that finds nothing changed."""
    seen = seen_by_refresh(address, sample)
    if seen == NOTHING:
        return full_read(sample)
    if seen == EVERYTHING:
        share = OUTLINE if is_of_posts(address) else 1.0
    elif address.last_segment == "comments":
        share = COMMENTS_OF_A_PROBE
    else:
        share = 1 / max(sample.rows, 1)
    return Cost(1, round(sample.size * share), sample.seconds)
