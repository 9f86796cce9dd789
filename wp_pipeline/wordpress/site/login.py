"""Checks that the application password works.

WordPress answers a public route with 200, as to an anonymous visitor, where the application
password is wrong; private items would then be missing without any error.
"""

from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import AccessDenied, RouteNotFound, UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient

CURRENT_USER = "wp/v2/users/me"


def require_login(endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation) -> None:
    """Ask the endpoint's site for the current user.

    Raises AccessDenied, or another SiteError where the site can't tell.
    """
    address = endpoint.address.api_root.below(CURRENT_USER).with_parameters({"_fields": "id"})
    try:
        client.get(address, cancellation)
    except (AccessDenied, RouteNotFound, UnexpectedStatus) as refusal:
        raise AccessDenied(
            "the site does not accept the user or the application password in the credentials"
            f" parameter; set a valid one ({CURRENT_USER}: {str(refusal).partition(':')[0]})"
        ) from None
