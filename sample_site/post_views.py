"""Posts, pages, media and books as WordPress spells them."""

from typing import Any

from sample_site import clock, content, media
from sample_site.addresses import Addresses
from sample_site.items import Item
from sample_site.kinds import COLLECTIONS
from sample_site.shapes import CURIES, Json, Shape, embeddable

# What a post type does not support, it does not show.
UNSUPPORTED = {
    "posts": {"parent", "menu_order"},
    "pages": {"sticky", "format"},
    "books": {"parent", "menu_order", "sticky", "format"},
    "media": {"password", "featured_media", "parent", "menu_order", "sticky", "format"},
}


def post(item: Item, target: Item | None, shape: Shape) -> Json:
    """A post, page, medium or book, its keys in WordPress' order."""
    addresses, name, is_edit = shape.addresses, item.collection, shape.context == "edit"
    view: Json = {
        "id": item.id,
        "date": clock.local(item.date),
        "date_gmt": clock.gmt(item.date),
        "guid": {"rendered": guid(item, addresses)},
        "modified": clock.local(item.modified),
        "modified_gmt": clock.gmt(item.modified),
        **({"password": ""} if is_edit else {}),
        "slug": content.slug(name, item.number),
        "status": item.status,
        "type": COLLECTIONS[name].slug,
        "link": addresses.of(item, target),
        "title": {"rendered": content.texturized(content.title(name, item.number))},
        **texts(item, shape),
        "author": item.author,
        "featured_media": item.featured,
        "parent": item.parent,
        "menu_order": item.number,
        "comment_status": "closed" if name == "pages" else "open",
        "ping_status": "closed",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": meta(item),
        **(media.details(item, addresses) if name == "media" else {}),
        **{taxonomy: list(ids) for taxonomy, ids in item.terms},
    }
    if is_edit:
        add_raw(view, item)
    if shape.wants("_links"):
        view["_links"] = post_links(item, addresses)
    return {key: value for key, value in view.items() if key not in UNSUPPORTED[name]}


def guid(item: Item, addresses: Addresses) -> str:
    if item.collection == "media":
        return media.source(item, addresses)
    return f"{addresses.url}/?p={item.id}"


def texts(item: Item, shape: Shape) -> Json:
    """Content and excerpt; a medium has neither."""
    view: Json = {}
    if item.collection == "media":
        return view
    which = (item.collection, item.number, item.revision)
    if shape.wants("content"):
        view["content"] = {"rendered": content.rendered_body(*which), "protected": False}
    if shape.wants("excerpt"):
        view["excerpt"] = {"rendered": content.excerpt(*which), "protected": False}
    return view


def meta(item: Item) -> Json | list[Any]:
    """Registered meta fields; PHP spells an empty array `[]` whatever it was meant to be."""
    if item.collection == "posts":
        return {"reading_minutes": 2 + item.number % 4}
    if item.collection == "books":
        author = content.BOOKS[item.number % len(content.BOOKS)][1]
        return {"book_author": author, "stars": 3 + item.number % 3}
    return []


def add_raw(view: Json, item: Item) -> None:
    """What an editor sees besides: the texts as typed."""
    view["guid"]["raw"] = view["guid"]["rendered"]
    view["title"] = {"raw": content.title(item.collection, item.number), **view["title"]}
    if "content" in view:
        raw = content.body(item.collection, item.number, item.revision)
        view["content"] = {"raw": raw, **view["content"], "block_version": 1}
    if "excerpt" in view:
        view["excerpt"] = {"raw": "", **view["excerpt"]}
    view |= {"permalink_template": view["link"], "generated_slug": view["slug"]}


def post_links(item: Item, addresses: Addresses) -> Json:
    collection = COLLECTIONS[item.collection]
    route = f"{collection.route}/{item.id}"
    links: Json = {
        "self": [{"href": addresses.rest(route)}],
        "collection": [{"href": addresses.rest(collection.route)}],
        "about": [{"href": addresses.rest(f"/wp/v2/types/{collection.slug}")}],
        "author": [embeddable(addresses.rest(f"/wp/v2/users/{item.author}"))],
        "replies": [embeddable(addresses.rest("/wp/v2/comments", f"post={item.id}"))],
    }
    if item.collection == "media":
        return links
    if item.collection in ("posts", "pages"):
        revisions = addresses.rest(f"{route}/revisions")
        links["version-history"] = [{"count": item.revision, "href": revisions}]
    if item.parent:
        links["up"] = [embeddable(addresses.rest(f"{collection.route}/{item.parent}"))]
    if item.featured:
        featured = addresses.rest(f"/wp/v2/media/{item.featured}")
        links["wp:featuredmedia"] = [embeddable(featured)]
    links["wp:attachment"] = [{"href": addresses.rest("/wp/v2/media", f"parent={item.id}")}]
    if collection.taxonomies:
        links["wp:term"] = [
            {
                "taxonomy": COLLECTIONS[taxonomy].slug,
                **embeddable(addresses.rest(f"/wp/v2/{taxonomy}", f"post={item.id}")),
            }
            for taxonomy in collection.taxonomies
        ]
    return {**links, "curies": CURIES}
