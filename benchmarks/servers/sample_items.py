"""The items of the fake site: as large, as nested and as escaped as WordPress makes them."""

import json
import random
import time
from collections.abc import Callable

SITE = "https://example.org"
FIRST_DATE = 1_500_000_000
SECONDS_BETWEEN_ITEMS = 1237
VOCABULARY = """
the of and to in is that for it as was with be by on not he his but at are this have from or had an
they which one you were all her she there would their we him been has when who will no more if out
so up said what its about than into them can only other time new some could these two may first
then do any like my now over such our man me even most made after also did many municipality council
news article neighbourhood weekend market festival harbour railway station reader photographer
volunteer d\u2019Artagnan na\u00efve caf\u00e9 fa\u00e7ade \u2014 \u201cquote\u201d &
<em>emphasis</em> <a href="https://example.org/x/">link</a>
"""
WORDS = VOCABULARY.split()

_random = random.Random(7)  # The same site every time.


def words(count: int) -> str:
    return " ".join(_random.choices(WORDS, k=count))


_PARAGRAPHS = [f"<p>{words(_random.randint(40, 90))}</p>\n" for _ in range(600)]


def paragraphs(at_least: int) -> str:
    """Return whole paragraphs, of so many characters or a little more."""
    chosen, size = [], 0
    while size < at_least:
        chosen.append(_random.choice(_PARAGRAPHS))
        size += len(chosen[-1])
    return "".join(chosen)


def date_of(item_id: int) -> str:
    at = time.gmtime(FIRST_DATE + item_id * SECONDS_BETWEEN_ITEMS)
    return time.strftime("%Y-%m-%dT%H:%M:%S", at)


def links(route: str, item_id: int) -> dict:
    return {
        "self": [
            {"href": f"{SITE}/wp-json/wp/v2/{route}/{item_id}", "targetHints": {"allow": ["GET"]}}
        ],
        "collection": [{"href": f"{SITE}/wp-json/wp/v2/{route}"}],
        "about": [{"href": f"{SITE}/wp-json/wp/v2/types/{route}"}],
        "curies": [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}],
    }


def post(item_id: int, route: str = "posts", characters: int = 4300) -> dict:
    date = date_of(item_id)
    return {
        "id": item_id,
        "date": date,
        "date_gmt": date,
        "guid": {"rendered": f"{SITE}/?p={item_id}"},
        "modified": date,
        "modified_gmt": date,
        "slug": f"item-{item_id}",
        "status": "publish",
        "type": route.rstrip("s"),
        "link": f"{SITE}/2024/01/item-{item_id}/",
        "title": {"rendered": words(8)},
        "content": {"rendered": paragraphs(characters), "protected": False},
        "excerpt": {"rendered": f"<p>{words(40)} [&hellip;]</p>\n", "protected": False},
        "author": item_id % 12 + 1,
        "featured_media": item_id % 97,
        "comment_status": "open",
        "ping_status": "closed",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": {"footnotes": "", "_views": item_id * 3},
        "categories": [item_id % 30 + 1, item_id % 7 + 1],
        "tags": [item_id % 120 + 1, item_id % 11 + 1, item_id % 5 + 1],
        "class_list": [f"post-{item_id}", "post", "type-post", "status-publish", "hentry"],
        "acf": [],
        "_links": links(route, item_id),
    }


def page(item_id: int) -> dict:
    return post(item_id, "pages", 3000)


def media(item_id: int) -> dict:
    return post(item_id, "media", 400)


def comment(item_id: int) -> dict:
    date = date_of(item_id)
    avatar = f"https://secure.gravatar.com/avatar/{item_id * 7919:032x}"
    return {
        "id": item_id,
        "post": item_id % 500 + 1,
        "parent": 0 if item_id % 3 else item_id // 2,
        "author": 0,
        "author_name": f"Reader {item_id % 999}",
        "author_url": "",
        "date": date,
        "date_gmt": date,
        "content": {"rendered": f"<p>{words(45)}</p>\n"},
        "link": f"{SITE}/2024/01/item/#comment-{item_id}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {size: f"{avatar}?s={size}&d=mm&r=g" for size in ("24", "48", "96")},
        "meta": [],
        "_links": links("comments", item_id),
    }


def term(item_id: int, taxonomy: str) -> dict:
    return {
        "id": item_id,
        "count": item_id * 3,
        "description": "",
        "link": f"{SITE}/{taxonomy}/t-{item_id}/",
        "name": f"Term {item_id:04}",
        "slug": f"t-{item_id}",
        "taxonomy": taxonomy,
        "parent": 0,
        "meta": [],
        "_links": links(taxonomy, item_id),
    }


def category(item_id: int) -> dict:
    return term(item_id, "category")


def tag(item_id: int) -> dict:
    return term(item_id, "post_tag")


def user(item_id: int) -> dict:
    return {
        "id": item_id,
        "name": f"Author {item_id:04}",
        "url": "",
        "description": paragraphs(200),
        "link": f"{SITE}/author/a{item_id}/",
        "slug": f"a{item_id}",
        "avatar_urls": {"24": "https://secure.gravatar.com/avatar/x?s=24"},
        "meta": [],
        "_links": links("users", item_id),
    }


ITEM_OF: dict[str, Callable[[int], dict]] = {
    "posts": post,
    "pages": page,
    "comments": comment,
    "categories": category,
    "tags": tag,
    "users": user,
    "media": media,
}


def encoded(item: dict) -> bytes:
    """Return the item as PHP's json_encode does: no spaces, ASCII only, slashes escaped."""
    return json.dumps(item, separators=(",", ":")).replace("/", "\\/").encode()
