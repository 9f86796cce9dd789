import logging

import pytest

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.lambda_function import ExtractionIncomplete, lambda_handler
from wp_pipeline.settings import SettingsError


def test_the_handler_returns_the_totals(world):
    assert lambda_handler({"any": "event"}, None) == {
        "total": 3, "published": 3, "unchanged": 0, "refused": 0,
    }  # fmt: skip
    assert lambda_handler({}, None) == {"total": 3, "published": 0, "unchanged": 3, "refused": 0}
    assert len(world.rows("posts")) == 7


def test_a_refused_endpoint_fails_the_call_with_a_line_for_each(world):
    world.extract_these("posts", also=f"b={world.url('x/b_s3cr3t')},a={world.url('x/a_s3cr3t')}")

    with pytest.raises(ExtractionIncomplete) as error:
        lambda_handler({}, None)
    assert [line.partition(":")[0] for line in str(error.value).splitlines()] == ["a", "b"]
    assert "s3cr3t" not in str(error.value)
    assert error.value.__context__ is None
    assert len(world.rows("posts")) == 7


def test_a_missing_parameter_fails_the_call_with_its_name(aws):
    with pytest.raises(ConfigurationError, match="does not exist: create it in this region"):
        lambda_handler({}, None)


def test_a_bad_setting_fails_the_call_with_its_name(aws, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_DEADLINE", "-1")

    with pytest.raises(SettingsError, match="WP_PIPELINE_DEADLINE must be greater than 0"):
        lambda_handler({}, None)


def test_the_handler_logs_what_happens(world, caplog):
    with caplog.at_level(logging.INFO):
        lambda_handler({}, None)

    logged = [record.getMessage() for record in caplog.records if record.name == "wp_pipeline"]
    assert logged[-1] == "total 3, published 3, unchanged 0, refused 0"
    assert len(logged) == 4
