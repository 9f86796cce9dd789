"""When tables are rebuilt: if the data of their objects changed, and as soon as they can be."""

import dagster as dg
import pytest

from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.orchestration.tables.test_runs import build
from wp_pipeline_tests.support.dagster_in_process import execute

pytestmark = pytest.mark.dagster_runs


class Ticks:
    """The ticks of the sensor `<site>_tables`."""

    def __init__(self, defs: dg.Definitions, site: str, instance: dg.DagsterInstance) -> None:
        self._defs, self._site, self._instance = defs, site, instance
        self._cursor = None

    def requested(self) -> set[str]:
        """Evaluate a tick; return the tables that it asks for."""
        tables = dg.AssetSelection.groups(f"{self._site}_tables")
        found = dg.evaluate_automation_conditions(
            self._defs, self._instance, asset_selection=tables, cursor=self._cursor
        )
        self._cursor = found.cursor
        keys = {key for result in found.results for key in [result.key] if result.true_subset.size}
        return {key.path[-1] for key in keys}


@pytest.fixture
def tables(world, load, monkeypatch) -> dg.Definitions:
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    world.extract_these("posts", "tags", raw=["terms"])
    return load()


@pytest.fixture
def ticks(tables, site_name, instance) -> Ticks:
    return Ticks(tables, site_name, instance)


def test_no_table_is_requested_before_there_are_objects(ticks):
    assert ticks.requested() == set()


def test_missing_tables_are_built_when_the_setting_is_turned_on_later(
    ticks, tables, site_name, instance
):
    execute(tables, site_name, instance)
    assert ticks.requested() == {"posts", "tags", "raw_terms", "posts_daily"}


def test_only_the_table_whose_object_changed_is_rebuilt_and_then_its_join(
    world, ticks, tables, site_name, instance
):
    execute(tables, site_name, instance)
    ticks.requested()
    build(tables, site_name, instance)
    assert ticks.requested() == set()

    execute(tables, site_name, instance)  # The same data.
    assert ticks.requested() == set()

    world.site.edit("posts", world.site.readable_ids("posts")[0])
    execute(tables, site_name, instance)
    assert ticks.requested() == {"posts"}
    build(tables, site_name, instance, "posts")
    assert ticks.requested() == {"posts_daily"}


def test_a_refused_endpoint_does_not_hold_up_the_tables_of_others(
    world, ticks, tables, site_name, instance
):
    execute(tables, site_name, instance)
    ticks.requested()
    build(tables, site_name, instance)
    ticks.requested()
    world.site.edit("posts", world.site.readable_ids("posts")[0])
    world.respond("wp/v2/tags", b"no", status=403)

    assert not execute(tables, site_name, instance).success
    assert ticks.requested() == {"posts"}


def edit_posts(world, tables, site_name, instance) -> None:
    world.site.edit("posts", world.site.readable_ids("posts")[0])
    execute(tables, site_name, instance, ["posts"])


def test_a_change_right_after_the_build_is_not_lost(world, ticks, tables, site_name, instance):
    execute(tables, site_name, instance)
    ticks.requested()
    build(tables, site_name, instance)
    edit_posts(world, tables, site_name, instance)  # No tick between the build and this.

    assert ticks.requested() == {"posts"}
    edit_posts(world, tables, site_name, instance)  # After the request, perhaps after its build.
    assert ticks.requested() == {"posts"}
    build(tables, site_name, instance, "posts")
    assert ticks.requested() == {"posts_daily"}
    build(tables, site_name, instance, "posts_daily")
    assert ticks.requested() == set()


def test_tables_that_are_older_than_the_sensor_are_requested_once(
    world, ticks, tables, site_name, instance
):
    execute(tables, site_name, instance)
    build(tables, site_name, instance)
    edit_posts(world, tables, site_name, instance)

    assert "posts" in ticks.requested()
    assert ticks.requested() == set()
    build(tables, site_name, instance)
    assert ticks.requested() == set()


def test_a_table_that_failed_is_not_requested_before_its_object_changes(
    world, ticks, tables, site_name, instance
):
    execute(tables, site_name, instance)
    ticks.requested()
    build(tables, site_name, instance)
    ticks.requested()
    edit_posts(world, tables, site_name, instance)
    assert ticks.requested() == {"posts"}
    place = f"PUT /{BUCKET}/wordpress-api-tables/posts/posts.parquet"
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked == place else None
    assert not build(tables, site_name, instance, "posts").success

    assert [ticks.requested() for _ in range(2)] == [set(), set()]
    edit_posts(world, tables, site_name, instance)
    assert ticks.requested() == {"posts"}


def test_a_joined_table_does_not_wait_for_one_without_which_it_can_be_built(
    world, load, site_name, instance, monkeypatch
):
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    world.extract_these("posts", "tags", "users")
    world.respond("wp/v2/users", b'{"code": "rest_user_cannot_view"}', status=401)
    tables = load()
    ticks = Ticks(tables, site_name, instance)
    execute(tables, site_name, instance, ["tags", "users"])
    assert ticks.requested() == {"tags"}  # Without posts there is nothing to join.
    build(tables, site_name, instance, "tags")
    execute(tables, site_name, instance, ["posts"])

    assert ticks.requested() == {"posts", "posts_daily"}
    assert build(tables, site_name, instance, "posts", "posts_daily").success
    assert ticks.requested() == set()
