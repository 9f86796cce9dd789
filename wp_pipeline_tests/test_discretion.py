"""Debugging logs: on for the whole process, and still nothing is told."""

import logging

import pytest

from wp_pipeline.cli import main
from wp_pipeline_tests.world import World


def test_debugging_logs_hold_no_endpoint(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    assert main(["extract"]) == 0

    assert "/wp-json/" not in caplog.text
    assert world.site.url not in caplog.text
