"""Volatile parts of an item are removed for a comparison, everything else is compared."""

import json

import pytest

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.answers.items import items_of
from wp_pipeline.wordpress.answers.volatile import strip_volatile

VOLATILE = ["comments", "media"]


@pytest.fixture
def site():
    return SampleSite({"posts": 20, "comments": 60, "media": 60})


def raw_items(site: SampleSite, route: str) -> dict[int | None, bytes]:
    answer = site.answer(Request.parse("GET", f"/wp-json/wp/v2/{route}"))
    return {item.id: bytes(item.raw) for item in items_of(answer.body)}


@pytest.mark.parametrize("collection", VOLATILE)
def test_an_unchanged_item_is_equal_in_every_answer(site, collection):
    together = raw_items(site, f"{collection}?per_page=100")
    alone = {i: raw_items(site, f"{collection}?include={i}")[i] for i in together}

    assert together != alone
    assert [i for i in alone if strip_volatile(together[i]) != strip_volatile(alone[i])] == []


@pytest.mark.parametrize("collection", [*VOLATILE, "posts"])
def test_an_edit_is_detected(site, collection):
    asked = f"{collection}?orderby=id&order=asc&per_page=100"
    before = raw_items(site, asked)
    for item_id in before:
        site.edit(collection, item_id)
    after = raw_items(site, asked)

    assert [i for i in before if strip_volatile(before[i]) == strip_volatile(after[i])] == []


AVATAR = '"https://{}.gravatar.com/avatar/{}?s=24&d=mm&r=g"'
PLAYER = (
    "<!--[if lt IE 9]><script>document.createElement('video');</script><![endif]-->\n"
    '<video class="wp-video-shortcode" id="video-{}-{}"><source src="/film{}.mp4?_={}" /></video>'
)
PLAYER_WITHOUT_SCRIPT = PLAYER.partition("\n")[2]


def as_php(text: str) -> bytes:
    return json.dumps(text).replace("/", "\\/").encode()


def as_js(text: str) -> bytes:
    return json.dumps(text).encode()


@pytest.mark.parametrize("spelt", [as_php, as_js])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (AVATAR.format("0", "abc"), AVATAR.format("2", "abc")),
        (AVATAR.format("secure", "abc"), AVATAR.format("1", "abc")),
        (PLAYER.format(12, 1, "", 1), PLAYER.format(12, 3, "", 3)),
        (PLAYER.format(12, 1, "", 1), PLAYER_WITHOUT_SCRIPT.format(12, 5, "", 5)),
        (
            PLAYER.format(12, 1, "", 1).replace("video", "audio"),
            PLAYER.format(12, 9, "", 10).replace("video", "audio"),
        ),
    ],
)
def test_avatar_hosts_and_media_player_numbers_are_not_compared(one, other, spelt):
    assert spelt(one) != spelt(other)
    assert strip_volatile(spelt(one)) == strip_volatile(spelt(other))


@pytest.mark.parametrize("spelt", [as_php, as_js])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (AVATAR.format("0", "abc"), AVATAR.format("0", "abd")),
        (AVATAR.format("0", "abc"), AVATAR.format("evil", "abc")),
        (AVATAR.format("0", "abc"), AVATAR.format("0", "abc").replace("s=24", "s=48")),
        (AVATAR.format("0", "abc"), AVATAR.format("0", "abc").replace("https", "http")),
        (PLAYER.format(12, 1, "", 1), PLAYER.format(13, 1, "", 1)),
        (PLAYER.format(12, 1, "", 1), PLAYER.format(12, 1, "2", 1)),
        (PLAYER.format(12, 1, "", 1), PLAYER.format(12, 1, "", 1) + "!"),
        ("id=video-1-2", "id=video-1-3"),
        ("/film.mp4?_=1", "/film.mp4?_=2"),
        ("a", "b"),
    ],
)
def test_everything_else_is_compared(one, other, spelt):
    assert strip_volatile(spelt(one)) != strip_volatile(spelt(other))


def test_an_item_without_volatile_parts_is_unchanged():
    raw = as_php("<p>Nothing of the kind.</p>")

    assert strip_volatile(raw) == raw
