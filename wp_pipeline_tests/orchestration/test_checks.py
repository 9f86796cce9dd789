import json

import dagster as dg
import pytest

from wp_pipeline.orchestration.checks import materializations
from wp_pipeline.settings import Settings
from wp_pipeline_tests.support.dagster_in_process import (
    evaluated,
    execute,
    execute_checks,
    failure_of,
    materialized,
)

pytestmark = pytest.mark.dagster_runs

NOT_EMPTY, UNIQUE = "payload_is_not_empty", "ids_are_unique"
DROPPED, SCHEMA = "row_count_has_not_dropped", "schema_has_not_changed"
REFERENCES, TOTAL = "references_resolve", "total_agrees"

# The stored object, the check that reads it, and whether it passes.
STORED = {
    "sound": (b'[{"id": 1}, {"id": 2}]', UNIQUE, True),
    "sound_too": (b'[{"id": 1}, {"id": 1}]', NOT_EMPTY, True),
    "id_twice": (b'[{"id": 1}, {"id": 2}, {"id": 1}]', UNIQUE, False),
    "empty": (b"[]\n", NOT_EMPTY, False),
    "empty_object": (b"{}", NOT_EMPTY, False),
    "empty_data": (b'{"status": "SUCCESS", "data": []}', NOT_EMPTY, False),
    "may_be_empty": (b"[]\n", NOT_EMPTY, True),
    "may_be_empty_but_json": (b"", NOT_EMPTY, False),
    "may_be_empty_but_there": (None, NOT_EMPTY, False),
    "cut_off": (b'[{"id": 1}, {"id', UNIQUE, False),
    "cut_off_soon": (b"[", NOT_EMPTY, False),
    "nothing_in_it": (b"", UNIQUE, False),
    "page": (b"<html>", UNIQUE, False),
    "never_stored": (None, UNIQUE, False),
    "never_stored_too": (None, NOT_EMPTY, False),
}


def test_checks_alone_read_the_stored_object_and_send_no_request_to_the_site(
    world, load, instance, site_name, monkeypatch
):
    monkeypatch.setenv("WP_PIPELINE_MAY_BE_EMPTY", ",".join(n for n in STORED if "may_be" in n))
    world.put_endpoints(",".join(f"{name}={world.url('wp/v2/posts')}" for name in STORED))
    for name, (body, _, _) in STORED.items():
        if body is not None:
            world.aws.put_object(f"wordpress-api/{name}.json", body)
    defs = load()
    world.aws.operations.clear()

    chosen = [(name, check) for name, (_, check, _) in STORED.items()]
    result = execute_checks(defs, site_name, instance, *chosen)
    assert result.success
    found = evaluated(result)
    assert {name: (check, one.passed) for (name, check), one in found.items()} == {
        name: (check, passes) for name, (_, check, passes) in STORED.items()
    }
    assert world.server.requests == []
    assert world.aws.operations.count("GetParameters") == 1
    assert world.uploads() == []
    for (name, _), one in found.items():
        if STORED[name][0] is None:
            assert "materialize the asset" in one.description
        if name in ("cut_off", "cut_off_soon", "nothing_in_it", "page", "may_be_empty_but_json"):
            assert "it is no JSON, or only a part of it" in one.description


def test_an_object_is_read_once_for_all_checks_of_its_endpoint(world, defs, instance, site_name):
    world.aws.put_object("wordpress-api/tags.json", b'[{"id": 1}, {"id": 2}]')
    world.aws.operations.clear()
    checks = [UNIQUE, NOT_EMPTY, DROPPED, SCHEMA, TOTAL]

    found = evaluated(execute_checks(defs, site_name, instance, *(("tags", one) for one in checks)))

    assert {check for _, check in found} == set(checks)
    assert world.aws.operations.count("GET /test-lake/wordpress-api/tags.json") == 1


def test_repeated_ids_are_shown_up_to_a_limit(world, defs, instance, site_name):
    ids = [*range(1, 31), *range(1, 26)]
    body = json.dumps([{"id": one} for one in ids]).encode()
    world.aws.put_object("wordpress-api/posts.json", body)

    found = evaluated(execute_checks(defs, site_name, instance, ("posts", UNIQUE)))
    metadata = found["posts", UNIQUE].metadata
    assert metadata["offenders"].value == 25
    assert metadata["examples"].value == list(range(1, 21))


def test_an_asset_can_be_materialized_while_another_is_only_checked(
    world, defs, instance, site_name
):
    world.aws.put_object("wordpress-api/tags.json", b"[]")
    result = execute(defs, site_name, instance, ["posts"])

    assert {name for name, _ in evaluated(result)} == {"posts"}
    assert world.stored("tags") == b"[]"


@pytest.mark.parametrize("fault", ["no parameter", "no access"])
def test_a_check_that_cannot_run_fails_the_run_instead_of_passing(
    world, defs, instance, site_name, fault
):
    if fault == "no parameter":
        world.aws.forget()
    else:
        world.aws.faults = lambda asked: (
            (403, "AccessDenied") if asked.startswith("GET /") else None
        )

    result = execute_checks(defs, site_name, instance, ("posts", UNIQUE))
    assert not result.success
    assert evaluated(result) == {}
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    message = failed.step_failure_data.error.to_string()
    assert ("allow s3:GetObject" in message) or (Settings().bucket_parameter in message)


def test_the_checks_of_a_refused_endpoint_are_about_what_is_stored(
    world, load, instance, site_name
):
    world.extract_these("posts", "pages")
    world.aws.put_object("wordpress-api/pages.json", b'[{"id": 1}, {"id": 1}]')

    result = execute(load(), site_name, instance)
    assert failure_of(result).startswith("pages: the site sent no rows; the stored object is kept.")
    checks = evaluated(result)
    assert set(materialized(result)) == {"posts"}
    assert checks["pages", NOT_EMPTY].passed
    assert not checks["pages", UNIQUE].passed


def test_the_checks_of_a_refused_endpoint_say_that_nothing_is_stored(
    world, load, instance, site_name
):
    world.extract_these("posts", "pages")

    check = evaluated(execute(load(), site_name, instance))["pages", NOT_EMPTY]
    assert not check.passed
    assert check.description == "Nothing is stored yet: materialize the asset."


def test_a_check_that_cannot_run_does_not_block_other_endpoints(world, load, instance, site_name):
    unreadable = "GET /test-lake/wordpress-api/posts.json"
    world.aws.faults = lambda operation: (403, "AccessDenied") if operation == unreadable else None

    result = execute(load(), site_name, instance)

    assert not result.success
    assert "posts: ids_are_unique could not run: S3: access denied" in failure_of(result)
    assert set(materialized(result)) == {"posts", "tags", "raw_terms"}


def test_a_rule_can_see_the_latest_materializations(world, defs, instance, site_name):
    history = materializations(instance, dg.AssetKey([site_name, "posts"]))
    assert history() == []
    execute(defs, site_name, instance, ["posts"])
    world.site.publish("posts")
    execute(defs, site_name, instance, ["posts"])

    now, before = history()
    assert (now["dagster/row_count"], before["dagster/row_count"]) == (8, 7)
    assert before["dagster/column_schema"]["id"] == "integer"


def values(check: dg.AssetCheckEvaluation) -> dict[str, object]:
    return {name: value.value for name, value in check.metadata.items()}


def test_lost_rows_warn_until_the_next_materialization(world, defs, instance, site_name):
    execute(defs, site_name, instance, ["posts"])
    for post in world.site.readable_ids("posts")[:2]:
        world.site.delete("posts", post)

    result = execute(defs, site_name, instance, ["posts"])
    assert result.success
    check = evaluated(result)["posts", DROPPED]
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert values(check) == {
        "offenders": 2,
        "examples": ["5 rows, and 7 before"],
        "rows": 5,
        "rows_before": 7,
        "share": 0.2857,
    }
    alone = evaluated(execute_checks(defs, site_name, instance, ("posts", DROPPED)))
    assert not alone["posts", DROPPED].passed
    assert evaluated(execute(defs, site_name, instance, ["posts"]))["posts", DROPPED].passed


def test_a_changed_column_warns(world, defs, instance, site_name):
    world.respond("mo/v1/terms_4821", b'[{"term_id": "1", "name": "a"}]')
    execute(defs, site_name, instance, ["raw_terms"])
    world.respond("mo/v1/terms_4821", b'[{"term_id": 1, "title": "a"}]')

    check = evaluated(execute(defs, site_name, instance, ["raw_terms"]))["raw_terms", SCHEMA]
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert values(check)["examples"] == [
        "title was added",
        "name was removed",
        "term_id was string and is integer",
    ]


def test_rows_that_are_counted_and_hidden_warn_if_they_are_many(world, load, instance, site_name):
    world.extract_these("comments")
    defs = load()
    assert evaluated(execute(defs, site_name, instance))["comments", TOTAL].passed
    for comment in world.site.readable_ids("comments")[:3]:
        world.site.hide("comments", comment)

    check = evaluated(execute(defs, site_name, instance))["comments", TOTAL]
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    announced = values(check)["announced"]
    assert values(check)["hidden"] == announced - len(world.rows("comments"))


def test_references_are_compared_when_all_objects_of_the_run_are_stored(
    world, load, instance, site_name
):
    world.extract_these("comments", "posts", "tags")
    for name in ("posts", "tags"):  # What was stored before must not be what is compared.
        world.aws.put_object(f"wordpress-api/{name}.json", b"[]")

    checks = evaluated(execute(load(), site_name, instance))
    assert checks["comments", REFERENCES].passed
    assert checks["posts", REFERENCES].passed
    assert values(checks["comments", REFERENCES])["references"] > 0


def test_references_to_what_is_not_stored_warn_and_can_be_checked_alone(
    world, load, instance, site_name
):
    world.extract_these("comments", "posts")
    world.aws.put_object("wordpress-api/posts.json", b'[{"id": 1}]')
    world.aws.put_object("wordpress-api/comments.json", b'[{"post": 1}, {"post": 2}]')

    result = execute_checks(load(), site_name, instance, ("comments", REFERENCES))
    check = evaluated(result)["comments", REFERENCES]
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert check.description == "These are not stored: post 2."
    assert values(check) == {"offenders": 1, "examples": ["post 2"], "references": 2, "share": 0.5}
    assert world.server.requests == []


def test_an_asset_is_overdue_two_hours_after_the_daily_run(defs, site_name):
    spec = defs.resolve_assets_def(dg.AssetKey([site_name, "posts"])).get_asset_spec(
        dg.AssetKey([site_name, "posts"])
    )

    policy = spec.freshness_policy
    assert (policy.deadline_cron, policy.timezone) == ("0 9 * * *", "UTC")
    assert policy.lower_bound_delta.total_seconds() == 2 * 3600
