from collections.abc import Iterator

import dagster as dg
import pytest

from wp_pipeline.definitions import load
from wp_pipeline.sandbox.local_aws import SandboxError
from wp_pipeline.sandbox.report import make_report
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.dagster_in_process import execute

pytestmark = [
    pytest.mark.dagster_runs,
    pytest.mark.filterwarnings("ignore:.* is currently in bet"),
]
KEY = "wordpress-api/report.html"


@pytest.fixture
def settings(world: World, site_name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of a site that is not loaded yet."""
    monkeypatch.setenv("WP_PIPELINE_SITE", site_name)
    monkeypatch.setenv("WP_PIPELINE_RETRY_DELAY", "0")
    load.cache_clear()
    yield Settings.from_environment()
    load.cache_clear()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def test_the_report_is_made_also_if_an_endpoint_was_refused(world, settings, instance, capfd):
    world.respond("wp/v2/tags", b"{}", 404)
    assert not execute(load(), settings.site, instance).success
    capfd.readouterr()

    assert make_report(settings, instance) == f"s3://{BUCKET}/{KEY}"
    assert "tags</strong>: not brought up to date: HTTP 404" in world.aws.object(KEY).decode()
    assert capfd.readouterr().err == ""  # Dagster prints nothing.


def test_a_site_without_a_report_has_none(world, settings, instance):
    world.extract_these("posts", also=f"report={world.url('wp/v2/pages')}")

    assert make_report(settings, instance) is None


def test_a_report_that_can_t_be_stored_is_one_line(world, settings, instance):
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked.startswith("PUT") else None

    with pytest.raises(SandboxError, match=r"^report: S3: access denied; allow s3:PutObject$"):
        make_report(settings, instance)
