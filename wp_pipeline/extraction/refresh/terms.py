"""Detects that posts have other terms than before, and which collections have terms."""

from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.refresh.base import BaseObject, RefreshNotPossible
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.publish import is_equal
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE


class Term(msgspec.Struct):
    """The parts of a term that posts show, its id and its slug (`class_list`), and its count."""

    id: int | None = None
    slug: str | None = None
    count: int | None = None


term_of = msgspec.json.Decoder(Term).decode
terms_of = msgspec.json.Decoder(list[Term]).decode


def is_moved(name: str, stored: StoredObject, payload: Payload, lake: Lake) -> bool:
    """Whether posts have other terms than before, by the terms of a payload and the stored ones.

    A changed name or description does not count. Of more than a page of terms, any difference
    does. Raises an AwsError.
    """
    if is_equal(stored, payload):
        return False
    if (stored.rows or 0) > MAX_PER_PAGE or payload.rows > MAX_PER_PAGE:
        return True
    payload.file.seek(0)
    try:
        base = BaseObject.download(name, stored, lake)
        before = [mark(term_of(raw)) for _, raw in base.items()]
        return before != [mark(term) for term in terms_of(payload.file.read())]
    except (RefreshNotPossible, msgspec.DecodeError):
        return True


def mark(term: Term) -> tuple[Any, ...]:
    return term.id, term.slug, term.count


def carries(base: BaseObject, taxonomies: AbstractSet[str]) -> bool:
    """Whether the items name terms of one of these taxonomies.

    Raises RefreshNotPossible if there are no items.
    """
    return not taxonomies.isdisjoint(members_of(memoryview(base.first)))
