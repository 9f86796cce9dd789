"""Finds comments that change because their post or other comments changed."""

from collections.abc import Collection as Ids

import msgspec

from wp_pipeline.extraction.refresh.base import BaseObject
from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.values import decoded


class Comment(msgspec.Struct):
    """Where a comment belongs; a parent of 0 is none."""

    post: int | None = None
    parent: int | None = None


comment_of = msgspec.json.Decoder(Comment).decode


def parents_of(items: Items) -> dict[int, int]:
    """Return the parent of each comment by the comment's id."""
    return {
        item_id: decoded(comment_of, raw).parent or 0
        for item_id, raw in items
        if item_id is not None
    }


def of_posts(posts: Ids[int], base: BaseObject) -> set[int]:
    """Return the ids of the stored comments of these posts."""
    if not posts:
        return set()
    return {item_id for item_id, raw in base.items() if decoded(comment_of, raw).post in posts}


def relatives(parents: Ids[int], removed: Ids[int], base: BaseObject) -> set[int]:
    """Return the ids of comments that show others which were added or removed.

    A comment links to its replies (`_links.children`), and WordPress gives the replies to a deleted
    comment another parent. `parents` are those of the added comments.
    """
    found = set(parents)
    if not removed:
        return found
    for item_id, raw in base.items():
        comment = decoded(comment_of, raw)
        if item_id in removed:
            found.add(comment.parent or 0)
        elif comment.parent in removed:
            found.add(item_id)
    return found
