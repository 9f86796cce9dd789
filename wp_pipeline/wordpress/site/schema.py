"""What a site's own schema says of the members of an endpoint's items."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A member of an endpoint's items, as the JSON schema of its route declares it.

    `types` are JSON schema's; `items` those of an array's values; `properties` the names of an
    object's members. What the schema does not say is empty.
    """

    types: tuple[str, ...]
    format: str = ""
    description: str = ""
    items: tuple[str, ...] = ()
    properties: frozenset[str] = frozenset()
