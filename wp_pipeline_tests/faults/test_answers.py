"""Every answer of the table is read whole, or refused; what is stored stays then."""

import json
from dataclasses import replace

import pytest

from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_configuration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored
from wp_pipeline.extraction.run_options import RunOptions
from wp_pipeline_tests.fakes.api_sites import Answers, always, items
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.faults.plugin_answers import (
    ALL_ANSWER_CASES,
    COUNTED,
    FALLS,
    FORMER,
    PLUGIN,
    AnswerCase,
)


@pytest.fixture
def server():
    with SampleSiteServer(SampleSite({})) as server:
        yield server


def extraction(
    world: World,
    server: SampleSiteServer,
    case: AnswerCase,
    answers: Answers,
    accept: RunOptions | None = None,
) -> Outcome:
    server.answers = answers
    world.put_endpoints(f"{case.name}={server.url}{case.route}")
    settings = case.settings
    configuration = load_configuration(settings, ParameterStore(lambda: world.aws.client("ssm")))
    lake = Lake(lambda: world.aws.client("s3"), BUCKET, settings.prefix)
    (outcome,) = extract(
        configuration.endpoints,
        replace(site_options(settings, configuration), backoff=0.001),
        lake,
        settings,
        run_options=accept or RunOptions(),
    )
    return outcome


def key(case: AnswerCase) -> str:
    return f"wordpress-api/{case.name}.json"


def rows_of(world: World, case: AnswerCase) -> list:
    stored = json.loads(world.aws.object(key(case)))
    rows = stored if isinstance(stored, list) else [stored]
    return [int(row["id"]) if str(row.get("id", "")).isdigit() else row for row in rows]


@pytest.mark.parametrize("case", ALL_ANSWER_CASES, ids=lambda case: case.name)
def test_an_answer_is_read_whole_or_refused(world, server, case):
    before = None
    if case.before:
        assert isinstance(extraction(world, server, case, case.before), Stored)
        before = world.aws.object(key(case))

    outcome = extraction(world, server, case, case.answers)

    if case.rows is None:
        assert isinstance(outcome, Refused)
        assert outcome.reason == f"{case.name}: {case.message}"
        assert before is None or world.aws.object(key(case)) == before
        return
    assert isinstance(outcome, Stored), outcome
    assert outcome.completeness != COUNTED or outcome.hidden == 0
    assert rows_of(world, case) == list(case.rows)
    assert (outcome.rows, outcome.completeness) == (len(case.rows), case.completeness)


@pytest.mark.parametrize(
    "case", [case for case in FALLS if case.rows is None], ids=lambda case: case.name
)
def test_a_drop_is_published_once_it_is_accepted(world, server, case):
    assert case.before
    extraction(world, server, case, case.before)

    outcome = extraction(world, server, case, case.answers, RunOptions.of([case.name]))

    assert isinstance(outcome, Stored)
    assert not outcome.unchanged


def test_a_drop_of_another_endpoint_is_not_accepted(world, server):
    case = AnswerCase("raw", "", always(items(1)), route=PLUGIN)
    extraction(world, server, case, FORMER)

    assert isinstance(
        extraction(world, server, case, case.answers, RunOptions.of(["posts"])), Refused
    )


def test_the_names_of_cases_are_unique():
    names = [case.name for case in ALL_ANSWER_CASES]

    assert sorted(set(names)) == sorted(names)
