"""Random writes, full reads and refreshes, one after the other and at the same time.

After each of them: every id once, in order; nothing that was readable throughout is missing;
nothing that was never readable meanwhile is there. When the site is quiet, a refresh by outline
leaves what a full read would.
"""

import random

import pytest

from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline_tests.extraction.refresh.conftest import LargeWorld
from wp_pipeline_tests.support.random_cases import few_of

SEEDS = range(16)
STEPS = 4
NAME = "posts"


class Writer:
    """Changes posts at random, and remembers which ids were readable, and which throughout."""

    def __init__(self, world: LargeWorld, seed: int) -> None:
        self.random = random.Random(seed)
        self.site = world.site
        self.watch()

    def watch(self) -> None:
        self.throughout = set(self.site.readable_ids(NAME))
        self.ever = set(self.throughout)

    def write(self) -> None:
        readable = self.site.readable_ids(NAME)
        act = self.random.choice(["publish", "edit", "delete", "delete", "draft", "hide"])
        if act == "publish":
            self.site.publish(NAME)
        elif act == "draft":
            self.site.publish_draft(NAME, self.site.draft(NAME))
        elif act == "edit":
            self.site.edit(NAME, self.random.choice(readable))
        elif act == "delete":
            self.site.delete(NAME, self.random.choice(readable))
        else:
            self.site.hide(NAME, self.random.choice(readable))
        now = set(self.site.readable_ids(NAME))
        self.throughout &= now
        self.ever |= now


@pytest.mark.parametrize("seed", few_of(SEEDS, 3))
def test_refreshes_lose_nothing_repeat_nothing_and_drop_what_is_deleted(large, seed):
    writer = Writer(large, seed)
    large.extract()
    for _ in range(STEPS):
        for _ in range(writer.random.randrange(4)):
            writer.write()
        writer.watch()
        rate = writer.random.choice([0.0, 0.1, 0.4])
        large.before_each_request(
            lambda request, rate=rate: writer.write() if writer.random.random() < rate else None
        )
        mode = writer.random.choice(["full", "changes", "changes"])
        found = large.extract(mode, outline=True)[NAME]
        large.before_each_request(lambda request: None)

        if isinstance(found, Stored):
            ids = [row["id"] for row in large.rows(NAME)]
            assert ids == sorted(set(ids))
            assert writer.throughout <= set(ids) <= writer.ever

    merged = large.refresh(outline=True)[NAME]
    assert isinstance(merged, Stored)
    rows = large.rows(NAME)
    large.extract()
    assert rows == large.rows(NAME)
