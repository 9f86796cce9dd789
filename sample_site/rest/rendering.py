"""Items as WordPress writes them: the templates in `data/items.json`, filled with values.

* `"$name"` stands for a number or list of `VALUES`, `${name}` for a text or number in a string.
* A key `name?condition` is written only if that value, or `edit` (the context), is true.
* A string that begins with `/` is a route, and is replaced by its URL.

Some parts differ in each answer although nobody changed the item. In the cached JSON of an item
a marker is in their place, which `VolatileParts` replaces in each answer.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sample_site import content
from sample_site.content import COLLECTIONS
from sample_site.items import Addresses, Item, month
from sample_site.messages import gmt, local, php_json, selected

TEMPLATES: dict[str, Any] = content.read_data("items")
CONDITIONS = {
    name: frozenset(re.findall(r'\?(\w+)":', json.dumps(template))) - {"edit"}
    for name, template in TEMPLATES.items()
}
NEVER = "0000-00-00T00:00:00"
VOLATILE = frozenset({"comments", "media"})
MARKER = re.compile(rb"\{server\}|\{player\}|\{script\}(audio|video)-")
SCRIPT = b"<!--[if lt IE 9]><script>document.createElement('%s');<\\/script><![endif]-->\\n"


class Shape(NamedTuple):
    """How items are to be sent: for which site, in which context, with which fields."""

    addresses: Addresses
    id_style: str = "int"
    context: str = "view"
    fields: str = ""


class Source(NamedTuple):
    """What the values of an item are computed from.

    `target` is the post to which a comment or medium belongs, `total` the number of a term's
    posts or of a comment's replies.
    """

    item: Item
    target: Item | None
    total: int
    addresses: Addresses

    @property
    def entry(self) -> dict[str, str]:
        return content.entry(self.item.collection, self.item.number)

    @property
    def title(self) -> str:
        return content.title(self.item.collection, self.item.number)


def file_size(number: int, width: int = 1600, height: int = 1067) -> int:
    """The bytes of the n-th medium, or of the picture that WordPress scaled down from it."""
    return (180_000 + number * 7919 % 240_000) * width * height // (1600 * 1067)


def entity(text: str) -> str:
    """A text with ampersands as WordPress stores them in the names of terms."""
    return text.replace("&", "&amp;")


def column(date: str) -> str:
    """A date of the REST API as MySQL writes it."""
    return date.replace("T", " ")


VALUES: dict[str, Callable[[Source], Any]] = {
    **{name: attrgetter(f"item.{name}") for name in Item._fields},
    "audio": lambda s: s.entry["mime_type"].startswith("audio/"),
    "avatar": lambda s: s.addresses.avatar(s.item),
    "book_author": lambda s: s.entry["author"],
    "caption": lambda s: s.entry["caption"],
    "categories": lambda s: dict(s.item.terms)["categories"],
    "comment": lambda s: (
        f"<p>{content.texturized(content.comment(s.item.number, s.item.revision))}</p>\n"
    ),
    "comment_author": lambda s: entity(content.comment_author(s.item.number)),
    "comment_raw": lambda s: content.comment(s.item.number, s.item.revision),
    "comment_status": lambda s: "closed" if s.item.collection == "pages" else "open",
    "content": lambda s: content.rendered_body(*s.item.text_key),
    "content_raw": lambda s: "" if s.item.collection == "media" else content.body(*s.item.text_key),
    "count": lambda s: s.total,
    "date": lambda s: local(s.item.date),
    "date_column": lambda s: column(local(s.item.date)),
    "date_gmt": lambda s: gmt(s.item.date),
    "date_gmt_column": lambda s: column(gmt(s.item.date) if s.item.status != "draft" else NEVER),
    "description": lambda s: entity(content.description(*s.item.text_key)),
    "description_raw": lambda s: content.description(*s.item.text_key),
    "document": lambda s: s.entry["mime_type"].startswith("application/"),
    "email": lambda s: content.email(s.item.number),
    "excerpt": lambda s: content.excerpt(*s.item.text_key),
    "extension": lambda s: s.entry["extension"],
    "filesize": lambda s: file_size(s.item.number),
    "filesize_large": lambda s: file_size(s.item.number, 1024, 683),
    "filesize_medium": lambda s: file_size(s.item.number, 300, 200),
    "filesize_thumbnail": lambda s: file_size(s.item.number, 150, 150),
    "genres": lambda s: dict(s.item.terms)["genres"],
    "guid": lambda s: s.addresses.guid(s.item),
    "image": lambda s: s.entry["mime_type"].startswith("image/"),
    "link": lambda s: s.addresses.permalink(s.item, s.target),
    "menu_order_column": lambda s: s.item.number if s.item.collection == "pages" else 0,
    "mime_type": lambda s: s.entry["mime_type"],
    "mime_type_column": lambda s: s.entry.get("mime_type", ""),
    "modified": lambda s: local(s.item.modified),
    "modified_column": lambda s: column(local(s.item.modified)),
    "modified_gmt": lambda s: gmt(s.item.modified),
    "modified_gmt_column": lambda s: column(gmt(s.item.modified)),
    "month": lambda s: month(s.item),
    "name": lambda s: entity(s.title),
    "not_image": lambda s: not s.entry["mime_type"].startswith("image/"),
    "parent_column": lambda s: s.item.target if s.item.collection == "media" else s.item.parent,
    "reading_minutes": lambda s: 2 + s.item.number % 4,
    "slug": lambda s: content.slug(s.item.collection, s.item.number),
    "source_stem": lambda s: s.addresses.upload_stem(s.item),
    "source_url": lambda s: s.addresses.upload(s.item),
    "stars": lambda s: 3 + s.item.number % 3,
    "tags": lambda s: dict(s.item.terms)["tags"],
    "target_collection": lambda s: s.target.collection if s.target else "",
    "target_or_null": lambda s: s.item.target or None,
    "target_type": lambda s: COLLECTIONS[s.target.collection].slug if s.target else "",
    "title": lambda s: content.texturized(s.title),
    "title_raw": lambda s: s.title,
    "type": lambda s: COLLECTIONS[s.item.collection].slug,
    "video": lambda s: s.entry["mime_type"].startswith("video/"),
}


class Encoded(dict[str, str]):
    """The values of an item as JSON, texts without quotes; computed when first asked for."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source

    def __missing__(self, name: str) -> str:
        value = VALUES[name](self._source)
        text = php_json(value)
        self[name] = text = text[1:-1] if isinstance(value, str) else text
        return text


@lru_cache(maxsize=8192)
def encoded(item: Item, target: Item | None, total: int, shape: Shape) -> bytes:
    """The JSON of an item, with markers in the place of volatile parts; see `Source`."""
    source = Source(item, target, total, shape.addresses)
    true = frozenset(name for name in CONDITIONS[item.collection] if VALUES[name](source))
    return (compiled(item.collection, shape, true) % Encoded(source)).encode("ascii")


@lru_cache(maxsize=1024)
def compiled(collection: str, shape: Shape, true: frozenset[str]) -> str:
    """The template of a collection's items, as a format string for `Encoded`."""
    if shape.context == "edit":
        true |= {"edit"}
    tree = resolved(TEMPLATES[collection], shape.addresses, true)
    if shape.context == "embed":
        fields = COLLECTIONS[collection].embedded_fields
        tree = {name: tree[name] for name in fields if name in tree}
    if shape.id_style != "int":
        tree["id"] = "${id}"
    if shape.id_style == "absent":
        del tree["id"]
    text = php_json(selected(tree, shape.fields)).replace("%", "%%")
    return re.sub(r'"\$(\w+)"|\$\{(\w+)\}', r"%(\1\2)s", text)


def resolved(template: Any, addresses: Addresses, true: frozenset[str] = frozenset()) -> Any:
    """A template without the parts whose condition is false, and with URLs instead of routes."""
    if isinstance(template, dict):
        keys = {key: key.partition("?") for key in template}
        return {
            name: resolved(template[key], addresses, true)
            for key, (name, _, condition) in keys.items()
            if not condition or condition in true
        }
    if isinstance(template, list):
        return [resolved(part, addresses, true) for part in template]
    if isinstance(template, str):
        text = addresses.rest(template) if template.startswith("/") else template
        return text.replace("${url}", addresses.url).replace("${suffix}", addresses.suffix)
    return template


class VolatileParts:
    """Replaces the markers in the items of one answer.

    * The Gravatar server of a comment without an e-mail address is random.
    * A player in a media description has its place in the answer as its number: 1, 3, 5 (each is
      rendered twice, once for an excerpt that nobody sees). Only the first one is preceded by a
      script for old browsers.

    If they do not vary, the server is 0 and each player the first one.
    """

    def __init__(self, *, vary: bool) -> None:
        self._vary = vary
        self._players: Counter[bytes] = Counter()
        self._number = 1

    def filled(self, item: bytes) -> bytes:
        return MARKER.sub(self._replacement, item)

    def _replacement(self, marker: re.Match[bytes]) -> bytes:
        kind = marker[1]
        if kind:
            self._number = 2 * self._players[kind] + 1
            self._players[kind] += self._vary
            return SCRIPT % kind if self._number == 1 else b""
        if marker[0] == b"{player}":
            return b"%d" % self._number
        return b"%d" % (random.randrange(3) if self._vary else 0)
