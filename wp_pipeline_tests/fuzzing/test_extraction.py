"""Generated answers: an endpoint ends in time, with the right object or with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline_tests.fuzzing import regressions
from wp_pipeline_tests.fuzzing.bodies import MARK
from wp_pipeline_tests.fuzzing.generated_answers import KEEP, Answer, answers, plain_answer
from wp_pipeline_tests.fuzzing.generated_site import SINGLE, FuzzedWorld, fuzzing, one_after_another
from wp_pipeline_tests.fuzzing.heads import OK, counts
from wp_pipeline_tests.fuzzing.oracle import assert_rightly_published, could_be_items, read

generated_answers = st.lists(answers(), min_size=1, max_size=3)


@regressions.with_examples(regressions.SINGLE_ANSWERS)
@fuzzing(100)
@given(generated=generated_answers)
def test_a_single_answer_is_published_correctly_or_refused_with_a_reason(
    fuzzed: FuzzedWorld, generated: list[Answer]
) -> None:
    fuzzed.generated.respond_with(one_after_another(generated))
    found = fuzzed.extract(other=SINGLE)

    event(getattr(found["other"], "reason", "stored")[:50])
    if isinstance(found["other"], Stored):
        assert_rightly_published(fuzzed.stored("other")[0], fuzzed.generated.given)


# Faults of a request to a collection: another answer, wrong totals, or parameters that a cache
# ignores.
Fault = Answer | Mapping[str, bytes | None] | frozenset[str]
ignored = st.frozensets(
    st.sampled_from(["per_page", "offset", "page", "order", "include"]), min_size=1
)
false_totals = st.fixed_dictionaries(
    {}, optional={name: st.none() | counts for name in ("X-WP-Total", "X-WP-TotalPages", "Link")}
)
SITES = {
    count: SampleSite(dict.fromkeys(["posts", "categories"], count), volatile=False)
    for count in (1, 7, 99, 100, 101, 199, 230)
}


def site_with_faults(site: SampleSite, faulty: Mapping[int, Fault]) -> Callable[..., Answer]:
    """Answer like a WordPress site, except for the requests with these numbers."""

    def answer(head: bytes, number: int) -> Answer:
        fault = faulty.get(number, frozenset())
        if isinstance(fault, Answer):
            return fault
        request = Request.parse("GET", head.split(b" ")[1].decode())
        if isinstance(fault, frozenset):
            query = {name: value for name, value in request.query.items() if name not in fault}
            request, fault = replace(request, query=query), {}
        true = site.answer(request)
        headers = {name: value.encode() for name, value in true.headers.items()} | dict(fault)
        lines = [b"%b: %b" % (name.encode(), value) for name, value in headers.items() if value]
        return plain_answer(true.body, *lines, status=b"HTTP/1.1 %d X" % true.status, ends=KEEP)

    return answer


@regressions.with_examples(regressions.COLLECTIONS)
@fuzzing(35)
@given(
    count=st.sampled_from(sorted(SITES)),
    collection=st.sampled_from(["posts", "categories"]),
    faulty=st.dictionaries(st.integers(1, 5), answers() | false_totals | ignored, max_size=3),
)
def test_a_collection_is_published_completely_or_refused(
    fuzzed: FuzzedWorld, count: int, collection: str, faulty: Mapping[int, Fault]
) -> None:
    """Requests are sequential, so that a fault always meets the same request."""
    fuzzed.generated.respond_with(site_with_faults(SITES[count], faulty))
    found = fuzzed.extract(at_once=1, other=f"/wp-json/wp/v2/{collection}?lang={MARK}")

    event(getattr(found["other"], "reason", "stored")[:50])
    if isinstance(found["other"], Stored):
        stored, given = fuzzed.stored("other")[0], fuzzed.generated.given
        assert_rightly_published(stored, given)
        if not any(could_be_items(one) for one in faulty.values() if isinstance(one, Answer)):
            ids = [int(item["id"]) for item in read(stored)]
            assert ids == SITES[count].readable_ids(collection)


def answer_like_nginx(head: bytes) -> Answer:
    """Answer with the endpoint's own rows after a pause, or refuse like nginx."""
    is_taken = b"\0" not in head and all(len(line) < 8192 for line in head.splitlines())
    found = plain_answer(
        b'[{"its":"own"}]', status=OK if is_taken else b"HTTP/1.1 400 X", ends=KEEP
    )
    return Answer((0.03, *found.pieces), found.body, found.ends)


@regressions.with_examples(regressions.NEIGHBOURS)
@fuzzing(15)
@given(generated=generated_answers)
def test_the_answer_to_one_endpoint_does_not_affect_another_of_the_site(
    fuzzed: FuzzedWorld, generated: list[Answer]
) -> None:
    """Both use the same connection, on which more bytes may arrive than were requested."""
    others = one_after_another(generated)
    fuzzed.generated.respond_with(
        lambda head, number: answer_like_nginx(head) if b"/own_" in head else others(head, number)
    )
    found = fuzzed.extract(at_once=1, other=SINGLE, own=f"/wp-json/mo/v1/own_{MARK}")

    assert isinstance(found["own"], Stored)
    assert fuzzed.stored("own")[0] == b'[{"its":"own"}]'
