"""The message of an alert. What is sent to whom: test_lambda_function.py, the failures sensor."""

import pytest

from wp_pipeline.extraction.alerts import Alert

MOST_BYTES = 256 * 1024  # that SNS takes


@pytest.mark.parametrize(
    ("failed", "subject"),
    [
        (["posts"], "shop: failed: posts; recovered: tags"),
        (["beiträge"], "shop: 1 failed, 1 recovered"),
        ([f"kind_{number}" for number in range(20)], "shop: 20 failed, 1 recovered"),
    ],
)
def test_the_subject_names_what_fits_in_ascii(failed, subject):
    alert = Alert("shop", "run 1", {name: name for name in failed}, recovered=["tags"])

    assert alert.subject == subject


def test_the_subject_is_short_whatever_the_site_is_called():
    alert = Alert("s" * 300, "run 1", {"posts": "posts: HTTP 404"})

    assert len(alert.subject) < 100


def test_the_text_has_a_line_for_each_reason():
    alert = Alert("shop", "run 1", {"a": "a: HTTP 404", "b": "b: HTTP 403"}, ["c"], ["d", "e"])

    assert alert.text.splitlines() == [
        "Failed in run 1:",
        "a: HTTP 404",
        "b: HTTP 403",
        "Still failing as told before: c",
        "Recovered in run 1: d, e",
    ]


def test_a_message_is_never_too_long():
    names = [f"{number} \N{PILE OF POO}" for number in range(5000)]
    alert = Alert("shop", "run 1", {n: f"{n * 900}" for n in names}, names, names)

    assert len(alert.text.encode()) < MOST_BYTES
    assert "and 4900 more" in alert.text


def test_a_reason_stays_one_printable_line():
    alert = Alert("shop", "run 1", {"a": "a: HTTP\r\n404\x1b[31m\u202e"})

    assert alert.text.splitlines()[1:] == ["a: HTTP  404 [31m "]
