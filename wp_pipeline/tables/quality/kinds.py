"""Kinds of tables, recognised by their columns, with their keys and their complete columns.

The tables of MySQL are those of WordPress and of the plugin WP Statistics; their endpoints may have
any names. Columns are in lower case, as in all tables.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of table, which has the columns `recognised_by`. No value in `complete` is NULL."""

    name: str
    recognised_by: frozenset[str]
    key: tuple[str, ...]
    complete: tuple[str, ...] = ()


# https://codex.wordpress.org/Database_Description
MYSQL = (
    Kind(
        "posts",
        frozenset(("id", "post_date", "post_status")),
        ("id",),
        ("post_date", "post_title", "post_status", "post_modified", "post_parent", "post_type"),
    ),
    Kind(
        "statistics",
        frozenset(("page_id", "uri", "date", "count", "id")),
        ("page_id",),
        ("uri", "type", "date", "count", "id"),
    ),
    Kind(
        "term_taxonomy",
        frozenset(("term_taxonomy_id", "term_id", "taxonomy")),
        ("term_taxonomy_id",),
        ("term_id", "taxonomy"),
    ),
    Kind(
        "term_relationships",
        frozenset(("object_id", "term_taxonomy_id")),
        ("object_id", "term_taxonomy_id"),
    ),
    Kind("terms", frozenset(("term_id", "name", "slug")), ("term_id",), ("name", "slug")),
    Kind("comments", frozenset(("comment_id", "comment_post_id")), ("comment_id",)),
    Kind("users", frozenset(("id", "user_login")), ("id",), ("user_login",)),
    Kind("postmeta", frozenset(("meta_id", "post_id", "meta_key")), ("meta_id",)),
)
COLLECTION = Kind("collection", frozenset(("id",)), ("id",))


def kind_of(columns: Collection[str], *, is_known_kind: bool) -> Kind | None:
    """Return the kind of a table with these columns; None if it is of no kind in this module.

    `is_known_kind` is true if the endpoint is one of WordPress's own collections.
    """
    for kind in (COLLECTION,) if is_known_kind else MYSQL:
        if kind.recognised_by <= set(columns):
            return kind
    return None
