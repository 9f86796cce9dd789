"""Collections of WordPress's REST API, recognised by their members.

For sites whose schema can't be read. The types are those of the schema of WordPress's own routes:
https://developer.wordpress.org/rest-api/reference/
"""

from collections.abc import Collection

from wp_pipeline.tables.columns.column import ColumnType
from wp_pipeline.tables.columns.declared import NOTHING, Declaration, texts_of
from wp_pipeline.tables.columns.mysql import BIGINT, TIMESTAMP, VARCHAR, KnownTable, of

RENDERED = frozenset({"title", "content", "excerpt", "guid", "caption"})
DATES = of(TIMESTAMP, "date", "date_gmt", "modified", "modified_gmt")
COMMON = of(VARCHAR, "link", "slug", "type", "status")
POSTS = KnownTable(
    frozenset({"id", "date", "date_gmt", "modified", "slug", "type", "title"}),
    {
        **DATES,
        **COMMON,
        **of(BIGINT, "id", "author", "featured_media", "parent", "menu_order"),
        **of(VARCHAR, "comment_status", "ping_status", "template", "format"),
        **of(ColumnType.BOOLEAN, "sticky"),
        **of(ColumnType.BIGINTS, "categories", "tags"),
        **of(ColumnType.VARCHARS, "class_list"),
        **of(ColumnType.JSON, "meta", "acf", "media_details"),
    },
)
COMMENTS = KnownTable(
    frozenset({"id", "post", "author_name", "date", "date_gmt", "content"}),
    {
        **DATES,
        **COMMON,
        **of(BIGINT, "id", "post", "parent", "author"),
        **of(VARCHAR, "author_name", "author_url"),
        **of(ColumnType.JSON, "author_avatar_urls", "meta"),
    },
)
TERMS = KnownTable(
    frozenset({"id", "count", "name", "slug", "taxonomy"}),
    {
        **COMMON,
        **of(BIGINT, "id", "count", "parent"),
        **of(VARCHAR, "name", "taxonomy", "description"),
        **of(ColumnType.JSON, "meta"),
    },
)
USERS = KnownTable(
    frozenset({"id", "name", "slug", "avatar_urls"}),
    {
        **COMMON,
        **of(BIGINT, "id"),
        **of(VARCHAR, "name", "url", "description"),
        **of(ColumnType.JSON, "avatar_urls", "meta"),
    },
)
COLLECTIONS = (POSTS, COMMENTS, TERMS, USERS)


def recognised(members: Collection[str]) -> Declaration:
    """Return the types of a collection of WordPress; NOTHING if it is none of them.

    Whether a member is `{"rendered": …}` is seen in the values.
    """
    sent = frozenset(members)
    for one in COLLECTIONS:
        if one.marks <= sent:
            types = {member: kind for member, kind in one.types.items() if member in sent}
            return Declaration(types, texts=texts_of(sent, RENDERED))
    return NOTHING
