"""Which items a collection request gets, and what its headers say about the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sample_site import clock
from sample_site.catalogue import Catalogue
from sample_site.items import Item
from sample_site.kinds import COMMENT, POST, Collection


@dataclass(frozen=True)
class Slice:
    """One page of a collection: its places (hidden items included) and what the headers say."""

    rows: list[Item]
    total: int
    pages: int
    number: int

    def neighbours(self) -> Iterator[tuple[str, int]]:
        """The pages that the Link header names; past the end, `prev` is the last page."""
        if self.number > 1:
            yield "prev", min(self.number - 1, self.pages)
        if self.number < self.pages:
            yield "next", self.number + 1


def listing(catalogue: Catalogue, collection: Collection, values: dict[str, Any]) -> Slice:
    """The page that the parameters ask for."""
    per_page, page, offset = values["per_page"], values["page"], values.get("offset")
    # WP_Query and its sisters take the absolute value of a negative offset.
    start = (page - 1) * per_page if offset is None else abs(offset)
    matching = matches(catalogue, collection, values, start + per_page)
    rows, total = matching[start : start + per_page], len(matching)
    if collection.kind is POST and not rows and offset is not None:
        total = 0  # SQL_CALC_FOUND_ROWS is not read when no row came.
    number = page
    if collection.kind not in (POST, COMMENT) and offset is not None:
        number = max(1, -(-offset // per_page) + 1)
    return Slice(rows, total, -(-total // per_page), number)


def matches(
    catalogue: Catalogue, collection: Collection, values: dict[str, Any], limit: int
) -> list[Item]:
    """All items that the filters leave, in order."""
    descending, orderby = values["order"] == "desc", values["orderby"]
    include, exclude = values["include"], values["exclude"]
    if orderby == "include":
        if include:
            return included(catalogue, collection, values)
        if collection.kind is COMMENT:
            return []  # An SQL error in WordPress: ORDER BY FIELD() of nothing.
        orderby = collection.kind.orderby
    items = catalogue.listed(collection.name, orderby, descending=descending, limit=limit)
    if include:
        wanted = set(include)
        items = [item for item in items if item.id in wanted]
    # Except for comments, WordPress reads `exclude` only where there is no `include`.
    if exclude and (not include or collection.kind is COMMENT):
        unwanted = set(exclude)
        items = [item for item in items if item.id not in unwanted]
    if values.get("post"):
        items = [item for item in items if item.target in values["post"]]
    return within(items, collection, values)


def included(catalogue: Catalogue, collection: Collection, values: dict[str, Any]) -> list[Item]:
    """The included items in the order in which they were asked for; `order` turns terms only."""
    ids = list(dict.fromkeys(values["include"]))
    items = {
        item.id: item for item in catalogue.listed(collection.name, "id", descending=False, limit=0)
    }
    found = [items[item_id] for item_id in ids if item_id in items]
    turned = values["order"] == "desc" and collection.kind not in (POST, COMMENT)
    return found[::-1] if turned else found


def within(items: list[Item], collection: Collection, values: dict[str, Any]) -> list[Item]:
    """The items inside the given times: strictly, and in the site's time zone."""
    for name in collection.kind.date_parameters:
        bound = values.get(name)
        if bound:
            field = "modified" if name.startswith("modified") else "date"
            after = name.endswith("after")
            items = [
                item
                for item in items
                if (clock.local(getattr(item, field)) > bound) == after
                and clock.local(getattr(item, field)) != bound
            ]
    return items
