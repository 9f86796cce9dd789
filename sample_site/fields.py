"""What `_fields` leaves of an answer."""

from functools import lru_cache
from typing import Any

Tree = dict[str, Any]


def selected(value: Any, fields: str) -> Any:
    """What `_fields` leaves of a value; nothing at all is `[]`, as PHP spells an empty array."""
    wanted = field_tree(fields)
    return intersection(value, wanted) if wanted else value


@lru_cache(maxsize=256)
def field_tree(fields: str) -> Tree:
    """`id,title.rendered` as nested keys; a field asked for as a whole beats its parts."""
    tree: Tree = {}
    for field in fields.replace(",", " ").split():
        branch, *path = tree, *field.split(".")
        for name in path[:-1]:
            branch = branch.setdefault(name, {})
            if branch is True:
                break
        else:
            branch[path[-1]] = True
    return tree


def intersection(value: Any, wanted: Tree) -> Any:
    if isinstance(value, list):
        return [value[int(key)] for key in wanted if key.isdigit() and int(key) < len(value)]
    kept = {}
    for key, part in value.items():
        if key in wanted:
            nested = isinstance(part, (dict, list)) and wanted[key] is not True
            kept[key] = intersection(part, wanted[key]) if nested else part
    return kept or []
