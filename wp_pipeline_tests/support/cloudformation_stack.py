"""What moto's CloudFormation made of the template, and the role that extracts in it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.support.recorded_needs import listed

UNENFORCED, ENFORCED = b"inf", b"0"  # How many requests moto allows to everybody.


class Stack:
    """What CloudFormation made of the template."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws
        cloudformation = aws.client("cloudformation")
        (described,) = cloudformation.describe_stacks(StackName="site")["Stacks"]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in described["Outputs"]}
        listed = cloudformation.list_stack_resources(StackName="site")["StackResourceSummaries"]
        self.resources = {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in listed
            if one["LogicalResourceId"]  # moto lists what a condition left out, without a name.
        }

    def statements(self, policy: str) -> list[dict[str, Any]]:
        """Return the statements of a policy, for this bucket and this topic."""
        iam, arn = self.aws.client("iam"), self.resources[policy]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)
        return found["PolicyVersion"]["Document"]["Statement"]

    def function(self) -> Mapping[str, Any]:
        name = self.outputs["Function"]
        return self.aws.client("lambda").get_function_configuration(FunctionName=name)

    @contextmanager
    def role(self) -> Iterator[None]:
        """Be the function: its role and its variables, in an account that enforces policies.

        moto knows no resource but those of S3, so all others are enforced by their actions alone.
        """
        elsewhere = [
            {**one, "Resource": "*"}
            for one in self.statements("RunPolicy")
            if not listed(one["Action"])[0].startswith("s3:")
        ]
        self.aws.client("iam").put_role_policy(
            RoleName=self.resources["RunRole"],
            PolicyName="without-resources",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": elsewhere}),
        )
        assumed = self.aws.client("sts").assume_role(
            RoleArn=self.outputs["RunRole"], RoleSessionName="function"
        )["Credentials"]
        variables = {
            **self.function()["Environment"]["Variables"],
            "AWS_ACCESS_KEY_ID": assumed["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": assumed["SecretAccessKey"],
            "AWS_SESSION_TOKEN": assumed["SessionToken"],
        }
        with pytest.MonkeyPatch.context() as environment:
            for name, value in variables.items():
                environment.setenv(name, value)
            self._enforce(ENFORCED)
            try:
                yield
            finally:
                self._enforce(UNENFORCED)

    def _enforce(self, allowed: bytes) -> None:
        requests.post(f"{self.aws.url}/moto-api/reset-auth", data=allowed, timeout=10).close()
