"""The routes that a site describes in its index.

https://developer.wordpress.org/rest-api/extending-the-rest-api/routes-and-endpoints/
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.shapes import UNKNOWN, shape_of
from wp_pipeline.wordpress.site.route_names import ROUTE

TYPE, CUSTOM_TYPE, TAXONOMY, CORE, PLUGIN = (
    "post type",
    "custom type",
    "taxonomy",
    "core",
    "plugin",
)
BELOW_AN_ITEM = "(?P<"  # wp/v2/font-families/(?P<id>[\d]+)/font-faces
CORE_NAMESPACE = "wp/v2"
# Namespaces that serve the editor, or other sites, and no data.
WITHOUT_DATA = re.compile(r"(oembed|batch|wp-site-health|wp-block-editor|wp-abilities)/.+")
BUILT_IN = frozenset({"wp/v2/posts", "wp/v2/pages", "wp/v2/media"})
# Neither a post type nor a taxonomy.
ALWAYS_THERE = ("wp/v2/comments", "wp/v2/users")
# Post types and taxonomies of the editor, of which most sites have none.
INTERNAL = frozenset(
    f"wp/v2/{name}"
    for name in (
        "blocks", "navigation", "templates", "template-parts", "global-styles", "font-families",
        "font-faces", "menu-items", "menus", "wp_pattern_category", "changesets",
    )
)  # fmt: skip
# For a site that does not list its types or taxonomies.
USUAL = {
    "types": ("wp/v2/posts", "wp/v2/pages", "wp/v2/media"),
    "taxonomies": ("wp/v2/categories", "wp/v2/tags"),
}
PAGED = frozenset({"per_page", "page", "offset", "limit", "paging"})
VERSION = re.compile(r"(.+)/v(\d+)")


@dataclass(frozen=True)
class Route:
    """A route below the API's root. `is_sure` means that it is described as a collection."""

    path: str
    kind: str = CORE
    is_sure: bool = True

    @property
    def is_internal(self) -> bool:
        return self.path in INTERNAL


@dataclass(frozen=True)
class SiteIndex:
    """The index of a site, as the site sent it: any member may be of any type."""

    members: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The site's name, in one line that is safe to print."""
        text = html.unescape(str(self.members.get("name") or ""))
        return "".join(one for one in text if one.isprintable())[:80]

    @property
    def timezone(self) -> str:
        text = str(self.members.get("timezone_string") or "")
        offset = self.members.get("gmt_offset")
        if re.fullmatch(r"[A-Za-z0-9_/+-]{1,40}", text):
            return text
        return f"UTC{offset:+g}" if isinstance(offset, (int, float)) else ""

    @property
    def routes(self) -> Mapping[str, Mapping[str, Any]]:
        """The described routes that can be requested as they are, without a slash at the front."""
        found = self.members.get("routes")
        described = found if isinstance(found, dict) else {}
        return {
            path.strip("/"): entry
            for path, entry in described.items()
            if isinstance(entry, dict) and ROUTE.fullmatch(path.strip("/"))
        }

    @property
    def paths(self) -> Iterator[str]:
        """Every route of a plugin, also those with a part for an id."""
        found = self.members.get("routes")
        for path, entry in found.items() if isinstance(found, dict) else ():
            namespace = entry.get("namespace") if isinstance(entry, dict) else None
            if namespace and namespace != CORE_NAMESPACE:
                yield path.strip("/")

    def plugin_routes(self, root: Address) -> Iterator[Route]:
        """Yield the routes of plugins that look like lists by their description."""
        routes = self.routes
        for path, entry in routes.items():
            namespace = str(entry.get("namespace") or "")
            if namespace in ("", CORE_NAMESPACE, path) or WITHOUT_DATA.fullmatch(namespace):
                continue
            if is_older(path, namespace, routes):
                continue
            for arguments in gets(entry):
                is_shaped = shape_of(root.below(path)) is not UNKNOWN
                is_sure = is_shaped or bool(PAGED & set(arguments))
                if is_sure or (not arguments and entry.get("methods") == ["GET"]):
                    yield Route(path, PLUGIN, is_sure)

    def other_routes(self) -> Iterator[Route]:
        """Yield every other route that can be requested without an argument."""
        for path, entry in self.routes.items():
            namespace = str(entry.get("namespace") or "")
            is_root = path in ("", namespace)
            if not is_root and not WITHOUT_DATA.fullmatch(namespace) and list(gets(entry)):
                kind = CORE if namespace == CORE_NAMESPACE else PLUGIN
                yield Route(path, kind, is_sure=False)

    @property
    def namespaces(self) -> Mapping[str, int]:
        """The namespaces of plugins, with the number of their routes."""
        counts: dict[str, int] = {}
        for name in list_at(self.members, "namespaces"):
            is_plain = isinstance(name, str) and ROUTE.fullmatch(name)
            if is_plain and name != CORE_NAMESPACE and not WITHOUT_DATA.fullmatch(name):
                counts[name] = sum(one.startswith(f"{name}/") for one in self.paths)
        return counts


def gets(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the arguments of a route's GET, unless one of them is required."""
    for endpoint in list_at(entry, "endpoints"):
        if not isinstance(endpoint, dict) or "GET" not in list_at(endpoint, "methods"):
            continue
        arguments = endpoint.get("args") or {}  # PHP writes an empty object as [].
        if not isinstance(arguments, dict):
            return
        described = [one for one in arguments.values() if isinstance(one, dict)]
        if not any(one.get("required") for one in described):
            yield arguments
        return


def list_at(members: Mapping[str, Any], name: str) -> list[Any]:
    found = members.get(name)
    return found if isinstance(found, list) else []


def is_older(path: str, namespace: str, routes: Mapping[str, Any]) -> bool:
    """Whether a higher version of the namespace has the same route: wc/v1 and wc/v3."""
    own = VERSION.fullmatch(namespace)
    if not own:
        return False
    rest = path.removeprefix(namespace)
    newer = (f"{own[1]}/v{number}{rest}" for number in range(int(own[2]) + 1, int(own[2]) + 9))
    return any(one in routes for one in newer)
