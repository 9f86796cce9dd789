"""The commands and the Lambda handler print no secret, with every fault and with DEBUG logging."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from wp_pipeline.commands.__main__ import main
from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.fakes.faulty_sites import environment, faulty_sites
from wp_pipeline_tests.faults.site import ALL_SITE_FAULTS
from wp_pipeline_tests.support.planted_secrets import PASSWORD, RANDOM_PART, SECRETS, USER
from wp_pipeline_tests.support.secret_search import Search
from wp_pipeline_tests.support.verbose_entry_points import PLANTED

CARELESS = "x4tplw9cz1"
HASTE = {
    "WP_PIPELINE_DEADLINE": "0.8",
    "WP_PIPELINE_TIMEOUT": "0.3",
}  # Most faults may end at the deadline here.


@dataclass(frozen=True)
class Output:
    """Everything that was printed and logged, and the secrets in use."""

    text: bytes
    secrets: Mapping[str, str]


@pytest.fixture(scope="module")
def output(aws_server: FakeAws) -> Output:
    """Extract and examine every site with the commands and the Lambda handler, in one process."""
    aws_server.forget()
    with faulty_sites() as faulty:
        faulty.put_first_parameters(aws_server)
        faulty.put_later_parameters(aws_server)
        aws_server.put_parameters({PLANTED: CARELESS})
        sites = [{**site.environment, **HASTE} for site in faulty.sites]
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
    return Output(ended.stdout, faulty.secrets)


def test_no_secret_is_printed_or_logged(output):
    assert Search(output.secrets).found_in(output.text) == set()


def test_a_secret_that_is_not_silenced_is_found(output):
    assert b"DEBUG:botocore.parsers:" in output.text
    assert b"DEBUG:urllib3.connectionpool:" in output.text
    assert Search({"careless": CARELESS}).found_in(output.text) == {"careless"}


def test_the_reading_commands_have_read_the_site(output):
    assert b"\nmend     " in output.text
    assert b"doctor ended with 1" in output.text
    assert b"show ended with 0" in output.text
    assert b"a bug in wp_pipeline" not in output.text


@pytest.mark.parametrize("fault", ALL_SITE_FAULTS, ids=lambda fault: fault.name)
def test_every_fault_is_reported_by_both(output, fault):
    assert f"]: {fault.name}: ".encode() in output.text, "not by the command"
    assert f":wp_pipeline:{fault.name}: ".encode() in output.text, "not by the Lambda handler"


@pytest.fixture
def extract(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], tuple[int, str]]]:
    """Runs the command; returns its status and its log."""
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
def test_a_secret_instead_of_a_parameter_name_is_not_quoted(
    world, monkeypatch, extract, variable, secret
):
    monkeypatch.setenv(f"WP_PIPELINE_{variable}", secret)
    status, log = extract()

    assert (status, log.count("[ERROR]")) == (2, 1)
    assert f"WP_PIPELINE_{variable}" in log
    assert Search(SECRETS).found_in(log.encode()) == set()


def test_the_random_part_of_a_url_in_an_answer_is_not_quoted(world, extract):
    body = {"code": f"no_terms_{RANDOM_PART}", "message": f"No {RANDOM_PART}.", "data": {}}
    world.respond(f"mo/v1/terms_{RANDOM_PART}", json.dumps(body).encode(), 404)
    world.extract_these(also=world.url(f"mo/v1/terms_{RANDOM_PART}"))
    status, log = extract()

    assert status == 1
    assert "terms: HTTP 404" in log
    assert Search(SECRETS).found_in(log.encode()) == set()
