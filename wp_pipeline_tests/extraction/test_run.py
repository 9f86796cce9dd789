"""A whole extraction without Dagster: what it asks of the machine that it runs on."""

import json
import sys
from pathlib import Path

import pytest

from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import KEY
from wp_pipeline_tests.fakes.world import World

FOUND = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": KEY}


def test_aws_credentials_are_looked_for_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    looks = tmp_path / "looks"
    program = tmp_path / "credentials.py"
    program.write_text(
        f"open({str(looks)!r}, 'a').write('look\\n')\nprint({json.dumps(json.dumps(FOUND))})\n"
    )
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {sys.executable} {program}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    outcomes = list(run(Settings()))

    assert len(outcomes) == 3
    assert looks.read_text() == "look\n"
