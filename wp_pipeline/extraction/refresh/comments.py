"""Finds comments that change because their post or other comments changed."""

from collections.abc import Collection as Ids
from collections.abc import Mapping
from typing import Any

import msgspec

from wp_pipeline.extraction.refresh.base import BaseObject, RefreshNotPossible
from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.values import decoded


class Comment(msgspec.Struct):
    """Where a comment belongs; a parent of 0 is none."""

    post: int | None = None
    parent: int | None = None


decode = msgspec.json.Decoder(Comment, strict=False).decode  # Some sites send numbers as texts.


def comment_of(raw: bytes | memoryview | msgspec.Raw) -> Comment:
    """Raises RefreshNotPossible if a plugin has put something else in the place of the ids."""
    try:
        return decoded(decode, raw)
    except msgspec.ValidationError:
        raise RefreshNotPossible("a comment does not name its post or parent by id") from None


def parents_of(items: Items) -> dict[int, int]:
    """Return the parent of each comment by the comment's id."""
    return {item_id: comment_of(raw).parent or 0 for item_id, raw in items if item_id is not None}


def parent_in(outline: Mapping[str, Any]) -> int:
    """Return the id of an item's parent; 0 if it has none, or a plugin sends something else."""
    parent = str(outline.get("parent"))
    return int(parent) if len(parent) < 19 and parent.isascii() and parent.isdigit() else 0


def of_posts(posts: Ids[int], base: BaseObject) -> set[int]:
    """Return the ids of the stored comments of these posts."""
    if not posts:
        return set()
    return {item_id for item_id, raw in base.items() if comment_of(raw).post in posts}


def relatives(parents: Ids[int], removed: Ids[int], base: BaseObject) -> set[int]:
    """Return the ids of comments that show others which were added or removed.

    A comment links to its replies (`_links.children`), and WordPress gives the replies to a deleted
    comment another parent. `parents` are those of the added comments.
    """
    found = set(parents)
    if not removed:
        return found
    for item_id, raw in base.items():
        comment = comment_of(raw)
        if item_id in removed:
            found.add(comment.parent or 0)
        elif comment.parent in removed:
            found.add(item_id)
    return found
