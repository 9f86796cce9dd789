"""The command and the Lambda handler tell no secret, whatever happens and whatever is logged."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from wp_pipeline.commands.__main__ import main
from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.fakes.faulty_sites import environment, troubles
from wp_pipeline_tests.faults.site import ALL_SITE_FAULTS
from wp_pipeline_tests.support.planted_secrets import PASSWORD, RANDOM_PART, SECRETS, USER
from wp_pipeline_tests.support.secret_search import Search
from wp_pipeline_tests.support.verbose_entry_points import PLANTED

CARELESS = "x4tplw9cz1"
HASTE = {
    "WP_PIPELINE_DEADLINE": "0.8",
    "WP_PIPELINE_TIMEOUT": "0.3",
}  # Nobody waits here to see how a fault ends.


@dataclass(frozen=True)
class Output:
    """All that was printed and logged, and the secrets that were at stake."""

    text: bytes
    secrets: Mapping[str, str]


@pytest.fixture(scope="module")
def output(aws_server: FakeAws) -> Output:
    """Extract every site in both ways, in one process."""
    aws_server.forget()
    with troubles() as troubled:
        troubled.begin(aws_server)
        troubled.go_on(aws_server)
        aws_server.put_parameters({PLANTED: CARELESS})
        sites = [{**site.environment, **HASTE} for site in troubled.sites]
        ended = subprocess.run(
            [sys.executable, "-m", "wp_pipeline_tests.support.verbose_entry_points"],
            input=json.dumps(sites).encode(),
            env=environment(aws_server),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
    assert ended.returncode == 0, ended.stdout.decode()
    return Output(ended.stdout, troubled.secrets)


def test_no_secret_is_printed_or_logged(output):
    assert Search(output.secrets).found_in(output.text) == set()


def test_what_is_not_hushed_is_found(output):
    assert b"DEBUG:botocore.parsers:" in output.text
    assert b"DEBUG:urllib3.connectionpool:" in output.text
    assert Search({"careless": CARELESS}).found_in(output.text) == {"careless"}


@pytest.mark.parametrize("fault", ALL_SITE_FAULTS, ids=lambda fault: fault.name)
def test_every_fault_of_a_site_is_told_by_both(output, fault):
    assert f"]: {fault.name}: ".encode() in output.text, "not by the command"
    assert f":wp_pipeline:{fault.name}: ".encode() in output.text, "not by the Lambda handler"


@pytest.fixture
def extract(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], tuple[int, str]]]:
    """Runs the command; gives its status and its log, which it sets up for its process."""
    log = logging.getLogger("wp_pipeline")
    before = log.handlers, log.level, log.propagate
    yield lambda: (main(["extract"]), capsys.readouterr().err)
    log.handlers, log.level, log.propagate = before


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("ENDPOINTS_PARAMETER", f"https://h.example/wp-json/mo/v1/terms_{RANDOM_PART}"),
        ("ENDPOINTS_PARAMETER", f"https://h.example/wp-json/mo/v1/terms_{RANDOM_PART}/"),
        ("CREDENTIALS_PARAMETER", f"{USER}:{PASSWORD}"),
    ],
    ids=["an endpoint", "an endpoint with a slash", "a login"],
)
def test_a_secret_that_is_set_where_a_parameters_name_belongs_is_not_repeated(
    world, monkeypatch, extract, variable, secret
):
    monkeypatch.setenv(f"WP_PIPELINE_{variable}", secret)
    status, log = extract()

    assert (status, log.count("[ERROR]")) == (2, 1)
    assert f"WP_PIPELINE_{variable}" in log
    assert Search(SECRETS).found_in(log.encode()) == set()


def test_a_site_that_repeats_the_random_part_is_not_quoted(world, extract):
    said = {"code": f"no_terms_{RANDOM_PART}", "message": f"No {RANDOM_PART}.", "data": {}}
    world.respond(f"mo/v1/terms_{RANDOM_PART}", json.dumps(said).encode(), 404)
    world.extract_these(also=world.url(f"mo/v1/terms_{RANDOM_PART}"))
    status, log = extract()

    assert status == 1
    assert "terms: HTTP 404" in log
    assert Search(SECRETS).found_in(log.encode()) == set()
