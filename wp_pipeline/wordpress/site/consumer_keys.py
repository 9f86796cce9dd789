"""Checks that WooCommerce knows a consumer key and its secret.

https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication
"""

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import AccessDenied, RouteNotFound, StatusError
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient

FOR_SHOP_MANAGERS = "wc/v3/orders"
SMALLEST = {"per_page": 1, "_fields": "id"}
TRIES = 2
NO_SHOP = "the site has no WooCommerce (wc/v3), which alone knows consumer keys"
REJECTED = (
    "WooCommerce does not accept the consumer key and secret, or the key has no read permission"
)


def require_keys(root: Address, client: RetryingClient, cancellation: Cancellation) -> None:
    """Raises RouteNotFound, AccessDenied if WooCommerce rejects the keys, or another SiteError."""
    address = root.below(FOR_SHOP_MANAGERS).with_parameters(SMALLEST)
    try:
        client.get(address, cancellation, TRIES)
    except RouteNotFound as refusal:
        raise RouteNotFound(NO_SHOP, refusal.status, refusal.code) from None
    except StatusError as refusal:
        if not refusal.code:
            raise
        reason = f"{REJECTED} (HTTP {refusal.status} {refusal.code})"
        raise AccessDenied(reason, refusal.status, refusal.code) from None
