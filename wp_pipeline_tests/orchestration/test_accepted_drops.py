"""A drop that is accepted in the launchpad: for the whole job, or for a single asset."""

import json

import dagster as dg
import pytest

from wp_pipeline_tests.support.dagster_in_process import execute, failure_of, materialized

pytestmark = pytest.mark.dagster_runs

TERMS = "mo/v1/terms_4821"


@pytest.fixture
def fallen(world):
    """A site whose terms were many when they were stored, and are few now."""
    many = json.dumps([{"ID": n} for n in range(40)])
    world.aws.put_object(
        "wordpress-api/raw_terms.json", many.encode(), Metadata={"row-count": "40"}
    )
    world.respond(TERMS, b'[{"ID":1}]')
    return world


@pytest.mark.parametrize("names", [(), ("raw_terms",)], ids=["the job", "a single asset"])
def test_a_drop_is_accepted_in_the_launchpad(fallen, defs, site_name, instance, names):
    config = {"accept_drop": ["raw_terms"]}
    result = execute(defs, site_name, instance, names, config)

    assert result.success
    assert "raw_terms" in materialized(result)
    assert len(fallen.rows("raw_terms")) == 1


@pytest.mark.parametrize("config", [None, {}, {"accept_drop": []}, {"accept_drop": ["posts"]}])
def test_a_drop_is_accepted_for_one_run_only(fallen, defs, site_name, instance, config):
    result = execute(defs, site_name, instance, config=config)

    assert failure_of(result).startswith("raw_terms: 1 row where 40 rows are stored")
    assert set(materialized(result)) == {"posts", "tags"}
    assert len(fallen.rows("raw_terms")) == 40


@pytest.mark.parametrize("names", [(), ("posts",)], ids=["the job", "a single asset"])
def test_a_name_that_is_no_endpoint_is_refused_before_any_request(
    fallen, defs, site_name, instance, names
):
    result = execute(defs, site_name, instance, names, {"accept_drop": ["terms"]})

    assert failure_of(result) == (
        "accept_drop names what is no endpoint of the site: terms; its endpoints are posts,"
        " raw_terms, tags"
    )
    assert fallen.server.requests == []


@pytest.mark.parametrize("wrong", [{"accept_drop": "raw_terms"}, {"accept_drop": [1]}, {"drop": 1}])
def test_a_wrong_type_does_not_start_a_run(fallen, defs, site_name, instance, wrong):
    with pytest.raises(dg.DagsterInvalidConfigError):
        execute(defs, site_name, instance, config=wrong)
    assert fallen.server.requests == []
