"""Each tree of errors is drawn with all of its classes, and with those that a retry may help."""

import re
from collections.abc import Iterator

import pytest

from wp_pipeline.aws import errors as aws
from wp_pipeline.extraction import errors as extraction
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.fault import Fault, one_line
from wp_pipeline.tables import errors as tables
from wp_pipeline.tables.joins import join  # noqa: F401  It defines an error.
from wp_pipeline.tables.querying import errors as querying

LINE = re.compile(r"^([│ ├└─]*)([A-Z]\w+)(.*)$", re.MULTILINE)
RETRY = "* a retry may help"


def drawn_in(text: str, root: str) -> set[tuple[int, str, bool]]:
    """Return depth, name and whether a retry may help, for each class in a drawing."""
    drawing = text[text.index(f"\n{root}\n") :].strip().split("\n\n")[0]
    return {(len(indent) // 4, name, RETRY in rest) for indent, name, rest in LINE.findall(drawing)}


def tree_below(kind: type, depth: int = 0) -> Iterator[tuple[int, str, bool]]:
    yield depth, kind.__name__, getattr(kind, "retry_may_help", False)
    for below in kind.__subclasses__():
        yield from tree_below(below, depth + 1)


@pytest.mark.parametrize(
    ("root", "text"),
    [
        (aws.AwsError, aws.__doc__),
        (extraction.ExtractionError, extraction.__doc__),
        (ConfigurationError, ConfigurationError.__doc__),
        (tables.TableError, tables.__doc__),
        (querying.QueryError, querying.__doc__),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_tree_of_errors_is_drawn_with_every_class(root, text):
    lines = "\n".join(line.removeprefix("    ") for line in text.splitlines())

    assert drawn_in(lines, root.__name__) == set(tree_below(root))


def test_an_error_of_aws_says_what_was_found_and_what_to_do():
    answer = {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}
    error = aws.error_from_answer(answer, "S3", "s3:PutObject")

    assert isinstance(error, aws.AwsThrottled)
    assert (error.service, error.found, error.cure) == (
        "S3", "too many requests", "run again later",
    )  # fmt: skip
    assert (error.action, error.code, error.status) == ("s3:PutObject", "SlowDown", 503)
    assert str(error) == "S3: too many requests; run again later"


def test_faults_of_one_list_name_it_once_in_a_line_and_each_in_a_sentence():
    first, second = Fault("is blank").about("entry 1"), Fault("is odd", "mend it").about("entry 2")
    faults = (first.about("parameter /a"), second.about("parameter /a", is_further=True))

    assert one_line(faults) == "parameter /a entry 1 is blank; entry 2 is odd: mend it"
    assert [one.sentence for one in faults] == [
        "parameter /a entry 1 is blank", "parameter /a entry 2 is odd",
    ]  # fmt: skip
