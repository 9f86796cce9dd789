"""Runs of many sites on two Celery workers, one of which is killed; a giant site on both.

The instance is deploy/production.yaml with deploy/run_launchers/celery.yaml, on a real PostgreSQL.
"""

import re
from collections.abc import Iterator

import dagster as dg
import pytest

from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.support.dagster_api import ENDED, wait_until
from wp_pipeline_tests.support.deployments.celery_deployment import (
    CONCURRENCY,
    ENDPOINTS,
    CeleryDeployment,
)

WORKER = re.compile(r"Executing steps in process \(pid: (\d+)\)")
SITES = [f"site_{number:02}" for number in range(8)]
HELD, TWICE, GIANT = "site_00", "site_01", "giant"
MANY = {"posts": 400, "comments": 900, "pages": 300, "tags": 250, "categories": 220}
WORKERS = ("one", "two")
SECONDS = 300.0


@pytest.fixture(scope="module")
def deployment(
    aws_server: FakeAws, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CeleryDeployment]:
    aws_server.forget()
    made = CeleryDeployment(tmp_path_factory.mktemp("celery"), aws_server)
    sites = {name: {} for name in SITES} | {GIANT: {"steps": "endpoint", "counts": MANY}}
    with made.running(sites):
        yield made


def worker_of(deployment: CeleryDeployment, run_id: str) -> int:
    """The process that executes a run."""
    with dg.DagsterInstance.from_config(str(deployment.home)) as instance:
        texts = [entry.message for entry in instance.all_logs(run_id)]
    (found,) = filter(None, map(WORKER.search, texts))
    return int(found[1])


def ended(deployment: CeleryDeployment, run_id: str) -> bool:
    return deployment.api.run(run_id).status in ENDED


def last_retry_of(deployment: CeleryDeployment, run_id: str) -> str:
    """Wait until a run has ended, or its retries if it was killed; return the last one."""
    wait_until(lambda: ended(deployment, run_id), SECONDS)
    if deployment.api.run(run_id).status == "SUCCESS":
        return run_id
    (retry,) = wait_until(
        lambda: [
            one for one in deployment.api.run_ids() if deployment.api.run(one).parent == run_id
        ],
        SECONDS,
    )
    return last_retry_of(deployment, retry)


def test_a_killed_worker_loses_and_doubles_nothing_of_many_sites(deployment, monkeypatch):
    for name in ("DAGSTER_POSTGRES_URL", "DAGSTER_LOGS_BUCKET", "CELERY_BROKER_URL",
                 "CELERY_RESULT_BACKEND", "AWS_ENDPOINT_URL"):  # fmt: skip
        monkeypatch.setenv(name, deployment.environment[name])
    deployment.start_workers(*WORKERS)
    held = deployment.sites[HELD]
    held.held = "/comments"
    first = {name: deployment.launch(name) for name in SITES}
    again = deployment.launch(TWICE)
    wait_until(lambda: len(deployment.api.run(first[HELD]).materialized) == 4, SECONDS)

    deployment.kill_worker_of(worker_of(deployment, first[HELD]))
    held.released.set()
    last = {name: last_retry_of(deployment, first[name]) for name in SITES}
    retry = deployment.api.run(last[HELD])
    assert deployment.api.run(first[HELD]).status == "FAILURE"
    assert (retry.status, retry.parent) == ("SUCCESS", first[HELD])
    assert retry.materialized == {"comments"}
    assert {name: deployment.uploads(HELD, name) for name in ENDPOINTS} == dict.fromkeys(
        ENDPOINTS, 1
    )
    for site in SITES:
        for name in ENDPOINTS:
            assert deployment.stored(site, name) == deployment.sites[site].ids(name)
        assert 1 <= deployment.sites[site].most <= CONCURRENCY
    assert_one_after_the_other(deployment, last[TWICE], again)


def assert_one_after_the_other(deployment: CeleryDeployment, one: str, other: str) -> None:
    other = last_retry_of(deployment, other)
    first, second = sorted((deployment.times(one), deployment.times(other)))
    assert first[1] <= second[0]


def test_several_workers_share_a_giant_site_and_its_limit(deployment):
    deployment.start_workers(*WORKERS)
    site = deployment.sites[GIANT]
    site.is_meeting = True
    before = deployment.api.run_ids()
    deployment.execute(GIANT, WP_PIPELINE_EXECUTOR="celery")

    (run_id,) = deployment.api.run_ids() - before
    run = deployment.api.run(run_id)
    assert run.status == "SUCCESS"
    assert run.materialized == set(ENDPOINTS)
    assert all(check.passed for check in run.checks)
    for name in ENDPOINTS:
        assert deployment.stored(GIANT, name) == site.ids(name)
        assert deployment.uploads(GIANT, name) == 1
    assert site.have_met.is_set()  # Two steps asked it at the same time,
    assert site.most <= CONCURRENCY  # and kept its limit together.
    for worker in WORKERS:
        assert "Task execute_plan" in deployment.log_of(worker).read_text()
