"""The routes of a custom plugin: whole MySQL tables, every column a string.

In `data/rows.json`, `$name` stands for a value of `rendering.VALUES`.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from sample_site.content import COLLECTIONS, read_data
from sample_site.database import PUBLIC, StoredItems
from sample_site.items import DAY, LATEST, Addresses, Item
from sample_site.messages import local
from sample_site.rest.rendering import VALUES, Source

Row = dict[str, str]

TEMPLATES: dict[str, dict[str, str]] = read_data("rows")
COMPUTED = {
    table: [(name, VALUES[text[1:]]) for name, text in row.items() if text.startswith("$")]
    for table, row in TEMPLATES.items()
}
DAYS_COUNTED = 3


def posts(database: StoredItems, addresses: Addresses) -> Iterator[Row]:
    """wp_posts: posts, pages, media and books of every status, drafts included."""
    comments = Counter(
        comment.target for comment in database.of_kind("comment") if comment.status in PUBLIC
    )
    for item in database.of_kind("post"):
        yield filled("posts", item, comments[item.id], addresses)


def statistics_pages(database: StoredItems, addresses: Addresses) -> Iterator[Row]:
    """wp_statistics_pages, as the plugin WP Statistics keeps it: the views of a page on a day."""
    pages = [item for item in database.of_kind("post") if item.status == "publish"]
    visits = [(day, item) for day in range(DAYS_COUNTED) for item in pages]
    for number, (day, item) in enumerate(visits, 1):
        row = {
            "page_id": str(number),
            "uri": addresses.permalink(item).removeprefix(addresses.url),
            "type": COLLECTIONS[item.collection].slug,
            "date": local(LATEST + day * DAY)[:10],
            "count": str(1 + (item.id * 7919 + day * 31) % 97),
            "id": str(item.id),
        }
        yield row


def term_relationship(database: StoredItems, _: Addresses) -> Iterator[Row]:
    """wp_term_relationships: which post has which term."""
    for item in database.of_kind("post"):
        for term_id in sorted(term for _, terms in item.terms for term in terms):
            keys = {"object_id": str(item.id), "term_taxonomy_id": str(term_id)}
            yield {**keys, "term_order": "0"}


def term_taxonomy(database: StoredItems, addresses: Addresses) -> Iterator[Row]:
    """wp_term_taxonomy: the taxonomy of each term."""
    for item in database.of_kind("term"):
        yield filled("term_taxonomy", item, database.count(item), addresses)


def terms(database: StoredItems, addresses: Addresses) -> Iterator[Row]:
    """wp_terms: the names of the terms; WordPress stores `&` as an entity."""
    for item in database.of_kind("term"):
        yield filled("terms", item, 0, addresses)


def filled(table: str, item: Item, count: int, addresses: Addresses) -> Row:
    source = Source(item, None, count, addresses)
    row = dict(TEMPLATES[table])
    for column, compute in COMPUTED[table]:
        row[column] = str(compute(source))
    return row


TABLES: dict[str, Callable[[StoredItems, Addresses], Iterator[Row]]] = {
    "posts": posts,
    "statistics_pages": statistics_pages,
    "term_relationship": term_relationship,
    "term_taxonomy": term_taxonomy,
    "terms": terms,
}
