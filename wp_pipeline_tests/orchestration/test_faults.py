"""Every fault of a site in one Dagster run: only the faulty endpoints fail."""

import pytest

from wp_pipeline_tests.faults.fault_servers import PATIENT, misbehaving
from wp_pipeline_tests.faults.site import ALL_SITE_FAULTS
from wp_pipeline_tests.support.dagster_in_process import (
    evaluated,
    execute,
    failure_of,
    materialized,
)

pytestmark = pytest.mark.faults

# Faults that are retried or waited for take longer; engine/test_secrecy.py runs them.
PROMPT = tuple(
    fault
    for fault in ALL_SITE_FAULTS
    if fault.outcome != "retried" and "HTTP 500" not in fault.message and fault.settings is PATIENT
)
REFUSED = {fault.name: fault.message for fault in PROMPT if fault.outcome == "refused"}
PUBLISHED = {fault.name for fault in PROMPT if fault.outcome == "published"}


@pytest.fixture
def faulty(world, monkeypatch):
    """A world in which every endpoint except posts has a fault and a stored object."""
    monkeypatch.setenv("WP_PIPELINE_LARGEST_BODY", str(PATIENT.largest_body))
    with misbehaving(PROMPT) as urls:
        listed = ",".join(f"{name}={url}" for name, url in urls.items())
        world.extract_these("posts", also=listed)
        for name in urls:
            world.aws.put_object(f"wordpress-api/{name}.json", b"former")
        yield world


def test_refused_endpoints_fail_the_run_with_a_line_each_and_keep_their_objects(
    faulty, load, instance, site_name
):
    result = execute(load(), site_name, instance)

    assert not result.success
    assert set(materialized(result)) == {"posts", *PUBLISHED}
    assert failure_of(result).splitlines() == [
        f"{name}: {message}" for name, message in sorted(REFUSED.items())
    ]
    assert {name for name in REFUSED if faulty.stored(name) != b"former"} == set()
    assert {name for name in PUBLISHED if faulty.stored(name) == b"former"} == set()
    assert {name for name, _ in evaluated(result)} == {"posts", *PUBLISHED, *REFUSED}
