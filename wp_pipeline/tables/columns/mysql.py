"""Tables of WordPress's database, recognised by their columns, whatever they are called.

https://codex.wordpress.org/Database_Description has the tables of WordPress. `statistics_pages` is
of the plugin WP Statistics.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from wp_pipeline.tables.columns.column import ColumnType
from wp_pipeline.tables.columns.declared import NOTHING, Declaration

BIGINT, VARCHAR, TIMESTAMP = ColumnType.BIGINT, ColumnType.VARCHAR, ColumnType.TIMESTAMP
Types = Mapping[str, ColumnType]


@dataclass(frozen=True)
class KnownTable:
    """A table that is recognised by the columns `marks`. All names are in lower case.

    `types` are those of its known columns; the types of others are inferred. `without` are columns
    that it must not have, `texts` those that hold HTML's entities.
    """

    marks: frozenset[str]
    types: Types
    without: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


def of(kind: ColumnType, *names: str) -> Types:
    return dict.fromkeys(names, kind)


POSTS = KnownTable(
    frozenset({"id", "post_date", "post_status"}),
    {
        **of(BIGINT, "id", "post_author", "post_parent", "menu_order", "comment_count"),
        **of(TIMESTAMP, "post_date", "post_date_gmt", "post_modified", "post_modified_gmt"),
        **of(
            VARCHAR, "post_content", "post_title", "post_excerpt", "post_status", "comment_status",
            "ping_status", "post_password", "post_name", "to_ping", "pinged",
            "post_content_filtered", "guid", "post_type", "post_mime_type",
        ),
    },
)  # fmt: skip
TERMS = KnownTable(
    frozenset({"term_id", "name", "slug"}),
    {**of(BIGINT, "term_id", "term_group"), **of(VARCHAR, "name", "slug")},
    without=frozenset({"taxonomy", "id"}),
    texts=frozenset({"name"}),
)
TERM_TAXONOMY = KnownTable(
    frozenset({"term_taxonomy_id", "term_id", "taxonomy"}),
    {
        **of(BIGINT, "term_taxonomy_id", "term_id", "parent", "count"),
        **of(VARCHAR, "taxonomy", "description"),
    },
)
TERM_RELATIONSHIPS = KnownTable(
    frozenset({"object_id", "term_taxonomy_id"}),
    of(BIGINT, "object_id", "term_taxonomy_id", "term_order"),
)
COMMENTS = KnownTable(
    frozenset({"comment_id", "comment_date", "comment_approved"}),
    {
        **of(BIGINT, "comment_id", "comment_post_id", "comment_karma", "comment_parent", "user_id"),
        **of(TIMESTAMP, "comment_date", "comment_date_gmt"),
        **of(
            VARCHAR, "comment_author", "comment_author_email", "comment_author_url",
            "comment_author_ip", "comment_content", "comment_approved", "comment_agent",
            "comment_type",
        ),
    },
)  # fmt: skip
USERS = KnownTable(
    frozenset({"id", "user_login", "user_registered"}),
    {
        **of(BIGINT, "id", "user_status"),
        **of(TIMESTAMP, "user_registered"),
        **of(
            VARCHAR, "user_login", "user_pass", "user_nicename", "user_email", "user_url",
            "user_activation_key", "display_name",
        ),
    },
)  # fmt: skip
POSTMETA = KnownTable(
    frozenset({"meta_id", "post_id", "meta_key"}),
    {**of(BIGINT, "meta_id", "post_id"), **of(VARCHAR, "meta_key", "meta_value")},
)
STATISTICS_PAGES = KnownTable(
    frozenset({"page_id", "uri", "date", "count"}),
    {
        **of(BIGINT, "page_id", "count", "id"),
        **of(VARCHAR, "uri", "type"),
        **of(TIMESTAMP, "date"),
    },
)
TABLES = (
    POSTS, TERMS, TERM_TAXONOMY, TERM_RELATIONSHIPS, COMMENTS, USERS, POSTMETA, STATISTICS_PAGES,
)  # fmt: skip


def recognised(members: Collection[str]) -> Declaration:
    """Return the types of a table of WordPress's database; NOTHING if it is none of them."""
    lower = {member.lower() for member in members}
    return next(declarations(members, lower), NOTHING)


def declarations(members: Collection[str], lower: Collection[str]) -> Iterator[Declaration]:
    for table in TABLES:
        if table.marks <= set(lower) and not table.without & set(lower):
            types = {
                member: table.types[member.lower()]
                for member in members
                if member.lower() in table.types
            }
            texts = frozenset(member for member in members if member.lower() in table.texts)
            yield Declaration(types, texts=texts)
