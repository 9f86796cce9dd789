"""The doctor's checks of Dagster: its instance, the code location, and what runs by itself."""

import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from dagster._daemon.types import DaemonHeartbeat

import wp_pipeline.definitions
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import LOOK_AT, MEND, OK, Finding
from wp_pipeline.extraction.doctor.registry import examine
from wp_pipeline.orchestration.dagster_internals.instance import daemons_with_heartbeat
from wp_pipeline.orchestration.doctor.automation import names_of
from wp_pipeline.settings import Settings

pytestmark = pytest.mark.dagster_runs

ROOT = Path(__file__).parents[2]
OURS = ("Dagster", "code location", "automation", "daemon", "pool")

Examine = Callable[[], dict[tuple[str, str], Finding]]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """The folder of an instance like that of a deployment."""
    (tmp_path / "dagster.yaml").write_text((ROOT / "deploy" / "dagster.yaml").read_text())
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def examined(world) -> Examine:
    """Examines everything; returns what is said of Dagster, by check and state."""

    def examining() -> dict[tuple[str, str], Finding]:
        found = examine(Examination(Settings.from_environment()))
        return {(one.check, one.state): one for one in found if one.check in OURS}

    wp_pipeline.definitions.load.cache_clear()
    return examining


def turn_on(command: str) -> None:
    """Carry out a command of Dagster as it is printed."""
    program, *words = shlex.split(command)
    subprocess.run([sys.executable, "-m", program, *words], check=True, timeout=90)


def signs_of_life() -> None:
    """Let every daemon of the instance give one."""
    with dg.DagsterInstance.get() as instance:
        for kind in daemons_with_heartbeat(instance):
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), kind, None, None))


def test_without_dagster_home_dagster_is_not_checked(examined):
    assert {key: one.detail for key, one in examined().items()} == {
        ("Dagster", OK): "not checked, since DAGSTER_HOME is not set"
    }


def test_a_new_deployment_loads_and_nothing_is_turned_on_yet(examined, home, site_name):
    found = examined()

    assert found["Dagster", OK].detail == "the instance in DAGSTER_HOME loads"
    assert found["code location", OK].detail == "wp_pipeline.definitions loads, with 4 assets"
    assert found["automation", LOOK_AT].cure == "turn it on under Automation in the UI"
    assert found["daemon", OK].detail == "does not run; nothing is on that needs it"
    assert [key for key in found if key[1] == MEND] == []


def test_tables_are_assets_beside_those_of_the_endpoints(examined, home, site_name, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    found = examined()

    assert ("code location", LOOK_AT) not in found
    assert f"{site_name}_tables" in found["automation", OK].detail


def test_schedules_and_sensors_that_are_on_need_a_daemon(examined, home, site_name):
    turn_on(examined()["automation", LOOK_AT].command)

    found = examined()
    assert ("automation", LOOK_AT) not in found
    assert found["automation", OK].detail.startswith(f"on: {site_name}_daily; off: ")
    assert found["daemon", MEND].cure == "start it, with the same DAGSTER_HOME"
    assert found["daemon", MEND].command == "dagster-daemon run"

    signs_of_life()
    assert examined()["daemon", OK].detail == "alive"


def test_an_instance_that_does_not_load_is_reported_without_its_content(examined, home):
    well = (home / "dagster.yaml").read_text()
    (home / "dagster.yaml").write_text("storage: {postgres: {postgres_url: hush}}\nnonsense: [")
    found = examined()

    assert found["Dagster", MEND].cure == "correct its dagster.yaml, and see what it says"
    assert found["Dagster", MEND].command == "dagster instance info"
    assert "hush" not in str(found)

    (home / "dagster.yaml").write_text(well)
    assert ("Dagster", MEND) not in examined()


def test_an_instance_without_a_configuration_is_a_warning(examined, home, capfd):
    (home / "dagster.yaml").unlink()
    found = examined()["Dagster", LOOK_AT]
    assert found.cure == "copy the one of this project"
    assert found.command == f"cp deploy/dagster.yaml {home}/"
    assert "No dagster instance" not in capfd.readouterr().err

    subprocess.run(shlex.split(found.command), check=True, cwd=ROOT)
    assert ("Dagster", LOOK_AT) not in examined()


def test_a_code_location_that_does_not_load_is_reported_with_the_command_that_shows_why(
    examined, home, monkeypatch
):
    monkeypatch.setenv("WP_PIPELINE_TIMEZONE", "Mars/Base")
    found = examined()["code location", MEND]
    assert found.cure == "see what Dagster says"
    assert found.command == "dagster definitions validate -m wp_pipeline.definitions"

    monkeypatch.setenv("WP_PIPELINE_TIMEZONE", "Europe/London")
    assert ("code location", MEND) not in examined()


def test_assets_that_are_not_the_endpoints_need_a_reload(examined, world, home):
    examined()
    world.extract_these("posts", "comments")
    found = examined()["code location", LOOK_AT]
    assert found.detail.endswith("differ: comments, raw_terms, tags")
    assert found.cure == (
        "reload the code location: in the UI, Deployment -> wp_pipeline -> Reload"
    )

    wp_pipeline.definitions.load.cache_clear()  # As a reload begins a new process.
    assert ("code location", LOOK_AT) not in examined()


def test_a_site_that_the_code_location_lacks_is_reported(examined, home, monkeypatch):
    examined()
    monkeypatch.setenv("WP_PIPELINE_SITE", "elsewhere")

    assert examined()["code location", LOOK_AT].detail == "it has no assets of the site elsewhere"


@pytest.mark.parametrize(
    ("site", "names"),
    [
        ("blog", ["blog_daily", "blog_changes"]),
        ("blog_tables", ["blog_tables_daily"]),
        (
            "shop",
            [
                "sites_daily",
                "sites_daily_europe_london",
                "sites_changes",
                "sites_endpoints",
                "sites_failures",
                "sites_report",
            ],
        ),
    ],
)
def test_a_site_has_a_schedule_of_its_own_or_that_of_many_sites(site, names):
    defined = [
        "blog_daily", "blog_tables_daily", "sites_daily", "sites_daily_europe_london",
        "blog_changes", "sites_changes", "sites_endpoints", "sites_failures", "sites_report",
        "somebody_elses", "weekly_report", "tax_changes",
    ]  # fmt: skip
    assert names_of(site, defined, ["blog", "blog_tables", "shop", ""]) == names


def test_steps_of_endpoints_need_a_pool_with_a_limit(examined, home, monkeypatch, site_name):
    monkeypatch.setenv("WP_PIPELINE_STEPS", "endpoint")
    assert examined()["pool", OK].detail.startswith("not needed: ")

    monkeypatch.setenv("WP_PIPELINE_EXECUTOR", "multiprocess")
    found = examined()["pool", MEND]
    assert found.detail.startswith(f"the pool {site_name} has no limit")
    assert found.command == f"dagster instance concurrency set {site_name} 4"

    turn_on(found.command)
    assert examined()["pool", OK].detail == f"{site_name}: 4 steps at once, 1 requests each"

    turn_on(f"dagster instance concurrency set {site_name} 5")
    assert "but WP_PIPELINE_CONCURRENCY is 4" in examined()["pool", MEND].detail
