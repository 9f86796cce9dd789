"""Discovers a site, and tries a login there, with the settings of an extraction.

    site = addresses_of_site("example.org")
    found = explore(site, Settings.from_environment(), observer, scope=LISTS)

It is for the commands `discover` and `login`; an extraction does not discover anything.
"""

from collections.abc import Sequence

from wp_pipeline.extraction.extract import reading_options
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import AccessDenied
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.site.api_root import FoundApi
from wp_pipeline.wordpress.site.discovered import DiscoveredSite
from wp_pipeline.wordpress.site.site import Site, open_site

UNENCRYPTED = "the site answers without encryption (http): no login is sent there; turn https on"


def explore(
    addresses: Sequence[Address],
    settings: Settings,
    observer: Observer,
    scope: str,
    credentials: Credentials | None = None,
) -> DiscoveredSite:
    """Return what a site serves, to a visitor or with a login. Raises a SiteError."""
    api = find_api(addresses, settings, observer)
    if credentials is None:
        with open_site(reading_options(settings), observer) as site:
            return site.discover(api, scope)
    with logged_in(api, credentials, settings, observer) as site:
        site.require_login(api)
        return site.discover(api, scope)


def try_login(
    addresses: Sequence[Address], credentials: Credentials, settings: Settings, observer: Observer
) -> None:
    """Raises AccessDenied if the site rejects the login, or another SiteError.

    If the site does not tell, the observer is told.
    """
    api = find_api(addresses, settings, observer)
    with logged_in(api, credentials, settings, observer) as site:
        site.require_login(api)


def find_api(addresses: Sequence[Address], settings: Settings, observer: Observer) -> FoundApi:
    with open_site(reading_options(settings), observer) as site:
        return site.find_api(addresses)


def logged_in(
    api: FoundApi, credentials: Credentials, settings: Settings, observer: Observer
) -> Site:
    """Return a site that is read with a login. Raises AccessDenied if none would be sent."""
    if not api.root.is_confidential:
        raise AccessDenied(UNENCRYPTED)
    return open_site(reading_options(settings, credentials, api.root.origin), observer)
