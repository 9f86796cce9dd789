import json
import re

import pytest

from wp_pipeline.commands.__main__ import main
from wp_pipeline.settings import Settings
from wp_pipeline_tests.faults.fault_servers import MARK

pytestmark = pytest.mark.usefixtures("our_log")

LINE = re.compile(r"(ok      |look at |mend    ) (\S.{13}) (\S.*)")


@pytest.fixture
def doctor(capsys):
    """Runs the command; returns its exit status and its lines."""

    def examining(*arguments: str) -> tuple[int, list[str]]:
        status = main(["doctor", *arguments])
        return status, capsys.readouterr().out.splitlines()

    return examining


def test_each_finding_is_a_line_and_the_last_line_counts_them(world, doctor):
    status, lines = doctor()

    assert status == 0
    assert all(map(LINE.fullmatch, lines[:-1])), lines
    assert lines[-1] == f"0 to mend, 4 to look at, {len(lines) - 5} ok"
    assert "ok       posts          collection of 7 items, completeness proven" in lines


def test_a_fault_is_status_1_and_its_cure_is_on_the_line(world, doctor):
    world.extract_these(also=f"gone={world.url(f'mo/v1/gone_{MARK}')}")
    status, lines = doctor()

    assert status == 1
    assert (
        "mend     gone           HTTP 404 rest_no_route: the site does not serve this route"
        " -> correct the endpoint"
    ) in lines
    assert MARK not in str(lines)


def test_settings_that_are_not_valid_are_status_2_with_a_line_each(aws, doctor, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_CONCURRENCY", "0")
    monkeypatch.setenv("WP_PIPELINE_CREDENTIALS_PARAMETER", f"editor {MARK}")

    assert doctor("--timeout", "soon") == (
        2,
        [
            "mend     settings       WP_PIPELINE_CREDENTIALS_PARAMETER is no name of a Parameter"
            " Store parameter, such as /site/endpoints"
            " -> correct it: export WP_PIPELINE_CREDENTIALS_PARAMETER=…",
            "mend     settings       WP_PIPELINE_CONCURRENCY must be greater than or equal to 1"
            " -> correct it: export WP_PIPELINE_CONCURRENCY=…",
            "mend     settings       WP_PIPELINE_TIMEOUT must be a valid number"
            " -> correct it: export WP_PIPELINE_TIMEOUT=…",
            "3 to mend, 0 to look at, 0 ok",
        ],
    )
    assert aws.operations == []


def test_the_findings_as_json_have_a_state_and_a_cure(world, doctor):
    world.aws.client("ssm").delete_parameter(Name=Settings().bucket_parameter)
    status, lines = doctor("--json")
    found = json.loads("\n".join(lines))

    assert status == 1
    assert {tuple(one) for one in found} == {("check", "state", "detail", "cure", "command")}
    assert {
        "check": "parameters",
        "state": "mend",
        "detail": "parameter /s3/lakehouse/name/raw does not exist",
        "cure": "create it in this region",
        "command": "aws ssm put-parameter --overwrite --type String --name"
        " /s3/lakehouse/name/raw --value 'my-bucket'",
    } in found


def test_an_option_overrides_the_setting_of_a_run(world, doctor):
    status, lines = doctor("--bucket-parameter", "/other")

    assert status == 1
    assert lines[0].startswith("ok       settings       --bucket-parameter=/other (option); ")
    assert [line for line in lines if "parameter /other does not exist" in line]


def test_nothing_is_stored_and_the_site_is_read_with_few_requests(world, doctor):
    doctor()

    assert world.aws.keys() == []
    assert len(world.server.requests) == 1 + 2 * (1 + 4) + 1  # Rows, two collections, the index.
