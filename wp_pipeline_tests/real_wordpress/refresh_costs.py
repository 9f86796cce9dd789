"""What a refresh costs a real WordPress, in requests and bytes from its access log.

    python -m wp_pipeline_tests.real_wordpress.refresh_costs
    python -m wp_pipeline_tests.real_wordpress.refresh_costs 10000 50000

The numbers are those of posts and comments: without them, 2,000 and 10,000. Prints a table.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.access_log import requests_to
from wp_pipeline_tests.real_wordpress.extraction import extracted
from wp_pipeline_tests.real_wordpress.kinds_of_change import PRELUDE
from wp_pipeline_tests.real_wordpress.php import run_php
from wp_pipeline_tests.real_wordpress.wordpress import WordPress

SEVEN = ("categories", "comments", "media", "pages", "posts", "tags", "users")
CHANGES = {"mode": "changes"}


@dataclass(frozen=True)
class Change:
    """A change, the PHP that makes it, and the most that its refresh may cost: requests and KB."""

    title: str
    php: str
    requests: int
    kilobytes: int


# The limits are for a site of 2,000 posts and 10,000 comments.
TABLE = (
    Change("nothing", "", 7, 25),
    Change("an edited post", "edit( post( 300 ), array( 'post_content' => 'Edited.' ) );", 35, 150),
    Change("a new comment", "new_comment( post( 310 ) );", 12, 40),
    Change("a trashed post with comments", "wp_trash_post( post( 320 ) );", 40, 200),
    Change("a deleted old comment", "wp_delete_comment( comment( 3300 ), true );", 30, 150),
)


@dataclass(frozen=True)
class Cost:
    """What a refresh took, and whether it stored the ids of all that a visitor can read."""

    change: Change
    requests: int
    bytes_sent: int
    uploads: int
    is_right: bool


def costs(site: WordPress, lake: ExtractionBucket) -> Iterator[Cost]:
    """Make each change, refresh, and compare all ids with those in the site's database."""
    endpoints = {name: site.endpoints[name] for name in SEVEN}
    for options in ({}, {"outline": True}, {}):  # Until a probe is kept with each object.
        extracted(endpoints, lake, run_options=CHANGES | options)
    for change in TABLE:
        if change.php:
            run_php(site, PRELUDE + change.php)
        before = lake.uploads().total()
        with requests_to(site) as requests:
            outcomes = extracted(endpoints, lake, run_options=CHANGES)
        assert all(isinstance(one, Stored) for one in outcomes.values()), outcomes
        uploads = lake.uploads().total() - before
        readable = {name: sorted(database.readable_ids(site, name)) for name in endpoints}
        is_right = all(lake.ids(name) == readable[name] for name in endpoints)
        sent = sum(request.bytes_sent for request in requests)
        yield Cost(change, len(requests), sent, uploads, is_right)


def full_read(site: WordPress, bucket: ExtractionBucket) -> tuple[int, int]:
    """Return the requests and bytes of a full read into an empty bucket."""
    with requests_to(site) as requests:
        extracted({name: site.endpoints[name] for name in SEVEN}, bucket)
    return len(requests), sum(request.bytes_sent for request in requests)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="?", type=int, default=2_000)
    parser.add_argument("comments", nargs="?", type=int, default=10_000)
    sizes = parser.parse_args()
    with WordPress.start("bookworm", posts=sizes.posts, comments=sizes.comments) as site:
        site.reseed()
        with FakeAws() as aws:
            print(
                "| after | requests | KB | uploads | ids as in the database |\n"
                "|---|---|---|---|---|"
            )
            for cost in costs(site, ExtractionBucket(aws, "lake-1")):
                right = "yes" if cost.is_right else "NO"
                sent = round(cost.bytes_sent / 1000)
                row = (cost.change.title, cost.requests, sent, cost.uploads, right)
                print("|", " | ".join(map(str, row)), "|")
            requests, sent = full_read(site, ExtractionBucket(aws, "lake-2"))
            print(f"| a full read | {requests} | {sent // 1000:,} | | |")


if __name__ == "__main__":
    main()
