"""The routes of a "custom API" plugin: whole MySQL tables, every column a string or null."""

from collections.abc import Callable, Iterator

from sample_site import clock, content, media
from sample_site.addresses import Addresses
from sample_site.catalogue import PUBLIC, Catalogue
from sample_site.items import DAY, LATEST, Item
from sample_site.kinds import COLLECTIONS, POST, TERM, Kind
from sample_site.post_views import guid

Row = dict[str, str | None]

DAYS_COUNTED = 3


def rows_of(catalogue: Catalogue, *kinds: Kind) -> list[Item]:
    """Every item of these kinds, whatever its status, in the order of the primary key."""
    names = [name for name, collection in COLLECTIONS.items() if collection.kind in kinds]
    return sorted((item for name in names for item in catalogue.all(name)), key=lambda i: i.id)


def column(text: str) -> str:
    """A REST date as MySQL prints it."""
    return text.replace("T", " ")


def posts(catalogue: Catalogue, addresses: Addresses) -> list[Row]:
    """wp_posts: posts, pages, media and books of every status, drafts included."""
    comments: dict[int, int] = {}
    for comment in catalogue.all("comments"):
        if comment.status in PUBLIC:
            comments[comment.target] = comments.get(comment.target, 0) + 1
    return [
        post_row(item, addresses, comments.get(item.id, 0)) for item in rows_of(catalogue, POST)
    ]


def post_row(item: Item, addresses: Addresses, comments: int) -> Row:
    name, is_medium = item.collection, item.collection == "media"
    unpublished = item.status == "draft"
    return {
        "ID": str(item.id),
        "post_author": str(item.author),
        "post_date": column(clock.local(item.date)),
        "post_date_gmt": "0000-00-00 00:00:00" if unpublished else column(clock.gmt(item.date)),
        "post_content": "" if is_medium else content.body(name, item.number, item.revision),
        "post_title": content.title(name, item.number),
        "post_excerpt": "",
        "post_status": item.status,
        "comment_status": "closed" if name == "pages" else "open",
        "ping_status": "closed",
        "post_password": "",
        "post_name": content.slug(name, item.number),
        "to_ping": "",
        "pinged": "",
        "post_modified": column(clock.local(item.modified)),
        "post_modified_gmt": column(clock.gmt(item.modified)),
        "post_content_filtered": "",
        "post_parent": str(item.target if is_medium else item.parent),
        "guid": guid(item, addresses),
        "menu_order": str(item.number if name == "pages" else 0),
        "post_type": COLLECTIONS[name].slug,
        "post_mime_type": media.mime_type(item) if is_medium else "",
        "comment_count": str(comments),
    }


def statistics_pages(catalogue: Catalogue, addresses: Addresses) -> list[Row]:
    """wp_statistics_pages, as WP Statistics keeps it: the views of a page on a day."""
    pages = [item for item in rows_of(catalogue, POST) if item.status == "publish"]
    visits = [(day, item) for day in range(DAYS_COUNTED) for item in pages]
    return [
        {
            "page_id": str(number),
            "uri": addresses.of(item).removeprefix(addresses.url),
            "type": COLLECTIONS[item.collection].slug,
            "date": clock.local(LATEST + day * DAY)[:10],
            "count": str(1 + (item.id * 7919 + day * 31) % 97),
            "id": str(item.id),
        }
        for number, (day, item) in enumerate(visits, 1)
    ]


def relationships(catalogue: Catalogue) -> Iterator[tuple[int, int]]:
    for item in rows_of(catalogue, POST):
        for term_id in sorted(term for _, terms in item.terms for term in terms):
            yield item.id, term_id


def term_relationship(catalogue: Catalogue, _: Addresses) -> list[Row]:
    """wp_term_relationships: which post has which term."""
    return [
        {"object_id": str(post_id), "term_taxonomy_id": str(term_id), "term_order": "0"}
        for post_id, term_id in relationships(catalogue)
    ]


def term_taxonomy(catalogue: Catalogue, _: Addresses) -> list[Row]:
    """wp_term_taxonomy: what a term is."""
    return [
        {
            "term_taxonomy_id": str(item.id),
            "term_id": str(item.id),
            "taxonomy": COLLECTIONS[item.collection].slug,
            "description": content.description(item.collection, item.number, item.revision).replace(
                "&", "&amp;"
            ),
            "parent": str(item.parent),
            "count": str(catalogue.count(item)),
        }
        for item in rows_of(catalogue, TERM)
    ]


def terms(catalogue: Catalogue, _: Addresses) -> list[Row]:
    """wp_terms: what a term is called; WordPress stores `&` as an entity."""
    return [
        {
            "term_id": str(item.id),
            "name": content.title(item.collection, item.number).replace("&", "&amp;"),
            "slug": content.slug(item.collection, item.number),
            "term_group": "0",
        }
        for item in rows_of(catalogue, TERM)
    ]


Table = Callable[[Catalogue, Addresses], list[Row]]

TABLES: dict[str, Table] = {
    "posts": posts,
    "statistics_pages": statistics_pages,
    "term_relationship": term_relationship,
    "term_taxonomy": term_taxonomy,
    "terms": terms,
}
