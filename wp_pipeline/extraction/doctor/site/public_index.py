"""Whether routes that look secret stand in the site's public index."""

from collections.abc import Iterator, Sequence

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, look_at, ok
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint, by_api_root
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.site.diagnosis.public_index import is_public
from wp_pipeline.wordpress.site.site import Site


def run(examination: Examination) -> Iterator[Finding]:
    configuration = examination.configuration
    if configuration is None:
        return
    secret = [one for one in configuration.endpoints if not one.is_known_kind]
    if not secret:
        return
    with examination.open_site() as site:
        shown = [name for group in by_api_root(secret).values() for name in public(site, group)]
    if not shown:
        yield ok("secrecy", "no route of a plugin stands in the site's public index")
        return
    yield look_at(
        "secrecy",
        f"in the site's public index, for everybody to read: {', '.join(shown)}",
        "do not rely on the URL being secret: let the plugin demand a login, or hide the index",
    )


def public(site: Site, endpoints: Sequence[Endpoint]) -> list[str]:
    """Return the names of those whose route the index shows; nothing where there is no index."""
    try:
        routes = site.public_routes(endpoints[0])
    except SiteError:
        return []
    return [endpoint.name for endpoint in endpoints if is_public(endpoint, routes)]


CHECK = Check("secrecy", 52, run, needs="configuration")
