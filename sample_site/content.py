"""The collections of the sample site and their texts, read from `data/`.

The n-th item of a collection always has the same texts. They are stored as an editor typed them;
`texturized` turns them into what WordPress shows. After the last text, the first one is used again,
with a number added to its title.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


def read_data(name: str) -> Any:
    """The content of `data/<name>.json`."""
    return json.loads((Path(__file__).parent / "data" / f"{name}.json").read_text("utf-8"))


@dataclass(frozen=True, eq=False)
class Collection:
    """A collection: `name` is the last part of its route, `slug` its post type or taxonomy.

    Collections with the same `table` number their items together, as MySQL's AUTO_INCREMENT does.
    """

    name: str
    kind: str  # "post", "comment", "term" or "user".
    slug: str
    table: str
    taxonomies: list[str]
    not_found: str
    not_readable: str
    edit_list_message: str
    edit_item_message: str
    permalink: str
    plain_permalink: str
    embedded_fields: list[str]

    @property
    def route(self) -> str:
        return f"/wp/v2/{self.name}"


COLLECTIONS = {
    name: Collection(name=name, **properties)
    for name, properties in read_data("collections").items()
}

DEFAULT_COUNTS: dict[str, int] = read_data("default_counts")
ENTRIES: dict[str, list[dict[str, str]]] = {"posts": read_data("posts"), **read_data("titles")}
TEXTS: dict[str, list[str]] = read_data("texts")
COMMENTS: dict[str, list[str]] = read_data("comments")
CATEGORIES = [entry["title"] for entry in ENTRIES["categories"]]

# The replacements of `wptexturize` that these texts need.
TYPOGRAPHY = (
    (re.compile(r"&(?![#\w]+;)"), "&#038;"),
    (re.compile(r"\.\.\."), "&#8230;"),
    (re.compile(r" - "), " &#8211; "),
    (re.compile(r'(^|(?<=[\s(]))"'), "&#8220;"),
    (re.compile(r'"'), "&#8221;"),
    (re.compile(r"(^|(?<=[\s(]))'"), "&#8216;"),
    (re.compile(r"'"), "&#8217;"),
)
TAG = re.compile(r"(<[^>]*>)")
BLOCK_COMMENT = re.compile(r"<!-- /?wp:.*? -->")


@lru_cache(maxsize=4096)
def texturized(html: str) -> str:
    """Straight quotes and ampersands as `wptexturize` shows them; tags are left alone."""
    pieces = TAG.split(html)
    for index in range(0, len(pieces), 2):
        for pattern, replacement in TYPOGRAPHY:
            pieces[index] = pattern.sub(replacement, pieces[index])
    return "".join(pieces)


def cycled(texts: list[Any], number: int) -> Any:
    """The n-th text; the first one follows after the last."""
    return texts[number % len(texts)]


def entry(collection: str, number: int) -> dict[str, str]:
    """What the data file says about the n-th item of a collection."""
    return cycled(ENTRIES[collection], number)


@lru_cache(maxsize=4096)
def title(collection: str, number: int) -> str:
    """Title or name of the n-th item of a collection, as typed."""
    repetition = number // len(ENTRIES[collection])
    text = entry(collection, number)["title"]
    return f"{text} ({repetition + 1})" if repetition else text


def slugified(text: str) -> str:
    """A title as a permalink spells it."""
    return "-".join(re.findall(r"\w+", TAG.sub("", text).replace("'", "").lower()))


@lru_cache(maxsize=4096)
def slug(collection: str, number: int) -> str:
    return slugified(title(collection, number))


def block(kind: str, html: str) -> str:
    """A Gutenberg block, as it is stored in the database."""
    return f"<!-- wp:{kind} -->\n{html}\n<!-- /wp:{kind} -->\n\n"


def first_sentence(collection: str, number: int) -> str:
    if collection == "posts":
        return entry(collection, number)["opening"]
    if collection == "books":
        return f"By {entry(collection, number)['author']}. {cycled(TEXTS['reviews'], number)}"
    return f"{title(collection, number)}: what you need to know, and whom to ask."


@lru_cache(maxsize=4096)
def body(collection: str, number: int, revision: int) -> str:
    """The blocks of the n-th post, page or book; each revision adds a line at the end."""
    texts = [first_sentence(collection, number)]
    texts += [cycled(TEXTS["paragraphs"], number * 7 + i * 3) for i in range(2 + number % 3)]
    blocks = [block("paragraph", f"<p>{text}</p>") for text in texts]
    if number % 2:
        blocks.insert(2, block("heading", f"<h2>{cycled(TEXTS['headings'], number)}</h2>"))
    if number % 5 == 2:
        quote = f"<p>{cycled(TEXTS['quotes'], number)}</p>"
        blocks.append(block("quote", f'<blockquote class="wp-block-quote">{quote}</blockquote>'))
    for edit in range(1, revision + 1):
        update = f"<p><em>Updated, no. {edit}: a detail corrected.</em></p>"
        blocks.append(block("paragraph", update))
    return "".join(blocks)


@lru_cache(maxsize=4096)
def rendered_body(collection: str, number: int, revision: int) -> str:
    """`body` as a visitor sees it: without block comments, with typographic quotes."""
    return texturized(BLOCK_COMMENT.sub("", body(collection, number, revision)))


@lru_cache(maxsize=4096)
def excerpt(collection: str, number: int, revision: int) -> str:
    """The first 55 words, as `wp_trim_excerpt` leaves them."""
    words = TAG.sub("", rendered_body(collection, number, revision)).split()
    ending = " [&hellip;]" if len(words) > 55 else ""
    return f"<p>{' '.join(words[:55])}{ending}</p>\n"


def comment_author(number: int) -> str:
    return cycled(COMMENTS["authors"], number * 11 + number // 30)


@lru_cache(maxsize=4096)
def email(number: int) -> str:
    """The e-mail address of the n-th comment's author; every fourth author gave none."""
    return "" if number % 4 == 1 else f"{slugified(comment_author(number)) or 'reader'}@example.com"


def comment(number: int, revision: int) -> str:
    """The text of the n-th comment; every seventh is in another language than English."""
    if number % 7 == 3:
        parts = [cycled(COMMENTS["other_languages"], number // 7)]
    else:
        parts = [
            cycled(COMMENTS["openings"], number),
            cycled(COMMENTS["remarks"], number * 5 + number // 13),
            cycled(COMMENTS["closings"], number * 3 + number // 10),
        ]
    return " ".join(filter(None, parts)) + " (edited)" * revision


def description(collection: str, number: int, revision: int) -> str:
    """The description of the n-th term or user."""
    if collection == "users":
        text = entry(collection, number)["description"]
    elif collection == "tags" or number % 3 == 2:
        text = ""
    else:
        text = f"Everything that the Lantern has filed under {title(collection, number)}."
    return text + " Revised." * revision
