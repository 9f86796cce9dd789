"""Whether a site knows us: a wrong application password is answered like none at all."""

from urllib.parse import urlsplit, urlunsplit

from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import AccessDenied, RouteNotFound, UnexpectedStatus
from wp_pipeline.wordpress.http.client import Deadline
from wp_pipeline.wordpress.http.throttle import RetryingClient

WHO_AM_I = "wp/v2/users/me"


def require_login(endpoint: Endpoint, client: RetryingClient, deadline: Deadline) -> None:
    """Ask the endpoint's site who we are.

    WordPress answers a public route with 200, as to a visitor, where the application password is
    wrong; what is private would then silently be missing. Raises AccessDenied, or another
    SiteError where the site can't say.
    """
    me = Endpoint("me", root_of(endpoint.url) + WHO_AM_I)
    try:
        client.get(me.url_with({"_fields": "id"}), deadline)
    except (AccessDenied, RouteNotFound, UnexpectedStatus) as refusal:
        raise AccessDenied(
            "the site does not know the user or the application password in the credentials"
            f" parameter; put a valid one ({WHO_AM_I}: {str(refusal).partition(':')[0]})"
        ) from None


def root_of(url: str) -> str:
    """Return the address of the REST API that an endpoint belongs to, up to where routes begin."""
    parts = urlsplit(url)
    if "rest_route=" in parts.query:
        return urlunsplit(parts._replace(query="rest_route=/", fragment=""))
    before, found, _ = parts.path.partition("/wp-json/")
    path = f"{before if found else ''}/wp-json/"
    return urlunsplit(parts._replace(path=path, query="", fragment=""))
