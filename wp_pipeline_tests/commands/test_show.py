import json
import re

import pytest

from wp_pipeline.commands.__main__ import main
from wp_pipeline.extraction.outcomes import readable_age
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET

pytestmark = pytest.mark.usefixtures("our_log")

HEAD = ["endpoint", "rows", "size", "age", "completeness", "verified", "last full read", "note"]


@pytest.fixture
def show(capsys):
    """Runs the command; returns its exit status, its output, and its log."""

    def showing(*arguments: str) -> tuple[int, str, str]:
        status = main(["show", *arguments])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return showing


@pytest.fixture
def stored(world, capsys):
    """A world that was extracted, whose list then names comments instead of tags."""
    assert main(["extract"]) == 0
    world.extract_these("posts", "comments", raw=["terms"])
    world.server.requests.clear()
    world.aws.operations.clear()
    capsys.readouterr()
    return world


def cells(text: str) -> list[list[str]]:
    return [re.split(r"  +", line.strip()) for line in text.splitlines()]


def test_each_endpoint_and_each_unnamed_object_has_a_line(stored, show):
    status, table, log = show()
    head, *rows = cells(table)

    assert (status, log, head) == (0, "", HEAD)
    assert rows[0] == ["comments", *"------", "nothing is stored"]
    assert rows[1][:3] == ["posts", "7", "18.7 kB"]
    assert re.fullmatch(r"now|\d+ seconds?", rows[1][3])
    assert rows[1][4:6] == ["proven", "full"]
    assert re.fullmatch(r"now|\d+ seconds?", rows[1][6])
    assert [rows[2][0], rows[2][4:]] == ["raw_terms", ["single answer", "-", "-"]]
    assert rows[3] == [
        "wordpress-api/tags.json", "-", "2.2 kB", "-", "-", "-", "-",
        "no endpoint of the list names this object",
    ]  # fmt: skip
    assert len(rows) == 4


def test_no_request_is_sent_to_the_site_and_no_object_is_read(stored, show):
    show()

    assert stored.server.requests == []
    assert sorted({one for one in stored.aws.operations if "test-lake" in one}) == [
        f"GET /{BUCKET}",
        *(
            f"HEAD /{BUCKET}/wordpress-api/{name}.json"
            for name in ("comments", "posts", "raw_terms")
        ),
    ]


def test_the_same_as_json(stored, show):
    status, text, _ = show("--json")
    found = {one["name"]: one for one in json.loads(text)}

    assert status == 0
    assert found["posts"]["rows"] == 7
    assert found["posts"]["uri"] == f"s3://{BUCKET}/wordpress-api/posts.json"
    assert found["posts"]["extracted_at"].endswith("+00:00")
    assert found["comments"]["is_stored"] is False
    assert found["wordpress-api/tags.json"]["note"] == "no endpoint of the list names this object"


def test_unknown_metadata_are_no_fault(world, show):
    world.extract_these("posts")
    odd = {"row-count": "many", "extracted-at": "yesterday", "full-at": "2999-01-01T00:00:00+00:00"}
    world.aws.put_object("wordpress-api/posts.json", b"[]", Metadata=odd)
    status, table, _ = show()

    assert status == 0
    assert cells(table)[1] == ["posts", "-", "2 B", "-", "-", "-", "in the future"]


def test_what_can_not_be_read_is_one_line(world, show):
    world.aws.faults = lambda operation: (403, "AccessDenied") if "GET /" in operation else None
    status, table, log = show()
    assert (status, table) == (1, "")
    assert log.endswith("[ERROR]: S3: access denied; allow s3:ListBucket\n")

    world.aws.client("ssm").delete_parameter(Name=Settings().bucket_parameter)
    status, table, log = show()
    assert (status, table) == (2, "")
    assert "does not exist: create it in this region" in log


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-2, "in the future"), (0.4, "now"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"),
     (7199, "1 hour"), (7200, "2 hours"), (86400 * 9, "9 days")],
)  # fmt: skip
def test_an_age_is_shown_in_its_largest_unit(seconds, text):
    assert readable_age(seconds) == text
