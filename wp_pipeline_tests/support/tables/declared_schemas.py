"""What WordPress's own schema says of posts and comments, in part."""

from wp_pipeline.wordpress.reading.schema import Member

INTEGER = Member(("integer",))
TEXT = Member(("string",))
DATE = Member(("string",), "date-time")
RENDERED = Member(("object",), properties=frozenset({"raw", "rendered"}))
PROTECTED = Member(("object",), properties=frozenset({"raw", "rendered", "protected"}))

POSTS = {
    "id": Member(("integer",), description="Unique identifier for the post."),
    "date": Member(("string", "null"), "date-time"),
    "date_gmt": Member(("string", "null"), "date-time"),
    "slug": TEXT,
    "title": RENDERED,
    "content": PROTECTED,
    "author": INTEGER,
    "sticky": Member(("boolean",)),
    "categories": Member(("array",), items=("integer",)),
    "class_list": Member(("array",), items=("string",)),
    "meta": Member(("object",), properties=frozenset({"footnotes"})),
    "rating": Member(("number",)),
    "anything": Member(),
}


def post(number: int, **more: object) -> dict[str, object]:
    """An item that fits the schema, with these members besides or instead."""
    return {
        "id": number,
        "date": "2024-05-06T07:08:09",
        "date_gmt": "2024-05-06T05:08:09",
        "slug": f"post-{number}",
        "title": {"rendered": "Fish &amp; Chips"},
        "content": {"rendered": "<p>Text</p>", "protected": False},
        "author": 1,
        "sticky": False,
        "categories": [1, 2],
        "class_list": ["post", "hentry"],
        "meta": {"footnotes": ""},
        "rating": 4.5,
        **more,
    }
