"""Queries the site's own database for what a visitor can read.

The rules of visibility are those of WordPress's REST controllers (`check_read_permission` of
the posts and comments controllers, `get_items` of the users controller) for the types that this
site registers, read by a visitor who is not logged in.
"""

# ruff: noqa: S608, all of this SQL is our own

import subprocess

from wp_pipeline_tests.real_wordpress.wordpress import WordPress

_SHOWN_TYPES = "('post', 'page', 'book', 'emptything')"

# Attachments inherit the status of their parent post; without one they are published.
_READABLE_POSTS = f"""
    SELECT p.ID, p.post_type, p.post_password, p.post_author FROM wp_posts p
    WHERE p.post_status = 'publish' AND p.post_type IN {_SHOWN_TYPES}
"""
_READABLE_MEDIA = f"""
    SELECT p.ID FROM wp_posts p
    WHERE p.post_status = 'inherit' AND p.post_type = 'attachment' AND (
        p.post_parent NOT IN (SELECT ID FROM wp_posts)
        OR p.post_parent IN (SELECT ID FROM ({_READABLE_POSTS}) readable)
    )
"""

_READABLE = {
    "posts": f"SELECT ID FROM ({_READABLE_POSTS}) p WHERE post_type = 'post'",
    "pages": f"SELECT ID FROM ({_READABLE_POSTS}) p WHERE post_type = 'page'",
    "books": f"SELECT ID FROM ({_READABLE_POSTS}) p WHERE post_type = 'book'",
    "media": _READABLE_MEDIA,
    "comments": f"""
        SELECT comment_ID FROM wp_comments JOIN ({_READABLE_POSTS}) p ON p.ID = comment_post_ID
        WHERE comment_approved = '1' AND comment_type IN ('', 'comment') AND p.post_password = ''
    """,
    "categories": "SELECT term_id FROM wp_term_taxonomy WHERE taxonomy = 'category'",
    "tags": "SELECT term_id FROM wp_term_taxonomy WHERE taxonomy = 'post_tag'",
    "genres": "SELECT term_id FROM wp_term_taxonomy WHERE taxonomy = 'genre'",
    "users": f"SELECT DISTINCT post_author FROM ({_READABLE_POSTS}) p",
}

# The routes of mu-plugin.php.
_ROWS = {
    "posts": "wp_posts",
    "statistics_pages": "wp_posts WHERE post_status = 'publish'",
    "term_relationship": "wp_term_relationships",
    "term_taxonomy": "wp_term_taxonomy",
    "terms": "wp_terms",
    "comments": "wp_comments",
    "postmeta": "wp_postmeta",
}


def readable_ids(wordpress: WordPress, collection: str) -> set[int]:
    """Return the ids of the items that a visitor can read now."""
    return set(select(wordpress, _READABLE[collection]))


def all_readable_ids(wordpress: WordPress) -> dict[str, set[int]]:
    """Return the ids of the items that a visitor can read now, by collection."""
    return {collection: readable_ids(wordpress, collection) for collection in _READABLE}


def row_count(wordpress: WordPress, raw_rows: str) -> int:
    """Return the number of rows of a raw-row route."""
    return select(wordpress, f"SELECT COUNT(*) FROM {_ROWS[raw_rows]}")[0]


def select(wordpress: WordPress, sql: str) -> list[int]:
    """Return the first column of a query, as integers."""
    return [int(line) for line in execute(wordpress, sql).split()]


def execute(wordpress: WordPress, sql: str) -> str:
    """Run a statement; return what the client prints."""
    client = ["mariadb", "--no-defaults", "--user=root", "--batch", "--skip-column-names"]
    done = subprocess.run(
        [*client, f"--socket={wordpress.directory}/database.sock", "--execute", sql, "wordpress"],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
