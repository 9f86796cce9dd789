"""How the routes of a site are named and shown, without parts that may be secret.

A plugin's route may end in a random part, which alone protects its data: it is never shown.
"""

import re
from collections.abc import Iterable

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import asset_name, is_known_route, name_from
from wp_pipeline.wordpress.endpoints.shapes import UNKNOWN, shape_of

HIDDEN = "…"
ROUTE = re.compile(r"(?!.*\.\.)[A-Za-z0-9_/.-]{1,200}")
# `_83920473`, `-x4tplw9`, `_2cbkggco`, `_rgshnzjn`: four characters with two digits; six with a
# digit before a letter, unlike `oauth2`; or eight with five consonants in a row.
RANDOM_SUFFIX = re.compile(
    r"(?<=[_-])(?:(?=(?:[A-Za-z]*\d){2})[A-Za-z0-9]{4,}|(?=[A-Za-z]*\d[A-Za-z])[A-Za-z0-9]{6,}"
    r"|(?i:(?=[a-z0-9]*[bcdfghjklmnpqrstvwxz]{5})[a-z0-9]{8,}))$"
)
# A segment that is random as a whole.
RANDOM = re.compile(r"\d{6,}|(?=(?:[a-z]*\d){2})[0-9a-f]{8,}|(?=(?:[A-Za-z]*\d){3})[A-Za-z0-9]{8,}")


def looks_secret(route: str) -> bool:
    """Whether a segment of a route is random, or ends in a random part."""
    return any(is_random(segment) for segment in route.split("/"))


def is_random(segment: str) -> bool:
    return bool(RANDOM_SUFFIX.search(segment) or RANDOM.fullmatch(segment))


def shown(address: Address) -> str:
    """Return the route below the API's root, such as `wp/v2/posts` or `mo/v1/posts_…`.

    In a plugin's route, the part after the last underscore is hidden, even if it does not look
    random. It is no part of the endpoint's name.
    """
    root = address.api_root
    route = address.route.removeprefix(root.route if root.route != "/" else "").strip("/")
    *before, last = route.split("/")
    if not is_known_route(address) and shape_of(address) is UNKNOWN and "_" in last:
        last = f"{last.rpartition('_')[0]}_{HIDDEN}"
    text = "/".join(masked(segment) for segment in (*before, last))
    return text if ROUTE.fullmatch(text.replace(HIDDEN, "")) else "a route"


def masked(segment: str) -> str:
    if RANDOM.fullmatch(segment):
        return HIDDEN
    return RANDOM_SUFFIX.sub(HIDDEN, segment)


def names_for(addresses: Iterable[Address], taken: Iterable[str] = ()) -> list[str]:
    """Return a name for each endpoint, all different and none of them `taken`.

    A name that is used already gets the first word of its namespace, `mo_posts`, or a number.
    """
    keys = {asset_name(name) for name in taken}
    names = []
    for address in addresses:
        name = next(one for one in candidates(address) if asset_name(one) not in keys)
        keys.add(asset_name(name))
        names.append(name)
    return names


def candidates(address: Address) -> Iterable[str]:
    """Yield names for an endpoint, the best first, without end."""
    name = masked(name_from(address)).replace(HIDDEN, "").rstrip("_-") or "endpoint"
    yield name
    word = re.sub(r"\W", "_", shown(address).partition("/")[0])
    yield f"{word}_{name}"
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1
