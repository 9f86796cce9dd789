"""All that a site can do wrong, in one run of Dagster: it fails, and nobody else does."""

import pytest

from wp_pipeline_tests.faults.fault_servers import PATIENT, misbehaving
from wp_pipeline_tests.faults.site import ALL_SITE_FAULTS
from wp_pipeline_tests.support.dagster_in_process import (
    evaluated,
    execute,
    failure_of,
    materialized,
)

# Those that are retried or waited for take their time; engine/test_secrecy.py has them run.
PROMPT = tuple(
    fault
    for fault in ALL_SITE_FAULTS
    if fault.outcome != "retried" and "HTTP 500" not in fault.says and fault.settings is PATIENT
)
REFUSED = {fault.name: fault.says for fault in PROMPT if fault.outcome == "refused"}
PUBLISHED = {fault.name for fault in PROMPT if fault.outcome == "published"}


@pytest.fixture
def faulty(world, monkeypatch):
    """A world in which every endpoint has a fault, but for posts; all had an object before."""
    monkeypatch.setenv("WP_PIPELINE_LARGEST_BODY", str(PATIENT.largest_body))
    with misbehaving(PROMPT) as urls:
        listed = ",".join(f"{name}={url}" for name, url in urls.items())
        world.extract_these("posts", also=listed)
        for name in urls:
            world.aws.put_object(f"wordpress-api/{name}.json", b"former")
        yield world


def test_what_is_refused_fails_the_run_line_by_line_and_stays_as_it_was(
    faulty, load, instance, site_name
):
    result = execute(load(), site_name, instance)

    assert not result.success
    assert set(materialized(result)) == {"posts", *PUBLISHED}
    assert failure_of(result).splitlines() == [
        f"{name}: {says}" for name, says in sorted(REFUSED.items())
    ]
    assert {name for name in REFUSED if faulty.stored(name) != b"former"} == set()
    assert {name for name in PUBLISHED if faulty.stored(name) == b"former"} == set()
    assert {name for name, _ in evaluated(result)} == {"posts", *PUBLISHED}
