"""Whatever a site says: an endpoint ends in time, with a reason or with what the site meant."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline_tests.fuzzing import regressions
from wp_pipeline_tests.fuzzing.answers import KEEP, Answer, answers, plainly
from wp_pipeline_tests.fuzzing.bodies import MARK
from wp_pipeline_tests.fuzzing.generated_site import SINGLE, FuzzedWorld, fuzzing, one_after_another
from wp_pipeline_tests.fuzzing.heads import OK, counts
from wp_pipeline_tests.fuzzing.oracle import assert_rightly_published, is_a_lie, read

made_up_answers = st.lists(answers(), min_size=1, max_size=3)


@regressions.besides(regressions.SINGLE_ANSWERS)
@fuzzing(100)
@given(made_up=made_up_answers)
def test_a_single_answer_is_published_as_it_was_meant_or_refused_with_a_reason(
    fuzzed: FuzzedWorld, made_up: list[Answer]
) -> None:
    fuzzed.made_up.say(one_after_another(made_up))
    found = fuzzed.extract(other=SINGLE)

    event(getattr(found["other"], "reason", "stored")[:50])
    if isinstance(found["other"], Stored):
        assert_rightly_published(fuzzed.stored("other")[0], fuzzed.made_up.given)


# What goes wrong with a request to a collection: another answer, other totals than the true, or
# parameters that are ignored, as a cache may.
Trouble = Answer | Mapping[str, bytes | None] | frozenset[str]
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


def honest_but(site: SampleSite, troubled: Mapping[int, Trouble]) -> Callable[..., Answer]:
    """Answer as a WordPress site does, save for some requests, told by their number."""

    def answer(head: bytes, number: int) -> Answer:
        trouble = troubled.get(number, frozenset())
        if isinstance(trouble, Answer):
            return trouble
        asked = Request.parse("GET", head.split(b" ")[1].decode())
        if isinstance(trouble, frozenset):
            query = {name: value for name, value in asked.query.items() if name not in trouble}
            asked, trouble = replace(asked, query=query), {}
        true = site.answer(asked)
        told = {name: value.encode() for name, value in true.headers.items()} | dict(trouble)
        lines = [b"%b: %b" % (name.encode(), value) for name, value in told.items() if value]
        return plainly(true.body, *lines, status=b"HTTP/1.1 %d X" % true.status, ends=KEEP)

    return answer


@regressions.besides(regressions.COLLECTIONS)
@fuzzing(35)
@given(
    count=st.sampled_from(sorted(SITES)),
    collection=st.sampled_from(["posts", "categories"]),
    troubled=st.dictionaries(st.integers(1, 5), answers() | false_totals | ignored, max_size=3),
)
def test_a_collection_is_published_whole_or_refused_whatever_comes_between(
    fuzzed: FuzzedWorld, count: int, collection: str, troubled: Mapping[int, Trouble]
) -> None:
    """One request after another, so that the same trouble meets the same request each time."""
    fuzzed.made_up.say(honest_but(SITES[count], troubled))
    found = fuzzed.extract(at_once=1, other=f"/wp-json/wp/v2/{collection}?lang={MARK}")

    event(getattr(found["other"], "reason", "stored")[:50])
    if isinstance(found["other"], Stored):
        stored, given = fuzzed.stored("other")[0], fuzzed.made_up.given
        assert_rightly_published(stored, given)
        if not any(is_a_lie(one) for one in troubled.values() if isinstance(one, Answer)):
            ids = [int(item["id"]) for item in read(stored)]
            assert ids == SITES[count].readable_ids(collection)


def as_nginx_does(head: bytes) -> Answer:
    """Give an endpoint's own rows, but to no request that nginx would not take, after a while."""
    is_taken = b"\0" not in head and all(len(line) < 8192 for line in head.splitlines())
    found = plainly(b'[{"its":"own"}]', status=OK if is_taken else b"HTTP/1.1 400 X", ends=KEEP)
    return Answer((0.03, *found.pieces), found.body, found.ends)


@regressions.besides(regressions.NEIGHBOURS)
@fuzzing(15)
@given(made_up=made_up_answers)
def test_what_is_said_to_one_endpoint_does_not_touch_another_of_the_site(
    fuzzed: FuzzedWorld, made_up: list[Answer]
) -> None:
    """Both are asked on the same connection, on which more may come than was asked for."""
    others = one_after_another(made_up)
    fuzzed.made_up.say(
        lambda head, number: as_nginx_does(head) if b"/own_" in head else others(head, number)
    )
    found = fuzzed.extract(at_once=1, other=SINGLE, own=f"/wp-json/mo/v1/own_{MARK}")

    assert isinstance(found["own"], Stored)
    assert fuzzed.stored("own")[0] == b'[{"its":"own"}]'
