"""Items as WordPress spells them: the same keys in the same order, as JSON."""

from functools import lru_cache
from hashlib import md5

from sample_site import clock, content
from sample_site.addresses import Addresses
from sample_site.fields import selected
from sample_site.items import Item
from sample_site.kinds import COLLECTIONS, COMMENT, POST, TERM
from sample_site.messages import php_json
from sample_site.placeholders import SERVER
from sample_site.post_views import post
from sample_site.shapes import CURIES, Json, Shape, embeddable

EMBEDDED = {
    "post": "id date slug type link title excerpt author featured_media caption alt_text"
    " media_type mime_type media_details source_url _links",
    "comment": "id parent author author_name author_url date content link type"
    " author_avatar_urls _links",
    "term": "id link name slug taxonomy _links",
    "user": "id name url description link slug avatar_urls _links",
}


@lru_cache(maxsize=8192)
def encoded(item: Item, target: Item | None, count: int, shape: Shape) -> bytes:
    """An item's JSON, with placeholders where WordPress never says the same twice.

    `target` is the post that a comment or medium belongs to, `count` a term's posts or a comment's
    replies.
    """
    return php_json(selected(rendered(item, target, count, shape), shape.fields))


def rendered(item: Item, target: Item | None, count: int, shape: Shape) -> Json:
    kind = COLLECTIONS[item.collection].kind
    if kind is POST:
        view = post(item, target, shape)
    elif kind is COMMENT:
        view = comment(item, target, count, shape)
    else:
        view = term(item, count, shape) if kind is TERM else user(item, shape)
    if shape.context == "embed":
        view = {key: view[key] for key in EMBEDDED[kind.name].split() if key in view}
    if shape.id_style == "string":
        view["id"] = str(item.id)
    elif shape.id_style == "absent":
        del view["id"]
    return view


def comment(item: Item, target: Item | None, replies: int, shape: Shape) -> Json:
    addresses, is_edit = shape.addresses, shape.context == "edit"
    email = content.email(item.number)
    text = content.texturized(content.remark(item.number, item.revision))
    view: Json = {
        "id": item.id,
        "post": item.target,
        "parent": item.parent,
        "author": 0,
        "author_name": content.reader(item.number).replace("&", "&amp;"),
        **({"author_email": email} if is_edit else {}),
        "author_url": "",
        **({"author_ip": "192.0.2.7", "author_user_agent": ""} if is_edit else {}),
        "date": clock.local(item.date),
        "date_gmt": clock.gmt(item.date),
        "content": {"rendered": f"<p>{text}</p>\n"},
        "link": addresses.of(item, target),
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": avatars(email, addresses),
        "meta": [],
    }
    if is_edit:
        view["content"]["raw"] = content.remark(item.number, item.revision)
    links: Json = {
        "self": [{"href": addresses.rest(f"/wp/v2/comments/{item.id}")}],
        "collection": [{"href": addresses.rest("/wp/v2/comments")}],
    }
    if target:
        collection = COLLECTIONS[target.collection]
        href = addresses.rest(f"{collection.route}/{target.id}")
        links["up"] = [{"embeddable": True, "post_type": collection.slug, "href": href}]
    if item.parent:
        parent = addresses.rest(f"/wp/v2/comments/{item.parent}")
        links["in-reply-to"] = [embeddable(parent)]
    if replies:
        children = addresses.rest("/wp/v2/comments", f"parent={item.id}")
        links["children"] = [embeddable(children)]
    return {**view, "_links": links}


def avatars(email: str, addresses: Addresses) -> dict[str, str]:
    """Three sizes of a Gravatar; who left no address gets a server at random."""
    digest = md5(email.encode(), usedforsecurity=False).hexdigest() if email else ""
    server = f"http://{int(digest[0], 16) % 3 if digest else SERVER}"
    if addresses.url.startswith("https:"):
        server = "https://secure"
    return {
        size: f"{server}.gravatar.com/avatar/{digest}?s={size}&d=mm&r=g"
        for size in ("24", "48", "96")
    }


def term(item: Item, count: int, shape: Shape) -> Json:
    addresses, collection = shape.addresses, COLLECTIONS[item.collection]
    name, number = item.collection, item.number
    view: Json = {
        "id": item.id,
        "count": count,
        "description": content.description(name, number, item.revision).replace("&", "&amp;"),
        "link": addresses.of(item),
        "name": content.title(name, number).replace("&", "&amp;"),
        "slug": content.slug(name, number),
        "taxonomy": collection.slug,
    }
    if collection.hierarchical:
        view["parent"] = item.parent
    links: Json = {
        "self": [{"href": addresses.rest(f"{collection.route}/{item.id}")}],
        "collection": [{"href": addresses.rest(collection.route)}],
        "about": [{"href": addresses.rest(f"/wp/v2/taxonomies/{collection.slug}")}],
    }
    if item.parent:
        links["up"] = [embeddable(addresses.rest(f"{collection.route}/{item.parent}"))]
    kind = "books" if name == "genres" else "posts"
    links["wp:post_type"] = [{"href": addresses.rest(f"/wp/v2/{kind}", f"{name}={item.id}")}]
    return {**view, "meta": [], "_links": {**links, "curies": CURIES}}


def user(item: Item, shape: Shape) -> Json:
    addresses, slug = shape.addresses, content.slug("users", item.number)
    view: Json = {
        "id": item.id,
        "name": content.title("users", item.number),
        "url": "",
        "description": content.description("users", item.number, item.revision),
        "link": addresses.of(item),
        "slug": slug,
        "avatar_urls": avatars(f"{slug}@tidewell-lantern.example", addresses),
        "meta": [],
    }
    links = {
        "self": [{"href": addresses.rest(f"/wp/v2/users/{item.id}")}],
        "collection": [{"href": addresses.rest("/wp/v2/users")}],
    }
    return {**view, "_links": links}
