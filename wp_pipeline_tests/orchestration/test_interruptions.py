"""Interrupted Dagster runs: a kill, a broken S3 connection, a full disk."""

import tempfile
from pathlib import Path

import pytest

from wp_pipeline_tests.support.dagster_in_process import (
    evaluated,
    execute,
    execute_checks,
    failure_of,
    materialized,
)
from wp_pipeline_tests.support.interruptions import (
    SINGLE,
    Gate,
    hold_upload,
    kill,
    on_a_full_device,
    process,
    rows,
)

pytestmark = pytest.mark.dagster_runs

MATERIALIZE = ("dagster", "asset", "materialize", "--select", "*", "-m", "wp_pipeline.definitions")
LARGE = rows(20_000)  # More than the socket buffers hold.
OTHER = "wordpress-api/other.json"
BROKEN_OFF = "S3: AWS closed the connection; run again"
NO_ROOM = (
    "the disk does not accept the payload (No space left on device); free some space or set TMPDIR"
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of processes; Dagster's home is another one."""
    for variable, name in (("TMPDIR", "temporary"), ("DAGSTER_HOME", "home")):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    (tmp_path / "home" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return tmp_path / "temporary"


@pytest.mark.processes
def test_a_kill_of_dagster_during_an_upload_keeps_the_stored_object(
    world, load, instance, site_name, temporary
):
    world.respond(SINGLE, LARGE)
    world.put_endpoints(world.url(SINGLE))
    world.aws.put_object(OTHER, b"[1]", Metadata={"row-count": "1"})
    before = world.aws.objects()

    with Gate() as gate:
        hold_upload(world, gate, "other")
        with process(*MATERIALIZE) as run:
            gate.wait_until_entered()
            kill(run)
        assert world.aws.objects() == before
        assert world.aws.unfinished_uploads() == []
        assert list(temporary.iterdir()) == []

    again = execute(load(), site_name, instance)
    assert again.success
    assert set(materialized(again)) == {"other"}
    assert world.stored("other") == LARGE


def test_a_check_whose_object_breaks_off_fails_the_run_and_blocks_no_other_endpoint(
    world, defs, instance, site_name
):
    world.aws.cuts = lambda asked: asked == "GET /test-lake/wordpress-api/posts.json"

    result = execute(defs, site_name, instance)
    assert not result.success
    assert failure_of(result).splitlines() == [
        f"posts: {check} could not run: {BROKEN_OFF}"
        for check in ("ids_are_unique", "references_resolve")
    ]
    assert set(materialized(result)) == {"posts", "tags", "raw_terms"}
    assert {name for name, check in evaluated(result) if check == "ids_are_unique"} == {"tags"}


def test_checks_alone_continue_after_one_whose_object_breaks_off(world, defs, instance, site_name):
    execute(defs, site_name, instance)
    world.aws.cuts = lambda asked: asked == "GET /test-lake/wordpress-api/posts.json"

    chosen = [("posts", "ids_are_unique"), ("tags", "ids_are_unique")]
    result = execute_checks(defs, site_name, instance, *chosen)
    assert not result.success
    assert {name: one.passed for (name, _), one in evaluated(result).items()} == {"tags": True}


def test_a_full_disk_fails_the_run_with_a_line_for_each_endpoint(
    world, defs, instance, site_name, monkeypatch
):
    with monkeypatch.context() as full:
        full.setattr(tempfile, "TemporaryFile", on_a_full_device)
        result = execute(defs, site_name, instance)

    assert not result.success
    assert failure_of(result).splitlines() == [
        f"{name}: {NO_ROOM}" for name in ("posts", "raw_terms", "tags")
    ]
    assert materialized(result) == {}
    assert world.aws.keys() == []
    assert execute(defs, site_name, instance).success
