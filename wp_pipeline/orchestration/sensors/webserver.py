"""Asks Dagster's webserver to reload the code location."""

from urllib.parse import urlsplit

SECONDS = 45  # Dagster ends a tick after 60.


class NotReloaded(Exception):
    """Why, in one line."""


def reload_code_location(address: str, location: str) -> None:
    """Reload the code location of this name. Raises NotReloaded."""
    # Takes 0.5 s to import: only for those who set an address.
    from dagster_graphql import (
        DagsterGraphQLClient,
        DagsterGraphQLClientError,
        ReloadRepositoryLocationStatus,
    )

    parts = urlsplit(address)
    try:
        client = DagsterGraphQLClient(
            parts.netloc,
            use_https=parts.scheme == "https",
            timeout=SECONDS,
            path_prefix=parts.path.rstrip("/"),
        )
        found = client.reload_repository_location(location)
    except DagsterGraphQLClientError:
        reason = "it can't be reached, or is no webserver of Dagster; correct the variable"
    else:
        if found.status is ReloadRepositoryLocationStatus.SUCCESS:
            return
        # The message may be that of any error in the code location.
        reason = f"{found.failure_type}; see Deployment in its UI"
    # The address is not quoted: it may be that of an endpoint.
    raise NotReloaded(f"The webserver of WP_PIPELINE_WEBSERVER did not reload {location}: {reason}")
