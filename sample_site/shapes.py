"""In which form an item is wanted, and the pieces that every form is made of."""

from typing import Any, NamedTuple

from sample_site.addresses import Addresses
from sample_site.fields import field_tree

CURIES = [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}]

Json = dict[str, Any]


class Shape(NamedTuple):
    """How items are to be sent: for which site, in which context, with which fields."""

    addresses: Addresses
    id_style: str = "int"
    context: str = "view"
    fields: str = ""

    def wants(self, field: str) -> bool:
        """Whether a field is worth the work: WordPress too renders only what `_fields` names."""
        tree = field_tree(self.fields)
        return not tree or field in tree


def embeddable(href: str) -> Json:
    return {"embeddable": True, "href": href}
