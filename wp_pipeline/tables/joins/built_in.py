"""The joined tables that come with the package, by the names and kinds of a site's endpoints.

`posts_daily` has two statements: one for tables of WordPress's database, one for WordPress's
collections. Both make the same columns.
"""

from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files

from wp_pipeline.tables import joins
from wp_pipeline.tables.joins.join import Join
from wp_pipeline.wordpress.endpoints.endpoint import asset_name

POSTS_DAILY, STATISTICS_POSTNAME = "posts_daily", "statistics_postname"
# The name of a table of the database in the statements, and the names that its endpoint may have.
MYSQL: Mapping[str, Sequence[str]] = {
    "posts": ("posts",),
    "statistics_pages": ("statistics_pages", "statistics"),
    "term_relationship": ("term_relationship", "term_relationships"),
    "term_taxonomy": ("term_taxonomy",),
    "terms": ("terms",),
}
NEEDED = frozenset({"posts"})
COLLECTIONS = ("posts", "categories", "tags", "users", "comments")


def joins_of(collections: Collection[str], others: Collection[str]) -> tuple[Join, ...]:
    """Return the joined tables of a site.

    `collections` are the names of its endpoints of a known kind, `others` those of all others. The
    tables of the database are read if they include posts and statistics, or posts and another one
    where no collection of posts is an endpoint.
    """
    mysql = mysql_tables(others)
    users = {"users": "users"} if "users" in collections else {}
    if "posts" in mysql and ("statistics_pages" in mysql or "posts" not in collections):
        daily = built_in(POSTS_DAILY, "posts_daily.mysql.sql", {**mysql, **users})
        postname = built_in(STATISTICS_POSTNAME, "statistics_postname.sql", mysql)
        found = (daily, postname) if "statistics_pages" in mysql else (daily,)
    elif "posts" in collections:
        statistics = {key: name for key, name in mysql.items() if key == "statistics_pages"}
        own = {name: name for name in COLLECTIONS if name in collections}
        found = (built_in(POSTS_DAILY, "posts_daily.rest.sql", {**own, **statistics}),)
    else:
        found = ()
    endpoints = {asset_name(name) for name in (*collections, *others)}
    return tuple(join for join in found if join.name not in endpoints)


def mysql_tables(others: Collection[str]) -> Mapping[str, str]:
    """Return the endpoints that hold tables of the database, by their names in the statements.

    The names of all of them begin in the same way, such as `raw_` in `raw_posts`. A name alone may
    be that of something else, such as the `popular_posts` of a plugin.
    """
    beginnings = [name.removesuffix("posts") for name in others if name.endswith("posts")]
    found = [
        {
            table: f"{beginning}{name}"
            for table, names in MYSQL.items()
            for name in reversed(names)
            if f"{beginning}{name}" in others
        }
        for beginning in sorted(beginnings, key=len)
    ]
    several = [tables for tables in found if len(tables) > 1]
    if several:
        return max(several, key=len)
    alone = [name for name in MYSQL["statistics_pages"] if name in others]
    return {"statistics_pages": alone[0]} if alone else {}


def built_in(name: str, file: str, stored_as: Mapping[str, str]) -> Join:
    """Return the join of a file of this package."""
    sql = files(joins).joinpath(file).read_text(encoding="utf-8")
    return Join(name, sql, file, stored_as, NEEDED)
