"""A site's own rules in its defs.yaml, and its own .sql files beside it."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import dagster as dg
import pytest
from dagster._utils.warnings import suppress_dagster_warnings as quietly  # as real loading does
from dagster.components.testing import create_defs_folder_sandbox

from wp_pipeline.defs.resources import shared
from wp_pipeline.orchestration.site import WordPressSite
from wp_pipeline.tables.joins.join import JoinError
from wp_pipeline.tables.quality.user_rules import UserRuleError
from wp_pipeline_tests.orchestration.tables.test_runs import build, column
from wp_pipeline_tests.support.dagster_in_process import evaluated, execute, failure_of

pytestmark = pytest.mark.dagster_runs

SITE = "own"
AUTHORS = "SELECT author, count(*) AS posts FROM posts GROUP BY ALL ORDER BY ALL"
BUSIEST = "SELECT author FROM authors ORDER BY posts DESC LIMIT 1"
Project = Callable[..., dg.Definitions]


@pytest.fixture
def project(world) -> Iterator[Project]:
    """Loads a project with one site that has tables, and these rules and files."""
    with ExitStack() as stack:

        def loaded(*rules: dict[str, Any], **files: str) -> dg.Definitions:
            folder = stack.enter_context(create_defs_folder_sandbox())
            attributes = {"site": SITE, "tables": True, "table_rules": list(rules)}
            place = folder.scaffold_component(
                component_cls=WordPressSite,
                defs_path=SITE,
                defs_yaml_contents={
                    "type": "wp_pipeline.orchestration.site.WordPressSite",
                    "attributes": attributes,
                },
            )
            for name, sql in files.items():
                (place / f"{name}.sql").write_text(sql)
            definitions = quietly(stack.enter_context)(folder.build_all_defs())
            return dg.Definitions.merge(definitions, shared())

        yield loaded


def test_a_file_becomes_a_table_behind_those_that_it_names(project, world, instance, tmp_path):
    defs = project(busiest=BUSIEST, authors=AUTHORS)
    graph = defs.resolve_asset_graph()
    assert graph.get(dg.AssetKey([SITE, "tables", "busiest"])).parent_keys == {
        dg.AssetKey([SITE, "tables", "authors"])
    }

    execute(defs, SITE, instance)
    result = build(defs, SITE, instance)

    assert result.success, failure_of(result)
    posts = world.rows("posts")
    authors = sorted({post["author"] for post in posts})
    assert column(world, tmp_path, "authors", "author") == authors
    assert len(column(world, tmp_path, "busiest", "author")) == 1


def test_a_file_replaces_the_joined_table_of_its_name(project, world, instance, tmp_path):
    defs = project(posts_daily="SELECT id AS post_id FROM posts WHERE id < 0")
    execute(defs, SITE, instance)
    build(defs, SITE, instance)

    assert column(world, tmp_path, "posts_daily", "post_id") == []


def test_a_rule_is_a_check_of_the_table_that_it_names_first(project, instance):
    rule = {"name": "ids_are_small", "sql": "SELECT id FROM posts WHERE id > 5", "severity": "warn"}
    defs = project(rule)
    execute(defs, SITE, instance)
    result = build(defs, SITE, instance, "posts")

    check = evaluated(result)["posts", "ids_are_small"]
    assert result.success
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert check.metadata["offenders"].value > 0


def test_a_rule_that_duckdb_rejects_fails_with_its_reason(project, instance):
    defs = project({"name": "broken", "sql": "SELECT colour FROM posts"})
    execute(defs, SITE, instance)
    check = evaluated(build(defs, SITE, instance, "posts"))["posts", "broken"]

    assert not check.passed
    assert 'posts, broken: Referenced column "colour" not found' in check.description


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"lost": "SELECT * FROM nowhere"}, r"lost\.sql: there is no table nowhere; the tables"),
        (
            {"a": "SELECT * FROM b", "b": "SELECT * FROM a"},
            "the joined tables a, b read each other",
        ),
        ({"posts": "SELECT * FROM tags"}, r"posts\.sql: an endpoint has that name; rename"),
        ({"evil": "DROP TABLE posts"}, r"evil\.sql: "),
    ],
)
def test_a_file_that_makes_no_table_is_refused_when_it_is_loaded(project, files, reason):
    assert re.match(reason, why_not_loaded(lambda: project(**files), JoinError))


def test_a_rule_about_no_table_is_refused_when_it_is_loaded(project):
    rule = {"name": "lost", "sql": "SELECT 1 FROM nowhere"}
    reason = why_not_loaded(lambda: project(rule), UserRuleError)
    assert reason.startswith("rule lost: there is no table nowhere; the tables")


def why_not_loaded(load: Callable[[], object], kind: type[Exception]) -> str:
    """Return the error that Dagster shows as the cause of a component that was not loaded."""
    with pytest.raises(Exception, match="defs.yaml") as raised:  # noqa: RUF043 (Dagster's own)
        load()
    assert isinstance(raised.value.__cause__, kind)
    return str(raised.value.__cause__)
