"""What the members of WordPress's own items mean, in a line each.

https://developer.wordpress.org/rest-api/reference/ has the details. Custom types and taxonomies
have the members of posts and terms.
"""

from collections.abc import Mapping

Descriptions = Mapping[str, str]

OF_ALL: Descriptions = {
    "id": "Number of the item, unique in its collection and never used again.",
    "date": "When it was published, in the site's time zone.",
    "date_gmt": "When it was published, in UTC.",
    "modified": "When it was last changed, in the site's time zone.",
    "modified_gmt": "When it was last changed, in UTC.",
    "guid": "Permanent identifier; it looks like a URL and is none.",
    "slug": "Name in URLs.",
    "status": "Such as publish, future, draft, pending or private.",
    "type": "Post type, such as post or page.",
    "link": "Address on the site.",
    "title": "Title, as HTML in `rendered`.",
    "content": "Text, as HTML in `rendered`.",
    "excerpt": "Summary, as HTML in `rendered`.",
    "author": "Id of the user who wrote it.",
    "featured_media": "Id of its image in media; 0 is none.",
    "comment_status": "Whether new comments are accepted: open or closed.",
    "ping_status": "Whether pingbacks are accepted: open or closed.",
    "sticky": "Whether it stays at the top of the front page.",
    "template": "File of the theme that shows it; empty for the usual one.",
    "format": "Post format, such as standard, aside or gallery.",
    "categories": "Ids of its categories.",
    "tags": "Ids of its tags.",
    "parent": "Id of the item above it; 0 is none.",
    "menu_order": "Place among the items with the same parent.",
    "class_list": "CSS classes of its HTML element.",
    "meta": "Metadata that plugins and themes registered for the REST API.",
    "name": "Name that people see.",
    "description": "Description that people see.",
    "taxonomy": "Taxonomy of the term, such as category or post_tag.",
    "count": "How many published posts have the term.",
    "acf": "Fields of the plugin Advanced Custom Fields.",
    "_links": "Addresses of related items in the REST API.",
}
OF_COMMENTS: Descriptions = {
    "post": "Id of the post that it is about.",
    "parent": "Id of the comment that it answers; 0 is none.",
    "author": "Id of the user who wrote it; 0 is a visitor.",
    "author_name": "Name that the author gave.",
    "author_url": "Website that the author gave.",
    "author_avatar_urls": "Addresses of the author's picture, by size.",
    "date": "When it was written, in the site's time zone.",
    "date_gmt": "When it was written, in UTC.",
    "status": "Such as approved, hold, spam or trash.",
    "type": "Such as comment, pingback or trackback.",
}
OF_MEDIA: Descriptions = {
    "date": "When it was uploaded, in the site's time zone.",
    "date_gmt": "When it was uploaded, in UTC.",
    "author": "Id of the user who uploaded it.",
    "post": "Id of the post that it was uploaded to; empty is none.",
    "description": "Description, as HTML in `rendered`.",
    "caption": "Caption, as HTML in `rendered`.",
    "alt_text": "Text for those who do not see it.",
    "media_type": "image or file.",
    "mime_type": "Such as image/jpeg.",
    "media_details": "Width, height, size and the smaller versions of an image.",
    "source_url": "Address of the file.",
}
OF_USERS: Descriptions = {
    "url": "Website of the user.",
    "avatar_urls": "Addresses of the user's picture, by size.",
}
OF: Mapping[str, Descriptions] = {
    "comments": OF_COMMENTS,
    "media": OF_MEDIA,
    "users": OF_USERS,
}

# Members that hold a date and a time, `2026-11-24T07:00:00`.
TIMESTAMPS = frozenset(("date", "date_gmt", "modified", "modified_gmt"))


def description_of(collection: str, member: str) -> str | None:
    """Return what a member of a collection's items means; None where that is not known."""
    return OF.get(collection, {}).get(member) or OF_ALL.get(member)
