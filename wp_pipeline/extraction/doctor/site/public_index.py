"""Whether routes that look secret stand in the site's public index."""

from collections.abc import Iterator
from itertools import groupby

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, look_at, ok
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.site.diagnosis.public_index import is_public
from wp_pipeline.wordpress.site.site import Site


def run(examination: Examination) -> Iterator[Finding]:
    configuration = examination.configuration
    if configuration is None:
        return
    secret = sorted((one for one in configuration.endpoints if not one.is_known_kind), key=root_of)
    if not secret:
        return
    with examination.open_site() as site:
        shown = [name for _, group in groupby(secret, root_of) for name in public(site, group)]
    if not shown:
        yield ok("secrecy", "no route of a plugin stands in the site's public index")
        return
    yield look_at(
        "secrecy",
        f"in the site's public index, for everybody to read: {', '.join(shown)}",
        "do not rely on the URL being secret: let the plugin demand a login, or hide the index",
    )


def public(site: Site, endpoints: Iterator[Endpoint]) -> list[str]:
    """Return the names of those whose route the index shows; nothing where there is no index."""
    members = list(endpoints)
    try:
        routes = site.public_routes(members[0])
    except SiteError:
        return []
    return [endpoint.name for endpoint in members if is_public(endpoint, routes)]


def root_of(endpoint: Endpoint) -> str:
    return endpoint.address.api_root.url


CHECK = Check("secrecy", 52, run, needs="configuration")
