"""Whether a site obeys queries: what it ignores is named, and nothing else."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.site.diagnosis.queries import diagnose
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite


def ignored(world: InProcessSite, collection: str) -> tuple[str, ...]:
    endpoint = parse_endpoint(f"{URL}/wp-json/wp/v2/{collection}")
    found = diagnose(endpoint, world.retrying_client(), Cancellation(20))
    assert found is not None
    return found.ignored


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("posts", "comments", "tags", "categories")), st.sets(st.integers(0, 5)))
def test_hidden_rows_do_not_look_like_an_ignored_query(collection, hidden):
    site = SampleSite({collection: 6})
    ids = site.readable_ids(collection)
    for place in hidden:
        if place < len(ids):
            site.hide(collection, ids[place])

    assert ignored(InProcessSite(site=site), collection) == ()


@pytest.mark.parametrize("parameter", ["order", "include", "_fields"])
def test_a_parameter_that_is_ignored_is_named(parameter):
    site = SampleSite({"posts": 6})

    def answers(request: Request):
        request.query.pop(parameter, None)
        return site.answer(request)

    assert ignored(InProcessSite(answers), "posts") == (parameter,)
