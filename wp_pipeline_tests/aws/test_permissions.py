"""The policies in docs/iam: a run works with them, and with nothing less."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import ConfigurationError, load_configuration
from wp_pipeline.extraction.extract import extract, site_client
from wp_pipeline.extraction.outcomes import Outcome, Refused
from wp_pipeline.sandbox.sample_site.server import SampleSiteServer
from wp_pipeline.settings import Settings
from wp_pipeline_tests.world import small_site

POLICIES = Path(__file__).parents[2] / "docs" / "iam"
REGION = "eu-west-1"
BUCKET = "my-bucket"


def policy(name: str) -> dict:
    """A policy of docs/iam, for any resource: moto enforces actions only."""
    allowed = json.loads((POLICIES / f"{name}.json").read_text())
    for statement in allowed["Statement"]:
        statement["Resource"] = "*"
    return allowed


def without(action: str) -> dict:
    """The policy of a run that lacks one action."""
    lacking = policy("run")
    for statement in lacking["Statement"]:
        actions = statement["Action"]
        listed = [actions] if isinstance(actions, str) else actions
        statement["Action"] = [one for one in listed if one != action] or ["sts:Nothing"]
    return lacking


class Account:
    """An AWS account in which policies are enforced."""

    def __init__(self, url: str) -> None:
        names = Settings()
        endpoints = f"{url}/wp-json/wp/v2/posts,{url}/wp-json/wp/v2/tags"
        ssm = boto3.client("ssm", REGION)
        ssm.put_parameter(Name=names.endpoints_parameter, Value=endpoints, Type="SecureString")
        ssm.put_parameter(Name=names.bucket_parameter, Value=BUCKET, Type="String")
        where = {"LocationConstraint": REGION}
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)

    def session(self, allowed: dict) -> boto3.Session:
        """Someone who may do just what the policy says."""
        iam = boto3.client("iam", REGION)
        name = f"user-{len(iam.list_users()['Users'])}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=json.dumps(allowed))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)

    def extraction(self, allowed: dict) -> list[Outcome]:
        """Extract as that someone. Raises ConfigurationError."""
        session, settings = self.session(allowed), Settings()

        @set_initial_no_auth_action_count(0)
        def enforced() -> list[Outcome]:
            store = ParameterStore(lambda: session.client("ssm"))
            configuration = load_configuration(settings, store)
            lake = Lake(lambda: session.client("s3"), configuration.bucket, settings.prefix)
            client = site_client(settings, configuration)
            return list(extract(configuration.endpoints, client, lake, settings))

        return enforced()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.delenv("AWS_ENDPOINT_URL")  # moto answers in this process.
    with mock_aws(), SampleSiteServer(small_site()) as server:
        yield Account(server.url)


def test_a_run_works_with_its_policy(account: Account) -> None:
    outcomes = account.extraction(policy("run"))

    assert not [outcome for outcome in outcomes if isinstance(outcome, Refused)]


def test_without_reading_parameters_no_run_begins(account: Account) -> None:
    with pytest.raises(ConfigurationError, match="allow ssm:GetParameters"):
        account.extraction(without("ssm:GetParameters"))


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject"])
def test_without_an_action_on_objects_all_is_refused_by_name(account: Account, action: str) -> None:
    outcomes = account.extraction(without(action))

    assert [type(outcome) for outcome in outcomes] == [Refused, Refused]
    assert all(f"allow {action}" in outcome.reason for outcome in outcomes)


def test_a_reader_reads_and_does_not_write(account: Account) -> None:
    account.extraction(policy("run"))
    reader = account.session(policy("reader")).client("s3")

    @set_initial_no_auth_action_count(0)
    def enforced() -> None:
        assert reader.get_object(Bucket=BUCKET, Key="wordpress-api/posts.json")["Body"].read()
        with pytest.raises(reader.exceptions.ClientError, match="AccessDenied"):
            reader.put_object(Bucket=BUCKET, Key="wordpress-api/posts.json", Body=b"[]")

    enforced()
