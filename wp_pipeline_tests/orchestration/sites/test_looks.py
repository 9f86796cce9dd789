"""Which sites the one sensor looks at, in which order, and for how long; without Dagster or AWS."""

import threading
import time
from datetime import datetime, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.sensors.changes import Seen
from wp_pipeline.orchestration.sites.changes_of_sites import NOT_ENDED, Limits, looked_at
from wp_pipeline.orchestration.sites.looks import Looks
from wp_pipeline.orchestration.sites.sites import LoadedSite
from wp_pipeline.settings import Settings

NOW = datetime(2026, 11, 26, 7, tzinfo=timezone.utc)
POSTS = (EndpointName("posts", True),)


def sites_called(*names: str) -> list[LoadedSite]:
    return [LoadedSite(Settings(site=name, changes_interval=30), POSTS) for name in names]


def unchanged(looks: Looks, site: LoadedSite) -> Seen:
    return Seen(looks.cursor_of(site), reason="Nothing changed.")


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(1, 7))
def test_every_site_is_compared_within_n_ticks_although_some_are_slow(slow, in_a_tick):
    """A tick gets through `in_a_tick` sites; looks at slow ones do not end."""
    sites = sites_called(*(f"s{n}" for n in range(len(slow))))
    is_slow = dict(zip((site.name for site in sites), slow, strict=True))
    text, seen, now = None, set(), NOW.timestamp()
    for _ in range(-(-len(sites) // in_a_tick)):
        looks = Looks.parse(text, NOW).only(sites, now)
        for site in looks.due(sites, now)[:in_a_tick]:
            seen.add(site.name)
            found = None if is_slow[site.name] else unchanged(looks, site)
            looks = looks.after(site, found, now)
        text, now = looks.dump(), now + 30

    assert seen == {site.name for site in sites}


def test_a_site_is_due_when_its_own_interval_is_over():
    often = LoadedSite(Settings(site="often", changes_interval=60), POSTS)
    rarely = LoadedSite(Settings(site="rarely", changes_interval=600), POSTS)
    now = NOW.timestamp()
    looks = Looks.parse(None, NOW).only([often, rarely], now)
    assert looks.due([often, rarely], now) == [often, rarely]
    for site in (often, rarely):
        looks = looks.after(site, None, now)

    assert looks.due([often, rarely], now + 59) == []
    assert looks.due([often, rarely], now + 60) == [often]
    assert looks.due([often, rarely], now + 600) == [often, rarely]


def test_a_site_is_due_if_the_clock_was_set_back():
    sites = sites_called("one")
    now = NOW.timestamp()
    looks = Looks.parse(None, NOW).only(sites, now)
    looks = looks.after(sites[0], unchanged(looks, sites[0]), now)

    assert looks.due(sites, now - 86_400) == sites


def test_outlines_of_many_sites_are_not_due_together():
    sites = sites_called(*(f"site{n}" for n in range(200)))
    looks = Looks.parse(None, NOW).only(sites, NOW.timestamp())
    due_in = [3600 - (NOW.timestamp() - looks.outlined_at[site.name]) for site in sites]

    for begin in range(0, 3600, 600):
        assert 10 < sum(begin <= seconds < begin + 600 for seconds in due_in) < 60


def test_the_cursor_of_500_sites_is_short_and_is_read_as_it_was_written():
    sites = sites_called(*(f"site{n:04}" for n in range(500)))
    looks = Looks.parse(None, NOW).only(sites, NOW.timestamp())
    for site in sites:
        looks = looks.after(site, unchanged(looks, site), NOW.timestamp())

    assert len(looks.dump()) < 20_000
    assert Looks.parse(looks.dump(), NOW) == looks


def test_a_tick_ends_in_time_although_a_site_is_silent():
    """The others are looked at, the silent one counts as looked at, so that it is not the first."""
    sites = sites_called("silent", "a", "b")
    released = threading.Event()

    def look(site: LoadedSite, seconds: float) -> Seen:
        assert 0 < seconds <= 0.4
        if site.name == "silent":
            released.wait(30)
        return Seen(Looks.parse(None, NOW).only(sites, 0).cursor_of(site))

    began = time.monotonic()
    limits = Limits(seconds=1.0, seconds_of_site=0.4, least_seconds=0.1, at_once=2)
    found = {site.name: result for site, result in looked_at(sites, look, limits)}
    seconds = time.monotonic() - began
    released.set()

    assert seconds < 1.5
    assert found.pop("silent") == NOT_ENDED
    assert all(isinstance(one, Seen) for one in found.values())
    assert found.keys() == {"a", "b"}


def test_sites_for_which_no_time_is_left_keep_their_turn():
    sites = sites_called("a", "b", "c", "d")

    def look(site: LoadedSite, seconds: float) -> Seen:
        time.sleep(0.3)
        return Seen(Looks.parse(None, NOW).only(sites, 0).cursor_of(site))

    limits = Limits(seconds=0.5, seconds_of_site=0.5, least_seconds=0.1, at_once=1)
    looked = [site.name for site, _ in looked_at(sites, look, limits)]

    assert looked == ["a", "b"]
