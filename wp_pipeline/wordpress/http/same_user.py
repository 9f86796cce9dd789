"""Checks that a site answers all requests for an endpoint to the same user.

A login may expire while a collection is read, and a cache or one of several servers may drop it.
The site then answers with 200, as to a visitor, and leaves out what visitors may not read.
WordPress marks its answers to a user with an `Expires` in 1984, so that nothing caches them:
https://developer.wordpress.org/reference/hooks/rest_send_nocache_headers/
"""

from collections.abc import Mapping

from wp_pipeline.wordpress.errors import CompletenessNotProven

NOT_CACHED = "1984"  # A year that has passed, in WordPress's wp_get_nocache_headers().


class SameUser:
    """Whether the answers for each endpoint, by name, were to a user. Thread-safe."""

    def __init__(self) -> None:
        self._to_user: dict[str, bool] = {}

    def require(self, endpoint: str, headers: Mapping[str, str]) -> None:
        """Raises CompletenessNotProven if only some of an endpoint's answers were to a user."""
        to_user = NOT_CACHED in headers.get("Expires", "")
        if self._to_user.setdefault(endpoint, to_user) != to_user:
            raise CompletenessNotProven(
                "only some of the answers were to the login, the others as to a visitor: it"
                " expired, or a cache or one of several servers drops it; check the login, and"
                " exclude /wp-json/ from caches"
            )
