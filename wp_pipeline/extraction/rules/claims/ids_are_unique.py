"""No id comes twice."""

from wp_pipeline.extraction.rules.rule import Found, Rule, Subject, known_kinds


def repeated_ids(subject: Subject) -> Found:
    """Return the ids, numbers or strings, that more than one item of an array has."""
    seen: set[int | str] = set()
    repeated: dict[int | str, None] = {}
    for item in subject.json.items(["id"]):
        if isinstance(item.id, (int, str)):
            if item.id in seen:
                repeated[item.id] = None
            seen.add(item.id)
    return Found(list(repeated))


RULE = Rule(
    "ids_are_unique",
    "No two items share an id: pages shift while a site changes, but no row may come twice.",
    repeated_ids,
    "Ids that come more than once: {}.",
    applies=known_kinds,
)
