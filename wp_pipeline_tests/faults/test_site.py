"""Every fault of a site has the outcome and message of the table."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace

import pytest

from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_configuration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored
from wp_pipeline.wordpress.http.retries import TRIES
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.faults.fault_servers import MARK, Fault, Serve
from wp_pipeline_tests.faults.site import ALL_SITE_FAULTS, COLLECTION

FORMER, FORMER_METADATA = b'[{"ID":"former"}]', {"sha256": "former"}


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


def key(fault: Fault) -> str:
    return f"wordpress-api/{fault.name}.json"


def outcomes(world: World, fault: Fault, serve: Serve, stack: ExitStack) -> Mapping[str, Outcome]:
    """Extract the faulty endpoint and two others, with short pauses."""
    world.aws.put_object(key(fault), FORMER, Metadata=FORMER_METADATA)
    world.extract_these("posts", "tags", also=f"{fault.name}={serve(stack)}")
    settings = fault.settings
    configuration = load_configuration(settings, ParameterStore(lambda: world.aws.client("ssm")))
    options = replace(site_options(settings, configuration), backoff=0.001, maintenance_wait=0.05)
    lake = Lake(lambda: world.aws.client("s3"), BUCKET, settings.prefix)
    return {
        outcome.name: outcome
        for outcome in extract(configuration.endpoints, options, lake, settings)
    }


@pytest.mark.parametrize("fault", ALL_SITE_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_the_outcome_of_the_table(world, stack, fault):
    found = outcomes(world, fault, fault.serve, stack)
    ended = found.pop(fault.name)

    assert {name: type(one) for name, one in found.items()} == {"posts": Stored, "tags": Stored}
    if fault.outcome == "published":
        assert isinstance(ended, Stored)
        if fault.stored:
            assert world.aws.object(key(fault)) == fault.stored
        else:
            assert len(world.rows(fault.name)) == 120
        return
    assert isinstance(ended, Refused)
    assert ended.reason == f"{fault.name}: {fault.message}"
    assert MARK not in ended.reason
    assert "\n" not in ended.reason
    assert world.aws.object(key(fault)) == FORMER
    assert world.aws.head(key(fault))["Metadata"] == FORMER_METADATA
    if fault.outcome == "retried":
        assert ended.stats.requests == TRIES
    elif fault not in COLLECTION:
        assert ended.stats.requests == 1


@pytest.mark.parametrize(
    "fault", [fault for fault in ALL_SITE_FAULTS if fault.heals], ids=lambda fault: fault.name
)
def test_an_endpoint_is_published_if_the_fault_is_gone_at_the_retry(world, stack, fault):
    found = outcomes(world, fault, fault.heals, stack)

    assert {type(one) for one in found.values()} == {Stored}
    assert found[fault.name].stats.requests == 2
    assert json.loads(world.aws.object(key(fault))) == [{"ID": "1"}, {"ID": "2"}]


def test_the_names_of_faults_are_unique():
    names = [fault.name for fault in ALL_SITE_FAULTS]

    assert sorted(set(names)) == sorted(names)
