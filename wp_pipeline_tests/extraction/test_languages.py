"""Sites in several languages: the language of an endpoint's URL is sent with every request."""

import pytest

from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.extraction.run import run
from wp_pipeline.extraction.run_options import CHANGES, RunOptions
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.api_sites import items
from wp_pipeline_tests.fakes.shop_and_languages import in_languages
from wp_pipeline_tests.fakes.world import World

ENGLISH, GERMAN = items(130, lang="en"), items(40, first=201, lang="de")
FULL, REFRESH = RunOptions(), RunOptions(mode=CHANGES)
ROWS = {"en": ENGLISH, "de": GERMAN, "all": [*ENGLISH, *GERMAN]}


@pytest.fixture
def world(world) -> World:
    """A site that sends English posts unless it is asked for another language."""
    others, posts = world.server.answers, in_languages(ROWS, default="en")
    world.server.answers = lambda request: (
        posts if request.path == "/wp-json/wp/v2/posts" else others
    )(request)  # fmt: skip
    endpoints = [f"posts_{one}={world.url('wp/v2/posts')}?lang={one}" for one in ROWS]
    world.put_endpoints(",".join([f"posts={world.url('wp/v2/posts')}", *endpoints]))
    return world


def outcomes(options: RunOptions = FULL):
    return {one.name: one for one in run(Settings.from_environment(), Observer(), options)}


def test_two_languages_of_one_route_are_two_objects(world):
    found = outcomes()

    assert all(isinstance(one, Stored) for one in found.values())
    assert world.rows("posts_en") == ENGLISH
    assert world.rows("posts_de") == GERMAN
    assert world.rows("posts_all") == ROWS["all"]
    assert world.rows("posts") == ENGLISH


@pytest.mark.parametrize("options", [FULL, REFRESH], ids=["full", "changes"])
def test_every_request_has_the_language_of_its_endpoint(world, options):
    outcomes()
    world.server.requests.clear()
    world.put_endpoints(f"posts_de={world.url('wp/v2/posts')}?lang=de&_fields=id,lang")
    outcomes(options)

    posts = [one for one in world.server.requests if "/wp/v2/posts" in one]
    assert posts
    assert [one for one in posts if "lang=de" not in one] == []


def test_a_refresh_of_one_language_finds_nothing_changed(world):
    outcomes()
    outcomes(REFRESH)

    assert all(one.unchanged for one in outcomes(REFRESH).values())
