"""Older comments that came or went are found by a few small requests, wherever they are."""

import random
from collections.abc import Iterator

import pytest

from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.settings import Settings
from wp_pipeline_tests.extraction.refresh.conftest import LargeWorld
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.support.random_cases import few_of

NAME = "comments"
COUNT = 1500
OUTLINES = COUNT // 99
SEEDS = range(16)


@pytest.fixture
def magazine(aws) -> Iterator[LargeWorld]:
    """A site with many comments and nothing else."""
    with SampleSiteServer(SampleSite({NAME: COUNT}, volatile=False)) as server:
        world = LargeWorld(aws, server)
        world.extract_these(NAME)
        aws.put_parameters({Settings().bucket_parameter: BUCKET})
        yield world


def assert_equal_to_a_full_read(world: LargeWorld) -> None:
    merged = world.rows(NAME)
    world.extract()
    assert merged == world.rows(NAME)


def prepare(world: LargeWorld, chance: random.Random, hidden: int) -> None:
    """Hide some comments that are counted still, and extract twice, so that a probe is kept."""
    for item_id in chance.sample(world.site.readable_ids(NAME), hidden):
        world.site.hide(NAME, item_id)
    world.extract()
    assert isinstance(world.refresh()[NAME], Stored)


@pytest.mark.parametrize("hidden", few_of([0, 1, 5], 1))
@pytest.mark.parametrize("place", few_of([0, 700, 1399, 1, 98, 99, 100, 1300, 1390], 3))
def test_a_deletion_is_found_wherever_it_is(magazine, place, hidden):
    prepare(magazine, random.Random(place), hidden)
    magazine.site.delete(NAME, magazine.site.readable_ids(NAME)[place])

    found = magazine.refresh()[NAME]

    if found.verified == "counts":
        assert len(magazine.requests_for(NAME)) <= 12
    assert hidden or found.verified == "counts"
    assert_equal_to_a_full_read(magazine)


@pytest.mark.parametrize("seed", few_of(SEEDS, 2))
def test_several_added_and_removed_items_are_all_found(magazine, seed):
    chance = random.Random(seed)
    drafts = [magazine.site.draft(NAME) for _ in range(4)]
    for _ in range(150):
        magazine.site.publish(NAME)
    prepare(magazine, chance, chance.choice([0, 0, 3]))
    if chance.random() < 0.5:
        for item_id in chance.sample(drafts, chance.randrange(1, 5)):
            magazine.site.publish_draft(NAME, item_id)
    else:
        for item_id in chance.sample(magazine.site.readable_ids(NAME), chance.randrange(1, 5)):
            magazine.site.delete(NAME, item_id)
    for _ in range(chance.randrange(3)):
        magazine.site.publish(NAME)

    magazine.refresh()

    assert_equal_to_a_full_read(magazine)


@pytest.mark.parametrize("seed", few_of(SEEDS, 2))
def test_a_change_during_the_bisection_is_found_by_the_next_refresh(magazine, seed):
    chance = random.Random(seed)
    prepare(magazine, chance, chance.choice([0, 3]))
    site = magazine.site
    throughout = set(site.readable_ids(NAME))

    def write(request: object) -> None:
        if chance.random() < 0.3:
            if chance.random() < 0.5:
                site.publish(NAME)
            else:
                site.delete(NAME, chance.choice(site.readable_ids(NAME)))
            throughout.intersection_update(site.readable_ids(NAME))

    write_once(site, chance)
    throughout &= set(site.readable_ids(NAME))
    magazine.before_each_request(write)
    magazine.refresh()
    magazine.before_each_request(lambda request: None)

    ids = [row["id"] for row in magazine.rows(NAME)]
    assert ids == sorted(set(ids))
    assert throughout <= set(ids)
    magazine.refresh(outline=True)
    assert_equal_to_a_full_read(magazine)


def write_once(site: SampleSite, chance: random.Random) -> None:
    site.delete(NAME, chance.choice(site.readable_ids(NAME)))
