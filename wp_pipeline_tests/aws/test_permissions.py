"""The policies in docs/iam: what each is for works with it, and fails without any action of it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import pytest
from botocore.exceptions import ClientError
from dagster_aws.s3 import S3Resource
from dagster_aws.ssm import SSMResource

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.outcomes import Refused
from wp_pipeline.extraction.rules import RULES
from wp_pipeline.extraction.run import run
from wp_pipeline.orchestration.checks import check as check_rule
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.sensors.changes import build_changes_sensor
from wp_pipeline.orchestration.site import WordPressSite
from wp_pipeline.settings import Settings
from wp_pipeline_tests.aws.guarded_aws import (
    DOCUMENTS,
    GuardedAws,
    Policy,
    parameter_arn,
)
from wp_pipeline_tests.fakes.aws import BUCKET, REGION, FakeAws
from wp_pipeline_tests.fakes.world import World

pytestmark = pytest.mark.filterwarnings("ignore:Class `SSMResource` is currently in beta")

PATH = "/wordpress/amazonwebshark/endpoints/"
RUN, READER = Policy.documented("run"), Policy.documented("reader")
NAMES = [EndpointName("posts", True), EndpointName("tags", True)]


@pytest.fixture(scope="module")
def guarded_aws(aws_server: FakeAws) -> Iterator[GuardedAws]:
    """One for all tests here; with `aws_server` go the descriptions that are read once for all."""
    with GuardedAws() as server:
        yield server


@pytest.fixture
def aws(guarded_aws: GuardedAws, monkeypatch: pytest.MonkeyPatch) -> GuardedAws:
    """An AWS with an empty bucket and no parameter, to which the environment leads."""
    guarded_aws.forget()
    monkeypatch.setenv("AWS_ENDPOINT_URL", guarded_aws.url)
    return guarded_aws


@pytest.fixture
def world(world: World) -> World:
    """A site whose endpoints are given both as a list and below a path."""
    world.aws.put_parameters({f"{PATH}{n}": world.url(f"wp/v2/{n}") for n in ("posts", "tags")})
    return world


# What somebody does, told by why it failed; nothing where it did not.


def extract() -> str:
    outcomes = run(Settings.from_environment())
    return "; ".join(outcome.reason for outcome in outcomes if isinstance(outcome, Refused))


def load() -> str:
    with TemporaryDirectory() as folder:
        WordPressSite().write_state_to_path(Path(folder) / "state")
    return ""


def look() -> str:
    settings = Settings.from_environment()
    sensor = build_changes_sensor(settings, NAMES)
    resources = {"configuration": ConfigurationResource(ssm=SSMResource())}
    with dg.build_sensor_context(resources=resources) as context:
        found = sensor(context)
    assert isinstance(found, dg.SensorResult), found
    return ""


def check() -> str:
    settings = Settings.from_environment()
    resources = {
        "configuration": ConfigurationResource(ssm=SSMResource()),
        "lake": LakeResource(s3=S3Resource()),
    }
    with dg.build_resources(resources) as given:
        lake = given.lake.of(settings, given.configuration.bucket(settings))
        check_rule(RULES[-1], NAMES[0], settings, lake, dict)
    return ""


@dataclass(frozen=True)
class Task:
    """Something that is done with the policy of a run, on a world that is ready for it."""

    do: Callable[[], str]
    endpoints: str = Settings().endpoints_parameter
    was_extracted: bool = False

    def failure(self) -> str:
        try:
            return self.do()
        except (ConfigurationError, AwsError) as error:
            return str(error)


TASKS = {
    "a run": Task(extract),
    "a run, its endpoints below a path": Task(extract, PATH),
    "a run that finds nothing changed": Task(extract, was_extracted=True),
    "loading the code location": Task(load),
    "loading it, the endpoints below a path": Task(load, PATH),
    "a sensor tick": Task(look),
    "a sensor tick, the endpoints below a path": Task(look, PATH),
    "a check": Task(check, was_extracted=True),
    "a check where nothing is stored yet": Task(check),
}


def documented_needs() -> dict[str, set[str]]:
    """The table of docs/iam/README.md: which actions each task needs."""
    text = (DOCUMENTS / "iam" / "README.md").read_text()
    actions = re.findall(r"`(\w+:\w+)` (?=\|)", re.search(r"^\| \| `.*$", text, re.MULTILINE)[0])
    rows = re.findall(r"^\| ([a-z][^|`]*?) \|((?: x? ?\|)+)$", text, re.MULTILINE)
    cells = {task: [cell.strip() for cell in marks.split("|")] for task, marks in rows}
    return {
        task: {action for action, mark in zip(actions, marks, strict=False) if mark}
        for task, marks in cells.items()
    }


NEEDS = documented_needs()


@pytest.fixture
def task(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Task:
    """A task by its name, with all that it must find."""
    task = TASKS[request.param]
    if task.was_extracted:
        assert extract() == ""
    monkeypatch.setenv("WP_PIPELINE_ENDPOINTS_PARAMETER", task.endpoints)
    return task


def test_the_table_tells_of_all_that_is_done_with_the_policy_of_a_run():
    assert list(NEEDS) == list(TASKS)


@pytest.mark.parametrize("action", RUN.actions)
def test_every_action_of_the_policy_of_a_run_is_needed_by_something(action):
    assert [name for name, needed in NEEDS.items() if action in needed]


@pytest.mark.parametrize(("task", "needed"), NEEDS.items(), indirect=["task"])
def test_a_task_works_with_the_actions_that_the_table_says(aws, task, needed):
    with aws.by(RUN.only(needed)):
        assert task.failure() == ""


@pytest.mark.parametrize(
    ("task", "action"),
    [(name, action) for action in RUN.actions for name in NEEDS if action in NEEDS[name]],
    indirect=["task"],
)
def test_a_task_fails_without_an_action_that_it_needs_and_names_it(aws, task, action):
    with aws.by(RUN.without(action)):
        failure = task.failure()

    assert "access denied; allow " in failure
    assert re.search(rf"\b{action}\b", failure)


def test_the_policy_of_a_run_covers_what_the_settings_default_to_and_nothing_else():
    policy, default = Policy.documented("run", "my-bucket"), Settings()
    parameters = "arn:aws:ssm:*:*:parameter"
    objects = f"arn:aws:s3:::my-bucket/{default.prefix}/*"

    assert len(policy.actions) == len(set(policy.actions))
    assert {
        action: statement["Resource"]
        for statement in policy.statements
        for action in Policy((statement,)).actions
    } == {
        "ssm:GetParameters": [
            parameters + default.endpoints_parameter, parameters + default.bucket_parameter
        ],
        "ssm:GetParametersByPath": parameters + PATH.rstrip("/"),
        "s3:GetObject": objects,
        "s3:PutObject": objects,
        "s3:ListBucket": "arn:aws:s3:::my-bucket",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "elsewhere", "action"),
    [
        ("ENDPOINTS_PARAMETER", "/wordpress/magazine/api/endpoints", "ssm:GetParameters"),
        ("ENDPOINTS_PARAMETER", f"{PATH}posts", "ssm:GetParameters"),
        ("ENDPOINTS_PARAMETER", "/wordpress/magazine/", "ssm:GetParametersByPath"),
        ("ENDPOINTS_PARAMETER", f"{PATH}deeper/", "ssm:GetParametersByPath"),
        ("BUCKET_PARAMETER", "/s3/lakehouse/name/curated", "ssm:GetParameters"),
        ("CREDENTIALS_PARAMETER", "/wordpress/password", "ssm:GetParameters"),
        ("PREFIX", "wordpress-api-2", "s3:GetObject"),
    ],
)
def test_a_run_that_is_set_to_go_elsewhere_is_denied(
    aws, world, monkeypatch, variable, elsewhere, action
):
    url = world.url("wp/v2/posts")
    aws.put_parameters(
        {
            "/wordpress/magazine/api/endpoints": url,
            "/wordpress/magazine/posts": url,
            f"{PATH}deeper/posts": url,
            "/s3/lakehouse/name/curated": BUCKET,
            "/wordpress/password": f"{world.site.user}:{world.site.application_password}",
        }
    )
    monkeypatch.setenv(f"WP_PIPELINE_{variable}", elsewhere)

    with aws.by(RUN):
        assert re.search(rf"access denied; allow {action}\b", Task(extract).failure())
    assert Task(extract).failure() == ""  # It was the policy.


def test_a_run_into_another_bucket_is_denied(aws, world):
    where = {"LocationConstraint": REGION}
    aws.client("s3").create_bucket(Bucket="another-lake", CreateBucketConfiguration=where)
    aws.put_parameters({Settings().bucket_parameter: "another-lake"})

    with aws.by(RUN):
        assert "access denied; allow s3:GetObject" in Task(extract).failure()
    assert Task(extract).failure() == ""


def test_a_parameter_that_is_added_to_the_policy_may_be_read(aws, world, monkeypatch):
    password = "/wordpress/amazonwebshark/api/password"
    aws.put_parameters({password: f"{world.site.user}:{world.site.application_password}"})
    monkeypatch.setenv("WP_PIPELINE_CREDENTIALS_PARAMETER", password)

    with aws.by(RUN.also("ssm:GetParameters", parameter_arn(password))):
        assert Task(extract).failure() == ""


# What a reader does.
READING = {
    "s3:GetObject": lambda s3: s3.get_object(Bucket=BUCKET, Key="wordpress-api/posts.json"),
    "s3:ListBucket": lambda s3: s3.list_objects_v2(Bucket=BUCKET, Prefix="wordpress-api/"),
}


@pytest.mark.parametrize("action", READER.actions)
def test_a_reader_reads_and_lists_and_needs_each_action_for_it(aws, world, action):
    assert extract() == ""
    with aws.by(READER.only([action])):
        READING[action](build_client("s3"))

    with aws.by(READER.without(action)), pytest.raises(ClientError, match="AccessDenied"):
        READING[action](build_client("s3"))


@pytest.mark.parametrize(
    "forbidden",
    [
        lambda s3: s3.put_object(Bucket=BUCKET, Key="wordpress-api/posts.json", Body=b"[]"),
        lambda s3: s3.get_object(Bucket=BUCKET, Key="payroll/posts.json"),
        lambda s3: s3.list_objects_v2(Bucket=BUCKET, Prefix="payroll/"),
        lambda s3: s3.list_objects_v2(Bucket=BUCKET),
    ],
    ids=["writing", "another prefix", "listing another prefix", "listing all"],
)
def test_a_reader_may_do_nothing_else(aws, world, forbidden):
    aws.put_object("wordpress-api/posts.json", b"[1]")
    aws.put_object("payroll/posts.json", b"[2]")

    with aws.by(READER), pytest.raises(ClientError, match="AccessDenied"):
        forbidden(build_client("s3"))
    forbidden(build_client("s3"))


DOCUMENTED = sorted(path.stem for path in (DOCUMENTS / "iam").glob("*.json"))


def test_the_readme_of_the_policies_names_each_of_them():
    text = (DOCUMENTS / "iam" / "README.md").read_text()

    assert (
        sorted(re.findall(r"^\| \[([\w-]+)\.json\]\(\1\.json\)", text, re.MULTILINE)) == DOCUMENTED
    )


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_policy_is_one_that_iam_takes(aws, name):
    iam = aws.client("iam")
    document = (DOCUMENTS / "iam" / f"{name}.json").read_text()
    iam.create_policy(PolicyName=name, PolicyDocument=document)

    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        iam.create_policy(PolicyName="other", PolicyDocument=document.replace("Allow", "Permit"))


def test_keys_of_ones_own_are_used_by_parameter_store_and_s3_alone():
    statements = Policy.documented("own-keys").statements

    assert [
        (Policy((one,)).actions, one["Condition"]["StringLike"]["kms:ViaService"])
        for one in statements
    ] == [
        (["kms:Decrypt"], "ssm.*.amazonaws.com"),
        (["kms:GenerateDataKey", "kms:Decrypt"], "s3.*.amazonaws.com"),
    ]


def test_the_lifecycle_rule_is_one_that_s3_takes(aws):
    s3, rule = aws.client("s3"), json.loads((DOCUMENTS / "lifecycle.json").read_text())
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=rule)

    assert s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"] == rule["Rules"]
