import json
import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest

from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.support.dagster_in_process import (
    Result,
    execute,
    failure_of,
    materialized,
    metadata_of,
)

pytestmark = pytest.mark.dagster_runs

KEY = "wordpress-api/report.html"


@pytest.fixture
def report(site_name) -> dg.AssetKey:
    return dg.AssetKey([site_name, "report"])


def rebuild(defs: dg.Definitions, report: dg.AssetKey, instance: dg.DagsterInstance) -> Result:
    """Materialize the report alone, as the sensor and the button of the UI do."""
    return defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance, asset_selection=[report], raise_on_error=False
    )


def text(world) -> str:
    """The text of the stored report."""
    html = re.sub(r"<style>.*?</style>", "", world.aws.object(KEY).decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").split())


def test_the_report_is_the_end_of_the_lineage_and_not_in_the_job(defs, report, site_name):
    graph = defs.resolve_asset_graph()
    endpoints = graph.materializable_asset_keys - {report}
    job = defs.resolve_job_def(f"{site_name}_extraction")

    assert graph.get(report).parent_keys == endpoints
    assert graph.get(report).kinds == {"html"}
    assert graph.get(report).group_name == site_name
    assert set(job.asset_layer.executable_asset_keys) == endpoints
    checks = job.asset_layer.asset_graph.asset_check_keys
    assert {key.asset_key for key in checks} == endpoints


def test_the_report_is_built_of_what_was_extracted(world, defs, instance, site_name, report):
    execute(defs, site_name, instance)
    result = rebuild(defs, report, instance)

    assert result.success
    metadata = metadata_of(result, "report")
    assert metadata["report"] == f"s3://{BUCKET}/{KEY}"
    assert metadata["size_bytes"] == len(world.aws.object(KEY))
    assert re.fullmatch(
        r"7 posts, complete as of \d+ \w+ \d{4}, \d\d:\d\d UTC", metadata["headline"]
    )
    found = text(world)
    assert f"{site_name}: 7 posts {site_name} 7 posts Complete as of" in found
    assert re.search(r"posts\.json every row, proven 7 .{18,20} 6 of 6 checks passed", found)
    assert re.search(r"The last extractions .* \d\d:\d\d 7 –", found)  # noqa: RUF001
    version = materialized(result)["report"].tags["dagster/data_version"]
    assert version == world.aws.head(KEY)["Metadata"]["sha256"]


def test_an_equal_report_is_not_uploaded_again(world, defs, instance, site_name, report):
    execute(defs, site_name, instance)
    rebuild(defs, report, instance)
    world.aws.operations.clear()
    result = rebuild(defs, report, instance)

    assert metadata_of(result, "report")["unchanged"] is True
    assert world.uploads() == []


def test_everything_can_be_materialized_in_one_run(world, defs, instance, report):
    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(instance=instance, raise_on_error=False)

    assert result.success
    assert set(materialized(result)) == {"posts", "tags", "raw_terms", "report"}
    assert "7 posts, complete" in metadata_of(result, "report")["headline"]


def test_a_refused_endpoint_is_told_with_its_reason(world, load, instance, site_name, report):
    defs = load()
    execute(defs, site_name, instance)
    answers = world.server.answers
    world.respond("wp/v2/tags", b"<html>maintenance</html>", 404)
    assert not execute(defs, site_name, instance).success
    rebuild(defs, report, instance)

    found = text(world)
    assert "2 of 3 files up to date" in found
    assert re.search(r"Worth a look tags : not brought up to date: HTTP 404", found)
    assert "maintenance" not in found

    world.server.answers = answers
    execute(defs, site_name, instance)
    rebuild(defs, report, instance)
    assert "Worth a look" not in text(world)


def test_a_check_that_did_not_pass_is_told(world, defs, instance, site_name, report):
    execute(defs, site_name, instance)
    world.aws.put_object("wordpress-api/tags.json", b'[{"id": 4}, {"id": 4}]')
    checks = {dg.AssetCheckKey(dg.AssetKey([site_name, "tags"]), "ids_are_unique")}
    job = defs.resolve_implicit_global_asset_job_def()
    job.get_subset(asset_selection=set(), asset_check_selection=checks).execute_in_process(
        instance=instance, raise_on_error=False
    )
    rebuild(defs, report, instance)

    assert "tags : the check “ids are unique” did not pass." in text(world)


def test_without_any_extraction_the_report_says_that_nothing_is_stored(
    world, defs, instance, report
):
    result = rebuild(defs, report, instance)

    assert result.success
    assert "Nothing is stored yet" in metadata_of(result, "report")["headline"]


def test_no_secret_and_nobodys_address_is_in_the_report(world, load, instance, site_name, report):
    world.extract_these("posts", "comments", "users", raw=["posts"])
    defs = load()
    execute(defs, site_name, instance)
    address = "Write to ada@example.org or https://example.org/?p=1 or 192.168.0.17"
    posts = world.rows("posts")
    posts[0]["title"]["rendered"] = address
    body = json.dumps(posts).encode()
    world.aws.put_object("wordpress-api/posts.json", body)
    rebuild(defs, report, instance)

    html = world.aws.object(KEY).decode()
    for secret in ("4821", world.server.url, "127.0.0.1", "://", "@example", "192.168", BUCKET):
        assert secret not in html
    assert "Busiest authors" in html


def test_a_failure_of_aws_is_one_line(world, defs, instance, report):
    place = f"PUT /{BUCKET}/{KEY}"
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked == place else None

    result = rebuild(defs, report, instance)
    assert failure_of(result) == "report: S3: access denied; allow s3:PutObject"


def test_the_report_is_retried_where_that_may_help(world, defs, instance, report):
    place = f"PUT /{BUCKET}/{KEY}"
    failed: list[str] = []

    def fails_once(asked: str):
        if asked != place or failed:
            return None
        failed.append(asked)
        return 400, "BadDigest"

    world.aws.faults = fails_once
    assert rebuild(defs, report, instance).success
    assert failed == [place]


def test_a_missing_parameter_is_one_line(world, defs, instance, report):
    world.aws.forget()

    assert failure_of(rebuild(defs, report, instance)) == (
        f"report: parameter {Settings().bucket_parameter} does not exist: create it in this region"
    )


def names_in(defs: dg.Definitions) -> set[str]:
    return {key.path[-1] for key in defs.resolve_asset_graph().materializable_asset_keys}


def sensors_in(defs: dg.Definitions) -> set[str]:
    return {sensor.name.rpartition("_")[2] for sensor in defs.get_repository_def().sensor_defs}


def test_an_endpoint_with_the_name_of_the_report_takes_its_place(world, load, caplog, site_name):
    world.extract_these("posts", also=f"report={world.url('wp/v2/pages')}")
    with caplog.at_level(logging.WARNING, "wp_pipeline"):
        defs = load()

    assert names_in(defs) == {"posts", "report"}
    assert sensors_in(defs) == {"changes", "endpoints", "failures"}
    told = [record.getMessage() for record in caplog.records if record.name == "wp_pipeline"]
    assert told == [f"{site_name}: there is no report, because an endpoint has the name report"]


def test_without_the_extra_there_is_no_report(world, load, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygal", None)
    defs = load()

    assert names_in(defs) == {"posts", "tags", "raw_terms"}
    assert sensors_in(defs) == {"changes", "endpoints", "failures"}


class Automation:
    """Evaluates the condition of the report again and again, as the sensor's ticks do."""

    def __init__(self, defs: dg.Definitions, instance: dg.DagsterInstance, key: dg.AssetKey):
        self._defs, self._instance, self._key = defs, instance, key
        self._cursor: Any = None

    def requests_it(self) -> bool:
        result = dg.evaluate_automation_conditions(
            self._defs, self._instance, cursor=self._cursor,
            asset_selection=dg.AssetSelection.assets(self._key),
        )  # fmt: skip
        self._cursor = result.cursor
        return result.get_num_requested(self._key) == 1


def refuse_tags(world) -> None:
    world.respond("wp/v2/tags", b"{}", 404)


CHANGES: Mapping[str, Any] = {
    "all endpoints are materialized": lambda world: None,
    "one was refused, and was never stored": refuse_tags,
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_report_is_rebuilt_once_after_a_run(world, defs, instance, site_name, report, change):
    automation = Automation(defs, instance, report)
    assert not automation.requests_it()
    CHANGES[change](world)
    execute(defs, site_name, instance)

    assert automation.requests_it()
    rebuild(defs, report, instance)
    assert not automation.requests_it()
    execute(defs, site_name, instance, ["posts"])  # Unchanged: but as of a later time.
    assert automation.requests_it()
    assert not automation.requests_it()


def test_the_report_is_rebuilt_once_after_a_run_in_which_all_endpoints_are_refused(
    world, load, instance, site_name, report
):
    defs = load()
    execute(defs, site_name, instance)
    automation = Automation(defs, instance, report)
    automation.requests_it()
    for route in ("wp/v2/posts", "wp/v2/tags", "mo/v1/terms_4821"):
        world.respond(route, b"<html>maintenance</html>", 404)
    assert materialized(execute(defs, site_name, instance)) == {}

    assert automation.requests_it()
    rebuild(defs, report, instance)
    assert "0 of 3 files up to date" in text(world)
    assert not automation.requests_it()


def test_the_report_is_not_rebuilt_after_a_run_that_built_it(world, defs, instance, report):
    automation = Automation(defs, instance, report)
    automation.requests_it()
    defs.resolve_implicit_global_asset_job_def().execute_in_process(instance=instance)

    assert not automation.requests_it()


def test_the_report_is_not_rebuilt_while_a_run_is_in_progress(
    world, defs, instance, site_name, report
):
    automation = Automation(defs, instance, report)
    automation.requests_it()
    execute(defs, site_name, instance, ["posts"])
    run = instance.create_run_for_job(
        defs.resolve_job_def(f"{site_name}_extraction"), status=dg.DagsterRunStatus.STARTED
    )

    assert not automation.requests_it()
    instance.report_run_canceled(run)
    assert automation.requests_it()


def test_the_sensor_of_the_report_targets_only_the_report_and_is_off(defs, report, site_name):
    sensor = defs.resolve_sensor_def(f"{site_name}_report")

    assert sensor.asset_selection.resolve(defs.resolve_asset_graph()) == {report}
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
