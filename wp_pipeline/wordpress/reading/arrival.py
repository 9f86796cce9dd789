"""Checks that the site, and not a cache, applied the query.

A cache that ignores the query sends the newest page for any request, without X-WP-Total and not in
the requested order. Some routes of WooCommerce send all their rows in the same way, so a further
request decides.
"""

from wp_pipeline.wordpress.answers.items import items_of
from wp_pipeline.wordpress.answers.json_text import first_byte
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer, single_answer
from wp_pipeline.wordpress.collections.counted import (
    NumberedPage,
    NumberedPages,
    identities_on,
)
from wp_pipeline.wordpress.collections.end import IDS_ONLY, has_only_ids, have_only_ids
from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.page import total_in
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE
from wp_pipeline.wordpress.errors import CompletenessNotProven, RouteNotFound, UnexpectedStatus

MOST_ROWS = 1000  # A cached page has fewer.


def require_that_the_query_arrived(found: SingleAnswer, fetch: PageFetcher) -> None:
    """Raises CompletenessNotProven if the site applies neither the order nor `_fields`.

    Or if it now tells a total: then a cache gave the first answer, in the place of the site.
    """
    if not is_in_another_order(found):
        return
    reason = "the query does not arrive"
    if fetch.chooses_fields or not have_only_ids(found.first):
        answer = fetch.answer(IDS_ONLY)
        is_of_the_site = has_only_ids(answer)
        if is_of_the_site and total_in(answer.headers) is None:
            return
        if is_of_the_site:
            reason = "another answer has one, so that a cache gave this one without the query"
    raise CompletenessNotProven(
        "the rows are not in the order that was requested, and there is no X-WP-Total:"
        f" {reason}; exclude /wp-json/ from the cache in front of the site"
    )


def require_that_no_page_follows(found: SingleAnswer, fetch: PageFetcher) -> None:
    """Raises CompletenessNotProven if rows without a total are a page, and `page` returns others.

    They may be a page if their order is not the requested one, or if as many came as requested.
    Raises another SiteError if something else than WordPress refuses the next page.
    """
    if not found.is_list or (found.rows != MAX_PER_PAGE and not is_in_another_order(found)):
        return
    try:
        second = single_answer(fetch.answer({"per_page": MAX_PER_PAGE, "page": 2}).body)
    except (RouteNotFound, UnexpectedStatus) as refusal:
        if not refusal.code:
            raise
        return  # Such as 400 rest_post_invalid_page_number: there is none.
    if second.rows and list(map(bytes, second.first)) != list(map(bytes, found.first)):
        raise CompletenessNotProven(
            f"only a page of the rows came: {found.rows:,} rows, not in order of id, and no"
            " X-WP-Total; check what drops the site's headers"
        )


def require_that_no_numbered_page_follows(first: NumberedPage, pages: NumberedPages) -> None:
    """Raises CompletenessNotProven if rows without a total are a page. Raises other SiteErrors.

    A site may send fewer rows than requested, so that a short page may be followed by others.
    """
    if len(first.items) >= pages.size:
        raise CompletenessNotProven(
            "a full page of rows, and neither a total nor a next page is told; check what drops"
            " the site's headers"
        )
    if first.items and not set(identities_on(2, pages)) <= set(first.identities):
        raise CompletenessNotProven(
            f"only a page of the rows came: {len(first.items):,} rows, and no total is told; check"
            " what drops the site's headers"
        )


def is_in_another_order(found: SingleAnswer) -> bool:
    if first_byte(found.body) != b"[" or not 1 < found.rows <= MOST_ROWS:
        return False
    items = items_of(found.body)
    return None not in items.ids and not items.ascend
