"""The check `answered` brings the reason of a refusal to the asset's own page."""

import dagster as dg
import pytest

from wp_pipeline.orchestration.answered import NEVER_EXTRACTED
from wp_pipeline_tests.support.dagster_in_process import evaluated, execute, execute_checks

pytestmark = pytest.mark.dagster_runs

ANSWERED, UNIQUE = "answered", "ids_are_unique"
FORBIDDEN = b'{"code": "rest_forbidden", "message": "Sorry, s3cr3t"}'


@pytest.fixture
def refused_run(world, defs, site_name, instance):
    """A run that refuses tags, after one that stored them."""
    execute(defs, site_name, instance)
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    return execute(defs, site_name, instance)


def test_the_check_answered_fails_with_the_reason_and_the_other_checks_pass(refused_run):
    checks = evaluated(refused_run)

    assert not refused_run.success
    assert checks["tags", ANSWERED].severity is dg.AssetCheckSeverity.ERROR
    assert checks["tags", ANSWERED].description.startswith("tags: HTTP 403 rest_forbidden")
    assert [key for key, check in checks.items() if not check.passed] == [("tags", ANSWERED)]


def test_the_reason_is_the_description_of_the_assets_event(refused_run, instance, site_name):
    (record,) = instance.fetch_observations(dg.AssetKey([site_name, "tags"]), limit=9).records

    assert record.asset_observation.description.startswith("tags: HTTP 403 rest_forbidden")


def test_the_failure_of_the_run_has_a_table_of_what_was_refused(refused_run):
    (failed,) = [event for event in refused_run.all_events if event.is_step_failure]
    (record,) = failed.step_failure_data.user_failure_data.metadata["refused"].records

    assert record.data["endpoint"] == "tags"
    assert record.data["reason"].startswith("HTTP 403 rest_forbidden")


def test_run_alone_the_check_answered_repeats_the_reason_without_a_request(
    refused_run, world, defs, site_name, instance
):
    world.server.requests.clear()

    checks = evaluated(
        execute_checks(defs, site_name, instance, ("tags", ANSWERED), ("posts", ANSWERED))
    )

    assert checks["tags", ANSWERED].description.startswith("tags: HTTP 403 rest_forbidden")
    assert checks["posts", ANSWERED].passed
    assert world.server.requests == []


def test_the_check_answered_passes_after_the_next_extraction(
    refused_run, world, defs, site_name, instance
):
    world.server.answers = world.site.answer

    assert evaluated(execute(defs, site_name, instance, ["tags"]))["tags", ANSWERED].passed
    alone = execute_checks(defs, site_name, instance, ("tags", ANSWERED))
    assert evaluated(alone)["tags", ANSWERED].passed


def test_the_check_answered_fails_for_an_endpoint_that_was_never_extracted(
    defs, site_name, instance
):
    checks = evaluated(execute_checks(defs, site_name, instance, ("tags", ANSWERED)))

    assert not checks["tags", ANSWERED].passed
    assert checks["tags", ANSWERED].description == NEVER_EXTRACTED
