"""What an item refers to is stored too: the post of a comment, the author of a post, and so on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from wp_pipeline.extraction.rules.json_stream import NotJson, Readable
from wp_pipeline.extraction.rules.rule import MOST_OFFENDERS_SHOWN, Found, Place, Rule, Subject
from wp_pipeline.extraction.rules.stored_items import StoredJson, stored_items

ID_MEMBERS = ("id", "ID")  # ID is the one of the table wp_posts.
TYPE = "type"
LONGEST_ID = 19  # digits


@dataclass(frozen=True)
class Reference:
    """A member of the items of an endpoint that holds ids, one or a list, of another one's items.

    `to` are the endpoints that have such items: the first must be one of the site, the others count
    where they are. So do items with the member `also_with`, of any collection. `only_types` are the
    values of the item's `type` with which the member is such an id; none: all. A share of at most
    `may_be_missing` is as it should be.
    """

    endpoint: str
    member: str
    to: tuple[str, ...]
    also_with: str = ""
    only_types: frozenset[str] = frozenset()
    may_be_missing: float = 0.0

    def is_in(self, place: Place) -> bool:
        return place.name == self.endpoint and self.to[0] in place.site

    def is_made_by(self, item: Any) -> bool:
        """Whether an item's member is such an id; in an item without a type it is."""
        return not self.only_types or not isinstance(item.type, str) or item.type in self.only_types


POSTS = ("posts", "pages", "media")  # All three are in the table wp_posts, and can be commented on.
REFERENCES = (
    # Whatever can be commented on says so, also the post types of plugins.
    Reference("comments", "post", POSTS, also_with="comment_status"),
    Reference("posts", "author", ("users",)),
    Reference("posts", "categories", ("categories",)),
    Reference("posts", "tags", ("tags",)),
    # Nobody sees a medium that was uploaded to a draft, or that is no longer there.
    Reference("posts", "featured_media", ("media",), may_be_missing=0.1),
    # WP Statistics also counts the views of terms, archives and the front page.
    # Those of what was deleted since stay.
    Reference(
        "statistics_pages",
        "id",
        POSTS,
        only_types=frozenset(("post", "page", "attachment")),
        may_be_missing=0.1,
    ),
)


# Collections whose items nobody can comment on.
NEVER_COMMENTED = frozenset(("users", "categories", "tags", "comments"))


def references_of(place: Place) -> list[Reference]:
    return [reference for reference in REFERENCES if reference.is_in(place)]


def referred_to(place: Place) -> frozenset[str]:
    """Return the endpoints whose items those of this one may refer to."""
    found: set[str] = set()
    for reference in references_of(place):
        found.update(place.site.intersection(reference.to))
        if reference.also_with:
            found |= place.collections - NEVER_COMMENTED
    return frozenset(found - {place.name})


def unresolved(subject: Subject) -> Found:
    """Return references to items that are not stored. 0 and an empty value refer to nothing.

    An endpoint of which nothing can be read is not compared: checks of its own tell that.
    """
    known = {
        reference: ids
        for reference in references_of(subject.place)
        if (ids := stored_ids(reference, subject)) is not None
    }
    counts = {reference: Count() for reference in known}
    for reference, referred in references_in(subject.json, list(known)):
        counts[reference].add(reference.member, referred, referred in known[reference])
    checked = sum(count.checked for count in counts.values())
    missing = sum(count.missing for count in counts.values())
    wrong = [one for reference, one in counts.items() if one.share > reference.may_be_missing]
    examples = [example for count in wrong for example in count.examples]
    share = round(missing / checked, 4) if checked else 0.0
    figures = {"references": checked, "share": share}
    return Found(examples, sum(count.missing for count in wrong), figures)


@dataclass
class Count:
    """How many references there are, how many of them resolve to nothing, and a few of those."""

    checked: int = 0
    missing: int = 0
    examples: dict[str, None] = field(default_factory=dict)

    def add(self, member: str, referred: int, is_known: bool) -> None:
        self.checked += 1
        if not is_known:
            self.missing += 1
            if len(self.examples) < MOST_OFFENDERS_SHOWN:
                self.examples[f"{member} {referred}"] = None

    @property
    def share(self) -> float:
        return self.missing / self.checked if self.checked else 0.0


def stored_ids(reference: Reference, subject: Subject) -> set[int] | None:
    """Return the ids of the items that can be referred to; None if they are not all known."""
    ids: set[int] = set()
    for name in reference.to:
        if name not in subject.place.site:
            continue
        opened = subject.open(name)
        if opened is None:
            return None
        try:
            with opened as stream:
                ids.update(ids_in(stream))
        except NotJson:
            return None
    if reference.also_with:
        for name in subject.place.collections - {reference.endpoint, *reference.to}:
            ids.update(ids_of_others(name, reference.also_with, subject))
    return ids


def ids_in(stream: Readable, having: str = "") -> Iterator[int]:
    """Yield the ids of the items of an array; with `having`, only of those with this member.

    Raises NotJson.
    """
    members = [*ID_MEMBERS, having] if having else ID_MEMBERS
    for item in stored_items(stream, members):
        number = id_of(item.id) or id_of(item.ID)
        if number and (not having or getattr(item, having) is not UNSET):
            yield number


def ids_of_others(name: str, having: str, subject: Subject) -> set[int]:
    """Return the ids of another endpoint's items with this member; none if it can't be read."""
    opened = subject.open(name)
    if opened is None:
        return set()
    try:
        with opened as stream:
            return set(ids_in(stream, having))
    except NotJson:
        return set()


def references_in(
    json: StoredJson, references: Sequence[Reference]
) -> Iterator[tuple[Reference, int]]:
    """Yield each reference of each item, and the id that it holds. Raises NotJson."""
    for item in json.items({TYPE, *(one.member for one in references)}):
        for reference in references:
            if reference.is_made_by(item):
                value = getattr(item, reference.member)
                for one in value if isinstance(value, list) else [value]:
                    if number := id_of(one):
                        yield reference, number


def id_of(value: object) -> int:
    """Read an id, which may be a string of digits; 0 if it is none."""
    text = str(value) if isinstance(value, (int, str)) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0


RULE = Rule(
    "references_resolve",
    "The posts, users, terms and media that the items refer to are stored too.",
    unresolved,
    "These are not stored: {}.",
    is_warning=True,
    applies=lambda place: bool(references_of(place)),
    reads=referred_to,
)
