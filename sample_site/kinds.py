"""The collections of the sample site, and in what WordPress treats them differently."""

from dataclasses import dataclass

POST_ORDERS = (
    "author", "date", "id", "include", "modified", "parent", "relevance", "slug",
    "include_slugs", "title",
)  # fmt: skip
TERM_ORDERS = (
    "id", "include", "name", "slug", "include_slugs", "term_group", "description", "count",
)  # fmt: skip
COMMENT_ORDERS = ("date", "date_gmt", "id", "include", "post", "parent", "type")
USER_ORDERS = (
    "id", "include", "name", "registered_date", "slug", "include_slugs", "email", "url",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Kind:
    """What posts, comments, terms and users do differently, whatever the collection."""

    name: str
    order: str
    orderby: str
    date_parameters: tuple[str, ...]
    missing: tuple[str, str]
    unreadable: tuple[str, str]
    edit_refusal: str
    edit_one_refusal: str


POST = Kind(
    "post",
    order="desc",
    orderby="date",
    date_parameters=("after", "modified_after", "before", "modified_before"),
    missing=("rest_post_invalid_id", "Invalid post ID."),
    unreadable=("rest_forbidden", "Sorry, you are not allowed to do that."),
    edit_refusal="Sorry, you are not allowed to edit posts in this post type.",
    edit_one_refusal="Sorry, you are not allowed to edit this post.",
)
COMMENT = Kind(
    "comment",
    order="desc",
    orderby="date_gmt",
    date_parameters=("after", "before"),
    missing=("rest_comment_invalid_id", "Invalid comment ID."),
    unreadable=("rest_cannot_read", "Sorry, you are not allowed to read this comment."),
    edit_refusal="Sorry, you are not allowed to edit comments.",
    edit_one_refusal="Sorry, you are not allowed to edit comments.",
)
TERM = Kind(
    "term",
    order="asc",
    orderby="name",
    date_parameters=(),
    missing=("rest_term_invalid", "Term does not exist."),
    unreadable=("rest_term_invalid", "Term does not exist."),
    edit_refusal="Sorry, you are not allowed to edit terms in this taxonomy.",
    edit_one_refusal="Sorry, you are not allowed to edit this term.",
)
USER = Kind(
    "user",
    order="asc",
    orderby="name",
    date_parameters=(),
    missing=("rest_user_invalid_id", "Invalid user ID."),
    unreadable=("rest_user_cannot_view", "Sorry, you are not allowed to list users."),
    edit_refusal="Sorry, you are not allowed to edit users.",
    edit_one_refusal="Sorry, you are not allowed to edit this user.",
)


@dataclass(frozen=True, eq=False)
class Collection:
    """A collection: `name` is the last part of its route, `slug` its post type or taxonomy."""

    name: str
    slug: str
    label: str
    kind: Kind
    orders: tuple[str, ...]
    table: str  # Whose AUTO_INCREMENT numbers the items: posts, pages and media share one.
    hierarchical: bool = False
    taxonomies: tuple[str, ...] = ()
    icon: str = ""

    @property
    def route(self) -> str:
        return f"/wp/v2/{self.name}"

    @property
    def honours_offset(self) -> bool:
        """Hierarchical taxonomies list no `offset` parameter, so they ignore it."""
        return not (self.kind is TERM and self.hierarchical)


COLLECTIONS = {
    collection.name: collection
    for collection in (
        Collection("posts", "post", "Posts", POST, POST_ORDERS, "posts",
                   taxonomies=("categories", "tags"), icon="dashicons-admin-post"),
        Collection("pages", "page", "Pages", POST, (*POST_ORDERS, "menu_order"), "posts",
                   hierarchical=True, icon="dashicons-admin-page"),
        Collection("media", "attachment", "Media", POST, POST_ORDERS, "posts",
                   icon="dashicons-admin-media"),
        Collection("books", "book", "Books", POST, POST_ORDERS, "posts",
                   taxonomies=("genres",), icon="dashicons-book"),
        Collection("comments", "comment", "Comments", COMMENT, COMMENT_ORDERS, "comments"),
        Collection("categories", "category", "Categories", TERM, TERM_ORDERS, "terms",
                   hierarchical=True),
        Collection("tags", "post_tag", "Tags", TERM, TERM_ORDERS, "terms"),
        Collection("genres", "genre", "Genres", TERM, TERM_ORDERS, "terms", hierarchical=True),
        Collection("users", "user", "Users", USER, USER_ORDERS, "users"),
    )
}  # fmt: skip
