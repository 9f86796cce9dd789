"""The words of the sample site: the n-th post, comment or term always says the same.

Texts are given as an editor typed them; `texturized` turns them into what WordPress shows.
"""

import re
from functools import lru_cache

from sample_site.stories import (
    HEADINGS,
    PARAGRAPHS,
    QUOTES,
    SERIES,
    STORIES,
)
from sample_site.town import (
    AUTHORS,
    BLURBS,
    BOOKS,
    COLUMNS,
    GENRES,
    PAGES,
    TAGS,
)
from sample_site.voices import (
    CLOSINGS,
    FROM_AFAR,
    MEDIA,
    OPENINGS,
    READERS,
    REMARKS,
)

DEFAULT_COUNTS = {
    "posts": 120,
    "pages": len(PAGES),
    "media": 41,
    "comments": 483,
    "categories": len(COLUMNS),
    "tags": len(TAGS),
    "users": len(AUTHORS),
    "books": len(BOOKS),
    "genres": len(GENRES),
}

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


def slugified(title: str) -> str:
    """A title as a permalink spells it."""
    plain = TAG.sub("", title).replace("'", "").lower()
    return "-".join(re.findall(r"\w+", plain))


def named(names: tuple[str, ...], number: int) -> str:
    """The n-th name; a second round through the names says so."""
    turn, place = divmod(number, len(names))
    return names[place] if turn == 0 else f"{names[place]} ({turn + 1})"


def story(number: int) -> tuple[str, str, str]:
    """Column, title and first sentence of the n-th post: of ten, three are one-off stories."""
    turn, number = divmod(number, len(STORIES) + sum(len(parts) for *_, parts in SERIES))
    again = f" ({turn + 1})" if turn else ""
    issue, place = divmod(number, 10)
    if place in (0, 3, 6):
        column, title, opening = STORIES[issue * 3 + place // 3]
        return column, title + again, opening
    column, pattern, opening, parts = SERIES[place - 1 - place // 3 if place < 9 else 6]
    subject = parts[issue]
    return column, pattern.format(subject) + again, opening.format(subject)


@lru_cache(maxsize=4096)
def title(collection: str, number: int) -> str:
    """Title or name of the n-th item of a collection, as typed."""
    if collection == "posts":
        return story(number)[1]
    return named(TITLES[collection], number)


TITLES = {
    "pages": PAGES,
    "media": tuple(name for name, _, _ in MEDIA),
    "books": tuple(name for name, _ in BOOKS),
    "categories": COLUMNS,
    "tags": TAGS,
    "genres": GENRES,
    "users": tuple(name for name, _ in AUTHORS),
}


@lru_cache(maxsize=4096)
def slug(collection: str, number: int) -> str:
    return slugified(title(collection, number))


def block(kind: str, html: str) -> str:
    """A Gutenberg block, as it stands in the database."""
    return f"<!-- wp:{kind} -->\n{html}\n<!-- /wp:{kind} -->\n\n"


def opening_of(collection: str, number: int) -> str:
    if collection == "posts":
        return story(number)[2]
    if collection == "books":
        return f"By {BOOKS[number % len(BOOKS)][1]}. {BLURBS[number % len(BLURBS)]}"
    return f"{title(collection, number)}: what you need to know, and whom to ask."


@lru_cache(maxsize=4096)
def body(collection: str, number: int, revision: int) -> str:
    """The blocks of the n-th post, page or book; each revision adds a line at the end."""
    paragraphs = [PARAGRAPHS[(number * 7 + step * 3) % len(PARAGRAPHS)] for step in range(4)]
    parts = [block("paragraph", f"<p>{opening_of(collection, number)}</p>")]
    parts += [block("paragraph", f"<p>{text}</p>") for text in paragraphs[: 2 + number % 3]]
    if number % 2:
        heading = HEADINGS[number % len(HEADINGS)]
        parts.insert(2, block("heading", f"<h2>{heading}</h2>"))
    if number % 5 == 2:
        quote = QUOTES[number % len(QUOTES)]
        parts.append(
            block("quote", f'<blockquote class="wp-block-quote"><p>{quote}</p></blockquote>')
        )
    for edit in range(1, revision + 1):
        parts.append(
            block("paragraph", f"<p><em>Updated, no. {edit}: a detail corrected.</em></p>")
        )
    return "".join(parts)


@lru_cache(maxsize=4096)
def rendered_body(collection: str, number: int, revision: int) -> str:
    """What a visitor sees of `body`: the block comments are gone, the quotes are curly."""
    return texturized(BLOCK_COMMENT.sub("", body(collection, number, revision)))


@lru_cache(maxsize=4096)
def excerpt(collection: str, number: int, revision: int) -> str:
    """The first 55 words, as `wp_trim_excerpt` leaves them."""
    words = TAG.sub("", rendered_body(collection, number, revision)).split()
    ending = " [&hellip;]" if len(words) > 55 else ""
    return f"<p>{' '.join(words[:55])}{ending}</p>\n"


def reader(number: int) -> str:
    """Who wrote the n-th comment."""
    return READERS[(number * 11 + number // 30) % len(READERS)]


def email(number: int) -> str:
    """The address behind the n-th comment; every fourth reader left none."""
    return "" if number % 4 == 1 else f"{slugified(reader(number)) or 'reader'}@example.com"


def remark(number: int, revision: int) -> str:
    """The n-th comment; every seventh comes from afar."""
    if number % 7 == 3:
        text = FROM_AFAR[number // 7 % len(FROM_AFAR)]
    else:
        parts = (
            OPENINGS[number % len(OPENINGS)],
            REMARKS[(number * 5 + number // 13) % len(REMARKS)],
            CLOSINGS[(number * 3 + number // 10) % len(CLOSINGS)],
        )
        text = " ".join(part for part in parts if part)
    return text + " (edited)" * revision


def description(collection: str, number: int, revision: int) -> str:
    """What is said about the n-th term or user."""
    if collection == "users":
        text = AUTHORS[number % len(AUTHORS)][1]
    elif collection == "tags" or number % 3 == 2:
        text = ""
    else:
        text = f"Everything that the Lantern has filed under {title(collection, number)}."
    return text + " Revised." * revision


def column(number: int) -> int:
    """In which column the n-th post stands."""
    return COLUMNS.index(story(number)[0])
