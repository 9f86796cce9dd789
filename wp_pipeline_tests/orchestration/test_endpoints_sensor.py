import json
from collections.abc import Iterator

import dagster as dg
import pytest

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline_tests.fakes.aws import DEAD_END
from wp_pipeline_tests.fakes.raw_server import RawServer, http_answer

pytestmark = pytest.mark.dagster_runs

DIFFERS = "The list in Parameter Store differs from the assets: "
BY_HAND = (
    "Reload the code location (Deployment → wp_pipeline → Reload), or set WP_PIPELINE_WEBSERVER."
)
EACH_HAS_ITS_ASSET = "Each endpoint has its asset: posts, raw_terms, tags."


class Ticks:
    """Evaluates ticks of the endpoints sensor of loaded definitions."""

    def __init__(self, defs: dg.Definitions, site: str, instance: dg.DagsterInstance) -> None:
        self._sensor = defs.resolve_sensor_def(f"{site}_endpoints")
        self._instance = instance
        self.cursor: str | None = None

    def tick(self) -> str:
        """Return what the UI shows of a tick."""
        with dg.build_sensor_context(instance=self._instance, cursor=self.cursor) as context:
            data = self._sensor.evaluate_tick(context)
        self.cursor = data.cursor
        assert data.run_requests == []
        return data.skip_message or ""


def answer(kind: str, **more: object) -> bytes:
    body = {"data": {"reloadRepositoryLocation": {"__typename": kind, **more}}}
    return http_answer(json.dumps(body).encode(), Content_Type="application/json")


RELOADED = answer(
    "WorkspaceLocationEntry", locationOrLoadError={"__typename": "RepositoryLocation"}
)
BROKEN = answer(
    "WorkspaceLocationEntry",
    locationOrLoadError={"__typename": "PythonError", "message": "http://a.example/s3cr3t"},
)
UNKNOWN = answer("RepositoryLocationNotFound", message="none")
NO_WEBSERVER = "it can't be reached, or is no webserver of Dagster; correct the variable"


@pytest.fixture
def sensor(world, load, site_name, instance) -> Ticks:
    return Ticks(load(), site_name, instance)


@pytest.fixture
def webserver(monkeypatch) -> Iterator[RawServer]:
    """A webserver that reloads; the setting leads there."""
    server = RawServer(RELOADED)
    monkeypatch.setenv("WP_PIPELINE_WEBSERVER", server.url)
    yield server
    server.stop()


def test_a_list_that_equals_the_assets_needs_nothing(sensor, world):
    assert sensor.tick() == EACH_HAS_ITS_ASSET
    assert world.server.requests == []


@pytest.mark.parametrize(
    ("listed", "difference"),
    [
        (["posts", "tags", "comments", "users"], "add comments, users; drop raw_terms."),
        (["posts"], "drop raw_terms, tags."),
    ],
)
def test_a_list_that_differs_is_reported_with_what_to_do(sensor, world, listed, difference):
    world.extract_these(*listed)

    assert sensor.tick() == f"{DIFFERS}{difference} {BY_HAND}"
    world.extract_these("posts", "tags", raw=["terms"])
    assert sensor.tick() == EACH_HAS_ITS_ASSET


def test_an_endpoint_of_another_kind_needs_a_reload(sensor, world):
    url = world.url("wp/v2/tags")
    world.extract_these("posts", "tags", also=f"raw_terms={url}")

    assert sensor.tick() == f"{DIFFERS}change raw_terms. {BY_HAND}"


def test_the_code_location_is_reloaded_once(webserver, sensor, world):
    world.extract_these("posts", "tags")

    assert sensor.tick() == f"{DIFFERS}drop raw_terms. wp_pipeline was reloaded."
    assert webserver.requests == ["/graphql"]
    assert sensor.tick() == (
        f"{DIFFERS}drop raw_terms. wp_pipeline was reloaded, but this process still has the former"
        " assets: see its log, or restart it."
    )
    assert webserver.requests == ["/graphql"]
    world.extract_these("posts")
    assert sensor.tick() == f"{DIFFERS}drop raw_terms, tags. wp_pipeline was reloaded."


def test_a_reload_that_had_no_effect_is_repeated_after_an_hour(webserver, sensor, world):
    world.extract_these("posts", "tags")
    sensor.tick()
    kept = json.loads(sensor.cursor)
    sensor.cursor = json.dumps(kept | {"at": kept["at"] - 3601})
    sensor.tick()

    assert len(webserver.requests) == 2


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (BROKEN, "PythonError; see Deployment in its UI"),
        (UNKNOWN, "RepositoryLocationNotFound; see Deployment in its UI"),
        (http_answer(b"<html>", "404 Not Found"), NO_WEBSERVER),
        (http_answer(b"{}"), NO_WEBSERVER),
        (b"", NO_WEBSERVER),
    ],
    ids=["broken", "unknown", "no webserver", "other answer", "no answer"],
)
def test_a_failed_reload_is_reported_and_repeated(webserver, sensor, world, reply, reason):
    webserver.replies[:] = [reply]
    world.extract_these("posts", "tags")
    for _ in range(2):
        assert sensor.tick() == (
            f"{DIFFERS}drop raw_terms."
            " The webserver of WP_PIPELINE_WEBSERVER did not reload wp_pipeline:"
            f" {reason}."
        )
    assert len(webserver.requests) == 2


def test_the_first_endpoints_are_noticed_too(aws, world, load, site_name, instance):
    aws.forget()
    sensor = Ticks(load(), site_name, instance)
    with pytest.raises(ConfigurationError, match="does not exist: create it in this region"):
        sensor.tick()

    world.extract_these("posts")
    assert sensor.tick() == f"{DIFFERS}add posts. {BY_HAND}"


def test_a_parameter_store_that_cannot_be_read_fails_the_tick(sensor, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", DEAD_END)

    with pytest.raises(ConfigurationError, match="AWS can't be reached"):
        sensor.tick()


def test_no_message_of_the_sensor_holds_a_url(sensor, world, capfd):
    world.extract_these("posts", also=f"pages_x={world.url('mo/v1/pages_s3cr3t')}?key=s3cr3t")
    shown = sensor.tick()

    assert "add pages_x" in shown
    for text in (shown, sensor.cursor, *capfd.readouterr()):
        assert "s3cr3t" not in text
        assert "://" not in text


def test_the_cursor_of_another_format_counts_as_none(webserver, sensor, world):
    sensor.cursor = '{"difference": "x", "when": 1}'
    world.extract_these("posts", "tags")

    assert "was reloaded." in sensor.tick()
