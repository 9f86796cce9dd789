import threading
import time

import pytest

from wp_pipeline.wordpress.errors import Cancelled, DeadlineExceeded
from wp_pipeline.wordpress.http.cancellation import Cancellation


def test_nothing_is_raised_before_the_deadline():
    Cancellation().check()
    Cancellation(60).check()
    Cancellation(60).with_deadline(30).check()


def test_after_the_deadline_the_error_says_how_to_allow_more():
    expected = r"^took longer than 0 s; raise WP_PIPELINE_DEADLINE to allow it$"
    with pytest.raises(DeadlineExceeded, match=expected):
        Cancellation().with_deadline(0).check()


@pytest.mark.parametrize("own", [0.001, 60], ids=["both have passed", "only that of all"])
def test_the_earlier_of_two_deadlines_counts_and_is_the_one_that_is_named(own):
    for_all = Cancellation(0.0, "that is the limit for all")
    with pytest.raises(
        DeadlineExceeded, match=r"^took longer than 0 s; that is the limit for all$"
    ):
        for_all.with_deadline(own).check()


def test_the_deadline_of_one_endpoint_does_not_end_the_others():
    for_all = Cancellation(60)
    for_all.with_deadline(0)

    for_all.check()
    for_all.with_deadline(30).check()


def test_a_cancellation_ends_everything_that_was_derived_from_it():
    for_all = Cancellation()
    one, another = for_all.with_deadline(60), for_all.with_deadline(30)
    for_all.cancel()

    for cancelled in (for_all, one, another):
        with pytest.raises(Cancelled):
            cancelled.check()


def test_a_wait_ends_with_the_deadline_or_the_cancellation():
    cancellation = Cancellation()
    threading.Timer(0.05, cancellation.cancel).start()
    began = time.monotonic()

    with pytest.raises(DeadlineExceeded):
        Cancellation(0.01).wait(60)
    with pytest.raises(Cancelled):
        cancellation.wait(60)
    assert time.monotonic() - began < 30
