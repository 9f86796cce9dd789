"""An operator's commands on a real WordPress: Dagster's, and ours without Dagster."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest

from wp_pipeline.aws.lake import REPORT
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import NOBODY
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.extraction import all_endpoints, as_parameter, rows_of
from wp_pipeline_tests.real_wordpress.wordpress import WordPress

REPOSITORY = Path(__file__).parents[2]
SETTINGS = Settings()


@pytest.fixture
def environment(tmp_path: Path, bucket: ExtractionBucket) -> dict[str, str]:
    """The environment of an operator's process: AWS, and Dagster's home."""
    home = tmp_path / "dagster_home"
    home.mkdir()
    return {
        **NOBODY,
        "AWS_ENDPOINT_URL": bucket.aws.url,
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "HOME": str(home),
        "PATH": os.environ["PATH"],
    }


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout, since the state file with the endpoint names is stored in the package."""
    checkout = tmp_path / "checkout"
    leave_out = shutil.ignore_patterns("__pycache__", ".local_defs_state")
    shutil.copytree(REPOSITORY / "wp_pipeline", checkout / "wp_pipeline", ignore=leave_out)
    shutil.copy(REPOSITORY / "pyproject.toml", checkout)
    return checkout


def test_dagster_materializes_a_whole_site(newest_wordpress, bucket, environment, checkout):
    put_parameters(bucket, newest_wordpress)
    command = ("dagster", "asset", "materialize", "--select", "*", "-m", "wp_pipeline.definitions")

    done = run(command, environment, checkout)

    assert done.returncode == 0, done.stderr
    assert_all_is_stored(newest_wordpress, bucket, "report.html")
    endpoints = all_endpoints(newest_wordpress)
    with dg.DagsterInstance.from_config(environment["DAGSTER_HOME"]) as instance:
        counts = row_counts_in(instance)
        checks = checks_in(instance)
    assert counts == {name: len(bucket.items(name)) for name in endpoints}
    assert {key for key, passed in checks.items() if not passed} == set()
    assert {name for name, check in checks if check == "payload_is_not_empty"} == set(endpoints)
    assert {name for name, check in checks if check == "ids_are_unique"} == set(
        newest_wordpress.endpoints
    )
    assert_the_suffix_is_nowhere(newest_wordpress, done, checkout, environment["DAGSTER_HOME"])


def test_our_command_extracts_a_whole_site(plain_wordpress, bucket, environment, tmp_path):
    put_parameters(bucket, plain_wordpress)

    done = run(("wp_pipeline.commands", "extract"), environment, tmp_path)

    assert done.returncode == 0, done.stderr
    assert_all_is_stored(plain_wordpress, bucket)
    endpoints = all_endpoints(plain_wordpress)
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["endpoint", "rows", "changes", "size", "seconds", "where", "it", "is"]
    table = {name: (rows, uri) for name, rows, *_, uri in (line.split() for line in lines)}
    assert table == {
        name: (f"{len(bucket.items(name)):,}", f"s3://{bucket.name}/wordpress-api/{name}.json")
        for name in endpoints
    }
    totals = f"total {len(endpoints)}, published {len(endpoints)}, unchanged 0, refused 0"
    assert totals in done.stderr
    assert_the_suffix_is_nowhere(plain_wordpress, done)


def test_our_command_ends_with_1_and_a_line_if_an_endpoint_is_refused(
    plain_wordpress, bucket, environment, tmp_path
):
    endpoints = {"genres": plain_wordpress.endpoint("genres"), "sums": plain_wordpress.broken_rows}
    put_parameters(bucket, plain_wordpress, endpoints)

    done = run(("wp_pipeline.commands", "extract"), environment, tmp_path)

    assert done.returncode == 1
    assert "sums: HTTP 400 db_error" in done.stderr
    assert bucket.uploads() == {"genres": 1}


def put_parameters(
    bucket: ExtractionBucket, site: WordPress, endpoints: Mapping[str, str] | None = None
) -> None:
    bucket.aws.put_parameters(
        {
            SETTINGS.endpoints_parameter: as_parameter(endpoints or all_endpoints(site)),
            SETTINGS.bucket_parameter: bucket.name,
        }
    )


def run(
    module: tuple[str, ...], environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *module]
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=240
    )


def assert_all_is_stored(site: WordPress, bucket: ExtractionBucket, *others: str) -> None:
    assert bucket.uploads() == dict.fromkeys([*all_endpoints(site), *others], 1)
    for name, readable in database.all_readable_ids(site).items():
        assert bucket.ids(name) == sorted(readable), name
    for name in site.raw_rows:
        assert len(bucket.items(rows_of(name))) == database.row_count(site, name), name


def assert_the_suffix_is_nowhere(
    site: WordPress, done: subprocess.CompletedProcess[str], *folders: str | Path
) -> None:
    """Assert that a run leaves the random suffix, the raw-row routes' only protection, nowhere."""
    [suffix] = {url.rpartition("_")[2] for url in site.raw_rows.values()}
    assert suffix not in done.stdout + done.stderr
    files = [file for folder in folders for file in Path(folder).rglob("*") if file.is_file()]
    assert bool(files) == bool(folders)
    assert [file for file in files if suffix.encode() in file.read_bytes()] == []


def row_counts_in(instance: dg.DagsterInstance) -> dict[str, int]:
    """Return the row count of every materialization but the report's, by endpoint."""
    counts = {}
    for record in records_of(instance, dg.DagsterEventType.ASSET_MATERIALIZATION):
        site, name = record.asset_materialization.asset_key.path
        assert site == SETTINGS.site
        assert name not in counts
        counts[name] = record.asset_materialization.metadata.get("dagster/row_count")
    assert counts.pop(REPORT) is None
    return {name: count.value for name, count in counts.items()}


def checks_in(instance: dg.DagsterInstance) -> dict[tuple[str, str], bool]:
    """Return whether each check passed, by endpoint and rule."""
    evaluations = [
        record.event_log_entry.dagster_event.asset_check_evaluation_data
        for record in records_of(instance, dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    ]
    return {(check.asset_key.path[1], check.check_name): check.passed for check in evaluations}


def records_of(instance: dg.DagsterInstance, kind: dg.DagsterEventType) -> list[dg.EventLogRecord]:
    [run] = instance.get_runs()
    return list(instance.get_records_for_run(run.run_id, of_type=kind).records)
