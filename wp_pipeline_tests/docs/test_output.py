"""How pages are read and compared: a page that is wrong must be found."""

import pytest

from wp_pipeline_tests.support.documentation.page_commands import steps_in
from wp_pipeline_tests.support.documentation.shown_output import agrees

REAL = """\
2026-11-26 18:26:51 [INFO]: posts: published, 120 rows, 330.6 kB
endpoint  rows      size  seconds  where it is
posts      120  330.6 kB     0.23  s3://my-bucket/posts.json
"""


@pytest.mark.parametrize(
    "shown",
    [
        ["…"],
        ["…", "posts 120 1.1 kB 9.99 s3://my-bucket/posts.json"],
        ["2020-01-01 00:00:00 [INFO]: posts: published, 120 rows, 1 B", "…"],
        ["… published, …", "endpoint …", "posts  120 … s3://…"],
    ],
)
def test_what_differs_from_run_to_run_is_not_compared(shown):
    assert agrees(shown, REAL)


@pytest.mark.parametrize(
    "shown",
    [
        [],
        ["… published, …"],
        ["…", "posts 121 1.1 kB 9.99 s3://my-bucket/posts.json"],
        ["…", "… refused, …", "…"],
        ["posts 120 1.1 kB 9.99 s3://my-bucket/posts.json", "…"],
    ],
)
def test_what_a_command_does_not_print_is_found(shown):
    assert not agrees(shown, REAL)


def test_a_block_is_commands_with_their_output():
    block = "$ make run   # comment\n…\n$ aws ssm x \\\n    --name y\n$ echo '# 1'\none\ntwo\n"

    assert [(one.command, one.shown) for one in steps_in(block, "")] == [
        ("make run", ("…",)),
        ("aws ssm x --name y", ()),
        ("echo '# 1'", ("one", "two")),
    ]


def test_a_block_that_begins_with_output_is_no_block():
    with pytest.raises(ValueError, match="does not begin with a command"):
        list(steps_in("…\n$ make run\n", ""))
