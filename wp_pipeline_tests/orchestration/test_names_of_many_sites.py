"""The sites with a defs.yaml are read together, whatever is wrong with one of them."""

import pytest

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.endpoint_names import NameReader
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import DEAD_END

URL = "https://a.example/wp-json/wp/v2/posts"


@pytest.fixture
def sites(aws) -> list[Settings]:
    sites = [Settings(site=f"s{n}", endpoints_parameter=f"/s{n}/list") for n in range(25)]
    aws.put_parameters({one.endpoints_parameter: URL for one in sites})
    aws.operations.clear()
    return sites


def test_the_names_of_many_sites_are_read_with_the_fewest_calls(aws, sites):
    reader = NameReader(sites)

    assert [[name.name for name in reader.names(site)] for site in sites] == [["posts"]] * 25
    assert aws.operations == ["GetParameters"] * 3


def test_a_wrong_site_does_not_affect_the_others(aws, sites):
    aws.put_parameters({"/s3/list": "nonsense"})
    reader = NameReader(sites)

    with pytest.raises(ConfigurationError, match="parameter /s3/list entry 1 "):
        reader.names(sites[3])
    assert not reader.is_cut_off
    assert reader.names(sites[4])


def test_parameters_that_can_not_be_read_together_are_read_alone(aws, sites):
    answers = [(400, "AccessDeniedException")]
    aws.faults = lambda operation: answers.pop() if answers else None
    reader = NameReader(sites)

    assert all(reader.names(site) for site in sites)
    assert len(aws.operations) in (3 + 5, 3 + 10)  # One batch has five names.


def test_after_parameter_store_fails_no_other_site_is_read(sites, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", DEAD_END)
    reader = NameReader(sites)

    with pytest.raises(ConfigurationError, match="can't be reached"):
        reader.names(sites[0])
    assert reader.is_cut_off
