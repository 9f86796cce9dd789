"""What WordPress refuses, and in which words."""

from typing import Any

from sample_site.kinds import COMMENT, POST, Collection
from sample_site.messages import Request
from sample_site.parameters import InvalidParameter

NO_ROUTE = ("rest_no_route", "No route was found matching the URL and request method.")

# Errors that come after the permission check: only these still say `Allow: GET`.
FROM_THE_HANDLER = frozenset({"rest_not_logged_in", "rest_type_invalid", "rest_taxonomy_invalid"})


class Refusal(Exception):
    """An error that WordPress answers with: its code, message, status and further data."""

    def __init__(self, code: str, message: str, status: int, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.allows_get = status == 400 or code in FROM_THE_HANDLER
        self.body = {"code": code, "message": message, "data": {"status": status, **data}}


def invalid(refused: dict[str, InvalidParameter]) -> Refusal:
    """All refused parameters in one error."""
    return Refusal(
        "rest_invalid_param",
        f"Invalid parameter(s): {', '.join(refused)}",
        400,
        params={name: str(error) for name, error in refused.items()},
        details={name: error.detail for name, error in refused.items()},
    )


def check(
    collection: Collection, values: dict[str, Any], request: Request, *, signed_in: bool
) -> None:
    """Refuse what only editors may ask for, and what makes no sense. Raises Refusal."""
    if values["context"] == "edit" and not signed_in:
        raise Refusal("rest_forbidden_context", collection.kind.edit_refusal, 401)
    check_order(collection, values, request, signed_in=signed_in)
    if collection.kind is COMMENT and not signed_in:
        check_comment_filters(request)


def check_order(
    collection: Collection, values: dict[str, Any], request: Request, *, signed_in: bool
) -> None:
    """Refuse the orders that need more than the request brings. Raises Refusal."""
    orderby = values["orderby"]
    if collection.kind is POST and orderby == "include" and not values["include"]:
        message = "You need to define an include parameter to order by include."
        raise Refusal("rest_orderby_include_missing_include", message, 400)
    if orderby == "relevance" and "search" not in request.query:
        message = "You need to define a search term to order by relevance."
        raise Refusal("rest_no_search_term_defined", message, 400)
    if orderby in ("registered_date", "email") and not signed_in:
        message = "Sorry, you are not allowed to order users by this parameter."
        raise Refusal("rest_forbidden_orderby", message, 401)


def check_comment_filters(request: Request) -> None:
    """Refuse what only moderators may ask for. Raises Refusal."""
    public = {"status": "approve", "type": "comment", "author": "", "author_email": ""}
    forbidden = [name for name, value in public.items() if request.query.get(name, value) != value]
    if forbidden:
        message = f"Query parameter not permitted: {', '.join(forbidden)}"
        raise Refusal("rest_forbidden_param", message, 401)
