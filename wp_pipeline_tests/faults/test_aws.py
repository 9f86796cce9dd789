"""Every fault of AWS has its message of one line, and the stored objects stay."""

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import ConfigurationError, load_configuration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.faults.aws import PARAMETER_STORE, S3, AwsFault
from wp_pipeline_tests.faults.fault_servers import MARK

IMPATIENT = 10.0  # seconds; clients with so little time do not retry


def extraction() -> list[Outcome]:
    """Run one extraction with clients that do not retry. Raises ConfigurationError."""
    settings = Settings.from_environment()
    store = ParameterStore(lambda: build_client("ssm", IMPATIENT))
    configuration = load_configuration(settings, store)
    lake = Lake(
        lambda: build_client("s3", IMPATIENT),
        configuration.bucket,
        settings.prefix,
        settings.encryption,
    )
    options = site_options(settings, configuration)
    return list(extract(configuration.endpoints, options, lake, settings))


@pytest.fixture
def stored(world: World) -> World:
    """A world that was extracted before."""
    extraction()
    world.site.publish("posts")
    world.server.requests.clear()
    return world


def of_name(fault: AwsFault) -> str:
    return fault.name


@pytest.mark.parametrize("fault", PARAMETER_STORE, ids=of_name)
def test_a_fault_of_the_parameters_sends_no_request_and_stores_nothing(stored, monkeypatch, fault):
    before = stored.aws.objects()
    fault.arrange(stored, monkeypatch)

    with pytest.raises(ConfigurationError) as refusal:
        extraction()

    assert str(refusal.value) == fault.message
    assert MARK not in fault.message
    assert stored.server.requests == []
    assert stored.aws.objects() == before


@pytest.mark.parametrize("fault", S3, ids=of_name)
def test_a_fault_of_s3_refuses_only_its_endpoint(stored, monkeypatch, fault):
    stored.site.publish("tags")
    before = stored.aws.objects()
    fault.arrange(stored, monkeypatch)
    found = {outcome.name: outcome for outcome in extraction()}
    posts = found.pop("posts")
    stored.aws.faults = lambda operation: None

    assert isinstance(posts, Refused)
    assert posts.reason == f"posts: {fault.message}"
    assert {type(one) for one in found.values()} == {Stored}
    assert not found["tags"].unchanged
    after = stored.aws.objects()
    assert after["wordpress-api/posts.json"] == before["wordpress-api/posts.json"]
    assert after["wordpress-api/tags.json"] != before["wordpress-api/tags.json"]
    assert stored.aws.unfinished_uploads() == []
