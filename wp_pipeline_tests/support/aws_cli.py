"""The commands of AWS CLI that are more than one operation of the API."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from wp_pipeline_tests.fakes.aws import FakeAws


def copy_to_s3(aws: FakeAws, arguments: Sequence[str]) -> None:
    """`aws s3 cp FILE s3://BUCKET/KEY`"""
    file, target = arguments
    bucket, _, key = target.removeprefix("s3://").partition("/")
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=Path(file).read_bytes())


def deploy(aws: FakeAws, arguments: Sequence[str]) -> None:
    """`aws cloudformation deploy`, of a stack that does not exist yet."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stack-name")
    parser.add_argument("--template-file", type=Path)
    parser.add_argument("--capabilities", nargs="+")
    parser.add_argument("--parameter-overrides", nargs="+")
    options = parser.parse_args(arguments)
    pairs = [one.partition("=") for one in options.parameter_overrides]
    aws.client("cloudformation").create_stack(
        StackName=options.stack_name,
        TemplateBody=options.template_file.read_text(),
        Capabilities=options.capabilities,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, _, value in pairs],
    )


COMMANDS = {("s3", "cp"): copy_to_s3, ("cloudformation", "deploy"): deploy}
