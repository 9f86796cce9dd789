import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from importlib.metadata import version

import click
import pytest

from wp_pipeline.commands.__main__ import COMMANDS, main, wp_pipeline
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import accept_sigint

pytestmark = pytest.mark.usefixtures("our_log")

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[(INFO|WARNING|ERROR)\]: (.*)")


@pytest.fixture
def extract(capsys):
    """Runs the command; returns its exit status, its log as (level, message), and its output."""

    def extracting(*arguments: str) -> tuple[int, list[tuple[str, str]], list[str]]:
        status = main(["extract", *arguments])
        shown = capsys.readouterr()
        lines = [LINE.fullmatch(line) for line in shown.err.splitlines()]
        assert all(lines), shown.err
        return status, [(line[1], line[2]) for line in lines], shown.out.splitlines()

    return extracting


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_ends_with_examples_that_it_accepts(name):
    command = wp_pipeline.get_command(click.Context(wp_pipeline), name)
    assert command
    assert command.help
    examples = command.help.partition("Examples:\n")[2].strip().splitlines()

    assert len(examples) > 1
    for line in examples:
        asked, _, _ = line.partition(" > ")
        program, subcommand, *arguments = shlex.split(asked)
        assert (program, subcommand) == ("wp-pipeline", name)
        command.make_context(name, arguments)


def test_an_extraction_ends_with_a_table_and_status_0(world, extract):
    status, log, table = extract()

    assert status == 0
    assert log[-2] == ("INFO", "total 3, published 3, unchanged 0, refused 0")
    assert {message.partition(", ")[0] for _, message in log[:-2]} == {
        "posts: published", "tags: published", "raw_terms: published",
    }  # fmt: skip
    head, *rows = [re.split(r"  +", line.strip()) for line in table]
    assert head == ["endpoint", "rows", "changes", "size", "seconds", "where it is"]
    assert [(row[0], row[1], row[2], row[5]) for row in rows] == [
        ("posts", "7", "-", f"s3://{BUCKET}/wordpress-api/posts.json"),
        ("raw_terms", "7", "-", f"s3://{BUCKET}/wordpress-api/raw_terms.json"),
        ("tags", "4", "-", f"s3://{BUCKET}/wordpress-api/tags.json"),
    ]


def test_a_second_extraction_reports_that_nothing_changed(world, extract):
    extract()
    status, log, table = extract()

    assert status == 0
    assert log[-2] == ("INFO", "total 3, published 0, unchanged 3, refused 0")
    assert [line.split()[2] for line in table[1:]] == ["unchanged"] * 3


def test_an_extraction_says_what_changed(world, extract):
    extract()
    world.site.delete("posts", world.site.readable_ids("posts")[2])
    world.site.edit("posts", world.site.readable_ids("posts")[3])

    _, log, table = extract("--only", "posts")

    assert any("posts: published, 6 rows (-1, 1 changed), " in line for _, line in log)
    assert re.split(r"  +", table[1])[2].strip() == "-1, 1 changed"


def test_a_refused_endpoint_has_status_1_and_an_error_in_the_log(world, extract):
    world.extract_these("posts", also=f"gone={world.url('mo/v1/gone_s3cr3t')}")
    status, log, table = extract()

    assert status == 1
    assert log[-1] == (
        "ERROR",
        "1 of 2 endpoints are up to date, 1 refused: see above."
        " Again: wp-pipeline extract --mode full --only gone",
    )
    assert [message.partition(":")[0] for level, message in log[:-1] if level == "ERROR"] == [
        "gone"
    ]
    assert log[-2] == ("INFO", "total 2, published 1, unchanged 0, refused 1")
    assert "refused, see above; the stored object is kept" in table[1]
    assert "s3cr3t" not in str(log) + str(table)


ACCEPTED = [
    (["--accept-drop", "one", "--accept-drop=two"], []),
    (["--accept-drop", "one, two"], []),
    (["--accept-drop", "one"], ["two"]),
    ([], ["one", "two"]),
]


@pytest.mark.parametrize(("arguments", "refused"), ACCEPTED)
def test_a_drop_is_accepted_by_name_for_one_run(world, extract, arguments, refused):
    world.extract_these(also=f"one={world.url('mo/v1/rows_1')},two={world.url('mo/v1/rows_2')}")
    for route in ("mo/v1/rows_1", "mo/v1/rows_2"):
        world.respond(route, json.dumps([{"ID": n} for n in range(40)]).encode())
    extract()
    for route in ("mo/v1/rows_1", "mo/v1/rows_2"):
        world.respond(route, b'[{"ID":1}]')
    status, log, _ = extract(*arguments)

    assert status == (1 if refused else 0)
    errors = sorted(message.partition(":")[0] for level, message in log[:-1] if level == "ERROR")
    assert errors == refused
    assert (len(world.rows("one")) == 1) == ("one" not in refused)


def test_only_the_chosen_endpoints_are_extracted(world, extract):
    status, log, table = extract("--only", "posts", "--only", "raw_terms")

    assert status == 0
    assert [line.split()[0] for line in table[1:]] == ["posts", "raw_terms"]
    assert log[-1] == ("INFO", "2 of 2 endpoints are up to date.")
    assert world.aws.keys() == ["wordpress-api/posts.json", "wordpress-api/raw_terms.json"]


def test_a_dry_run_reads_everything_and_stores_nothing(world, extract):
    status, log, _ = extract("--dry-run")

    assert status == 0
    assert log[-1] == ("INFO", "3 of 3 endpoints would be up to date.")
    assert "posts: would be published, 7 rows" in str(log)
    assert world.aws.keys() == []
    extract()
    _, log, _ = extract("--dry-run")
    assert "posts: unchanged, 7 rows" in str(log)


def test_a_refusal_of_a_dry_run_suggests_another_dry_run(world, extract):
    world.respond("wp/v2/tags", b"down", 500)

    _, log, _ = extract("--dry-run", "--only", "tags")

    assert log[-1][1].endswith("Again: wp-pipeline extract --mode full --dry-run --only tags")


def test_a_dry_run_of_a_refresh_stores_nothing(world, extract):
    extract()
    extract("--mode", "changes")
    before = world.stored("posts")
    world.site.publish("posts")

    _, log, _ = extract("--mode", "changes", "--dry-run")

    assert "posts: would be published, 8 rows" in str(log)
    assert world.stored("posts") == before


def test_quiet_shows_what_is_wrong_and_nothing_else(world, extract):
    assert extract("--quiet") == (0, [], [])

    world.extract_these("posts", also=f"gone={world.url('mo/v1/gone_s3cr3t')}")
    status, log, table = extract("--quiet")
    assert (status, table) == (1, [])
    assert [level for level, _ in log] == ["ERROR", "ERROR"]


def test_the_outcomes_are_printed_as_json(world, extract):
    world.extract_these("posts", also=f"gone={world.url('mo/v1/gone_s3cr3t')}")
    _, _, lines = extract("--json")

    found = {one["name"]: one for one in json.loads("\n".join(lines))}
    assert found["posts"]["rows"] == 7
    assert found["posts"]["completeness"] == "proven"
    assert found["gone"]["reason"].startswith("gone: HTTP 404")


def test_an_unknown_endpoint_is_not_chosen(world, extract):
    status, log, _ = extract("--only", "post")

    assert status == 2
    assert log[-1][1].startswith(
        '"only" names what is no endpoint of the site: post; its endpoints'
    )
    assert world.server.requests == []


@pytest.mark.parametrize(
    "name",
    [
        "https://s.test/wp-json/mo/v1/posts_hush",
        "s.test/wp-json/mo/v1/posts_hush",
        "editor:hush",
        "posts_hush",
        "posts=https://s.test/hush",
        "gone_h8u9s2h",
    ],
)
@pytest.mark.parametrize("option", ["--only", "--accept-drop"])
def test_a_url_or_a_login_in_the_place_of_a_name_is_not_shown(world, extract, option, name):
    status, log, lines = extract(option, "posts", option, name)

    assert (status, len(log), lines) == (2, 1, [])
    assert "hush" not in log[0][1]
    assert "h8u9s2h" not in log[0][1]
    assert world.server.requests == []


@pytest.mark.parametrize("name", ["", " ", ","])
def test_a_blank_choice_does_not_mean_all_endpoints(world, extract, name):
    status, log, lines = extract("--only", name)

    assert (status, lines) == (2, [])
    assert log == [("ERROR", '"only" is blank: name endpoints, or leave it out')]
    assert world.server.requests == []


def test_a_drop_of_an_unknown_endpoint_is_not_accepted(world, extract):
    assert extract("--accept-drop", "post") == (
        2,
        [
            (
                "ERROR",
                "accept_drop names what is no endpoint of the site: post; its endpoints are posts,"
                " raw_terms, tags",
            )
        ],
        [],
    )
    assert world.server.requests == []


@pytest.mark.parametrize(
    ("environment", "error"),
    [
        ({}, f"parameter {Settings().endpoints_parameter} does not exist: create it in this region;"
             f" parameter {Settings().bucket_parameter} does not exist: create it in this region"),
        ({"WP_PIPELINE_CONCURRENCY": "0"},
         "WP_PIPELINE_CONCURRENCY must be greater than or equal to 1"),
        ({"WP_PIPELINE_TIMEOUT": "soon"}, "WP_PIPELINE_TIMEOUT must be a valid number"),
        ({"WP_PIPELINE_OWNERS": "team:data,anna"},
         "WP_PIPELINE_OWNERS takes e-mail addresses as Dagster does, and teams such as team:data"),
        ({"AWS_PROFILE": "nobody"},
         "Parameter Store: the AWS profile does not exist; correct AWS_PROFILE"),
    ],
    ids=["no parameters", "too few", "no number", "no owner", "no profile"],
)  # fmt: skip
def test_a_bad_configuration_is_status_2_and_one_line(
    aws, extract, monkeypatch, environment, error
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert extract() == (2, [("ERROR", error)], [])
    assert aws.keys() == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([], 0), (["nonsense"], 2), (["extract", "--nonsense"], 2), (["--help"], 0)],
)
def test_invalid_arguments_have_status_2_and_the_usage(capsys, arguments, status):
    assert main(arguments) == status
    shown = capsys.readouterr()
    assert "Usage: wp-pipeline" in shown.out + shown.err


def test_without_a_command_the_commands_are_listed_with_three_examples(capsys):
    assert main([]) == 0

    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^  {command} +[A-Z]", shown, re.MULTILINE)
    assert len(re.findall(r"^ +wp-pipeline \w+ .*  [a-z]", shown, re.MULTILINE)) == 3
    assert "\n  wp-pipeline extract --help lists all of them." in shown
    assert "\\b" not in shown


@pytest.mark.parametrize(
    ("mistyped", "suggestion"),
    [("extrct", "extract"), ("docter", "doctor"), ("shwo", "show"), ("EXTRACT", "")],
)
def test_a_mistyped_command_has_a_suggestion(capsys, mistyped, suggestion):
    assert main([mistyped]) == 2

    error = capsys.readouterr().err.splitlines()[-1]
    question = f"; did you mean {suggestion}?" if suggestion else "."
    assert error == f"Error: No such command '{mistyped}'{question}"


@pytest.mark.parametrize(
    "value",
    [
        "https://s.test/wp-json/mo/v1/posts_hush",
        "editor:hush",
        "hush",
        "editor:'h\"u'sh hush\\n\n",
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [
        ["https://s.test/{}"],
        ["-x{}"],
        ["extract", "{}"],
        ["extract", "{}", "abcd", "hush", "ijkl"],
        ["extract", "--mode", "{}"],
        ["extract", "--mode={}"],
        ["extract", "--quiet={}"],
        ["extract", "--endpoint={}"],
        ["login", "s.test", "{}"],
        ["discover", "s.test", "--file", "/etc", "{}"],
        ["sql", "--folder", "{}"],
        ["sql", "--folder", "/dev/null/{}"],
        ["sql", "--list", "{}"],
    ],
)
def test_a_value_that_is_not_understood_is_not_quoted(capsys, arguments, value):
    assert main([argument.format(value) for argument in arguments]) == 2

    shown = capsys.readouterr()
    error = shown.err.partition("Error: ")[2]
    assert error.count("\n") == 1
    assert "hush" not in shown.out + shown.err


def test_a_mistyped_option_has_a_suggestion(capsys):
    assert main(["extract", "--sites", "shop"]) == 2
    assert "--site" in capsys.readouterr().err.splitlines()[-1].partition("Did you mean")[2]


def test_variables_that_are_no_setting_are_warned_about_in_one_line(world, extract, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_SITES", "hush")
    monkeypatch.setenv("WP_PIPELINE_Q", "hush")
    status, log, _ = extract()

    assert status == 0
    assert log[0] == (
        "WARNING",
        "WP_PIPELINE_Q is no setting, and is ignored; WP_PIPELINE_SITES is no setting, and is"
        " ignored; did you mean WP_PIPELINE_SITE?",
    )


def test_the_version_is_printed(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == version("wp-pipeline")


@pytest.mark.processes
def test_ctrl_c_ends_the_command_with_one_line_and_stores_nothing_more(world, serve):
    world = World(world.aws, serve(world.site, latency=1.0))
    world.extract_these("posts", "tags")
    command = [sys.executable, "-m", "wp_pipeline.commands", "extract"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
        preexec_fn=accept_sigint,
    ) as process:
        while not world.server.requests and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=30)

    assert process.returncode == 130, errors
    assert errors.splitlines()[-1].endswith(
        "[ERROR]: stopped; endpoints that were not finished keep what was stored"
    )
    assert "Traceback" not in errors
    assert out == ""
    assert world.uploads() == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("wp-pipeline do", ["plain,doctor"]),
        ("wp-pipeline extract --mo", ["plain,--mode"]),
        ("wp-pipeline extract --mode ", ["plain,full", "plain,changes"]),
    ],
)
def test_the_shell_completes_commands_options_and_values(typed, offered, monkeypatch, capsys):
    monkeypatch.setenv("_WP_PIPELINE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split(" ")) - 1))

    with pytest.raises(SystemExit, match="0"):
        main()

    assert capsys.readouterr().out.splitlines() == offered
