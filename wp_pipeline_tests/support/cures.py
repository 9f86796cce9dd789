"""Carries out the commands that `wp-pipeline doctor` prints, against the fake AWS."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from wp_pipeline.commands.__main__ import main
from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.support.aws_cli import COMMANDS

ROOT = Path(__file__).parents[2]
# Options that the AWS CLI names otherwise than the API.
RENAMED = {"notification-endpoint": "endpoint"}
BOOLEANS = {"true": True, "false": False}


def carry_out(
    command: str, aws: FakeAws, environment: pytest.MonkeyPatch, instead: Mapping[str, str]
) -> None:
    """Do what a command says, with other values in the place of those that stand for the user's.

    It knows `export NAME=value`, `aws <service> <operation> --parameter value`, the commands of
    `aws_cli.py`, and ours, whose questions are answered with yes. botocore refuses an operation or
    a parameter that its description of the service does not have.
    """
    for part in command.split(" && "):
        for placeholder, value in instead.items():
            part = part.replace(placeholder, value)
        first, *words = shlex.split(part)
        if first == "export":
            name, _, value = words[0].partition("=")
            environment.setenv(name, value)
        elif first == "wp-pipeline":
            assert main([*words, "--yes"]) == 0, part
        else:
            assert first == "aws", part
            service, operation, *options = words
            if larger := COMMANDS.get((service, operation)):
                larger(aws, options)
                continue
            method = getattr(aws.client(service.removesuffix("api")), operation.replace("-", "_"))
            method(**parameters_of(options))


def parameters_of(options: list[str]) -> dict[str, Any]:
    """Return the parameters that the AWS CLI would send: `--key-marker x` as `KeyMarker`."""
    parameters: dict[str, Any] = {}
    while options:
        option = options.pop(0).removeprefix("--")
        name = "".join(word.title() for word in RENAMED.get(option, option).split("-"))
        has_value = bool(options) and not options[0].startswith("--")
        parameters[name] = value_of(options.pop(0)) if has_value else True
    return {**parameters.pop("CliInputJson", {}), **parameters}


def value_of(text: str) -> Any:
    """Return a value of the CLI: JSON, the JSON of a file, or `Name=value,Name=value`."""
    if text.startswith("file://"):
        return json.loads((ROOT / text.removeprefix("file://")).read_text())
    if text.startswith("{"):
        return json.loads(text)
    if re.fullmatch(r"([A-Z]\w+=[\w-]+,?)+", text):
        pairs = dict(pair.split("=") for pair in text.split(","))
        return {name: BOOLEANS.get(value, value) for name, value in pairs.items()}
    return text
