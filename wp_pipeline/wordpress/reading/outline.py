"""A dozen cheap fields of each item, which show that it changed: its outline.

An outline costs a tenth of a full read's bytes, and can be compared with the stored items
themselves. It has no fields that are expensive (`content`) or that WordPress renders differently
each time.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from wp_pipeline.wordpress.answers.json_text import reason_of
from wp_pipeline.wordpress.answers.members import members_of, number
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body

# WordPress ignores the names that a kind of item does not have.
POSTS = (
    "id,modified_gmt,date_gmt,slug,link,status,sticky,author,featured_media,categories,tags,"
    "class_list,comment_status,ping_status,format,template,parent,menu_order,meta,title.rendered,"
    "content.protected"
)
MEDIA = f"{POSTS},alt_text,source_url,post,mime_type"
COMMENTS = "id,post,parent,author,author_name,author_url,date_gmt,link,status,type"
TERMS = "id,count,description,link,name,slug,taxonomy,parent,meta"
USERS = "id,name,url,description,link,slug"
FIELDS: Mapping[str, str] = {
    "comments": COMMENTS,
    "media": MEDIA,
    "categories": TERMS,
    "tags": TERMS,
    "users": USERS,
}

decode = msgspec.json.Decoder().decode


def value_of(text: Body) -> Any:
    """Return any JSON value; halves of surrogate pairs stay as they are. Raises MalformedAnswer."""
    try:
        return parsed(text)
    except RecursionError as fault:
        reason = reason_of(fault)
    raise MalformedAnswer(reason)


def parsed(text: Body) -> Any:
    try:
        return decode(text)
    except msgspec.DecodeError:
        return json.loads(bytes(text), parse_int=number)


@dataclass(frozen=True)
class Outline:
    """The fields that are compared; `title.rendered` is a member of a member."""

    fields: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, object]:
        return {"_fields": ",".join(self.fields)}

    @property
    def members(self) -> frozenset[str]:
        """The names of the members that an item of an outline may have."""
        return frozenset(name.partition(".")[0] for name in self.fields)

    def endpoint(self, endpoint: Endpoint) -> Endpoint:
        """Return the endpoint that sends outlines."""
        return Endpoint(endpoint.name, endpoint.address.with_parameters(self.parameters))

    def of(self, item: bytes | memoryview) -> Any:
        """Return the outline of a whole item, as WordPress would send it."""
        members = members_of(memoryview(item))
        found: dict[str, Any] = {}
        for name in self.fields:
            member, _, inner = name.partition(".")
            if member not in members:
                continue
            value = value_of(members[member])
            if not inner:
                found[member] = value
            elif isinstance(value, dict) and inner in value:
                found.setdefault(member, {})[inner] = value[inner]
        return found


def is_of_posts(address: Address) -> bool:
    """Whether a collection has posts, of any type.

    A page of their outlines costs much less than a page of posts.
    """
    return "/wp/v2/" in address.route and FIELDS.get(address.last_segment, POSTS).startswith(POSTS)


def outline_for(
    address: Address, item: bytes | memoryview, more_fields: Collection[str] = ()
) -> Outline | None:
    """Return the outline of a WordPress collection, of which `item` is one; None for others.

    `more_fields` are members that plugins add. A taxonomy of a plugin is such a member too: a list
    of the ids of terms.
    """
    if "/wp/v2/" not in address.route or address.chooses_fields:
        return None
    fields = FIELDS.get(address.last_segment, POSTS).split(",")
    found = members_of(memoryview(item))
    if fields[1] not in found:
        return None
    more = [name for name, value in found.items() if name not in fields and is_list_of_ids(value)]
    return Outline(tuple(dict.fromkeys((*fields, *sorted({*more, *more_fields})))))


def is_list_of_ids(value: memoryview) -> bool:
    text = bytes(value[:200])
    return text[:1] == b"[" and len(text) > 2 and set(text) <= set(b"[]0123456789, ")
