"""What the parameters of one site hold is that site's fault, however deeply it is nested."""

from collections.abc import Callable

import pytest

from wp_pipeline.aws.parameter_tree import ParameterTree
from wp_pipeline.orchestration.sites.reading import sites_in
from wp_pipeline.settings import Settings

PATH = "/wordpress/sites/"
URL = "https://a.example/wp-json/wp/v2/posts"
# The stack ends somewhere in the first, and a parameter holds no more than the second.
DEPTHS = [1, *range(900, 1010), 4000]


def lists(depth: int) -> str:
    return "[" * depth + "]" * depth


def objects(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("settings", lists),
        ("settings", objects),
        ("settings", lambda depth: f'{{"concurrency": {lists(depth)}}}'),
        ("settings", lambda depth: f'{{"outline_fields": {objects(depth)}}}'),
        ("endpoints", lists),
        ("endpoints", objects),
        ("endpoints", lambda depth: f'["{URL}", {lists(depth)}]'),
        ("endpoints", lambda depth: f'{{"posts": "{URL}", "tags": {objects(depth)}}}'),
    ],
)
def test_deeply_nested_json_is_the_fault_of_its_site(part: str, text: Callable[[int], str]):
    for depth in DEPTHS:
        values = {f"{PATH}{site}/endpoints": URL for site in ("bad", "shop")}
        bad, shop = sites_in(
            ParameterTree({**values, f"{PATH}bad/{part}": text(depth)}, {}), PATH, Settings()
        )

        assert f"{PATH}bad/{part}" in bad.fault or "WP_PIPELINE_" in bad.fault, depth
        assert bad.names == ()
        assert ([one.name for one in shop.names], shop.fault) == (["posts"], "")
