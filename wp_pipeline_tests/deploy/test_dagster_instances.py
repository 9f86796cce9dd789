"""The instances, the image and the services of deploy/: Dagster's own loaders accept them.

Nothing is built and no cluster is asked: that is what deploy/ and docs/production.md say too.
"""

import re
import shlex
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._config import process_config, resolve_to_config_type
from dagster._core.instance.config import dagster_instance_config
from dagster._core.workspace.config_schema import process_workspace_config
from dagster._serdes.config_class import class_from_code_pointer
from dagster_celery.cli import get_validated_config

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
LAUNCHERS = sorted((DEPLOY / "run_launchers").glob("*.yaml"))
VALUES = {
    "DAGSTER_POSTGRES_URL": "postgresql+psycopg2://dagster@127.0.0.1/dagster",
    "DAGSTER_LOGS_BUCKET": "logs",
    "CELERY_BROKER_URL": "redis://127.0.0.1/0",
    "CELERY_RESULT_BACKEND": "redis://127.0.0.1/1",
    "WP_PIPELINE_IMAGE": "wp-pipeline:1",
}
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
OURS = [name for name, service in SERVICES.items() if service["image"] == "wp-pipeline"]

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # moto's server and pytest bring it on 3.10


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)


def instance_of(folder: Path, *files: Path) -> dict[str, Any]:
    """Return what Dagster reads of a dagster.yaml that consists of these files."""
    (folder / "dagster.yaml").write_text("\n".join(file.read_text() for file in files))
    config, _ = dagster_instance_config(str(folder))
    return dict(config)


def assert_class_takes(configured: dict[str, Any]) -> None:
    """Check the configuration of a class of Dagster with the schema of that class."""
    kind = class_from_code_pointer(configured["module"], configured["class"])
    result = process_config(resolve_to_config_type(kind.config_type()), configured["config"])
    assert result.success, result.errors


@pytest.mark.parametrize("launcher", LAUNCHERS, ids=lambda path: path.stem)
def test_dagster_accepts_the_instance_with_each_run_launcher(launcher, tmp_path):
    config = instance_of(tmp_path, DEPLOY / "production.yaml", launcher)

    assert_class_takes(config["run_launcher"])
    assert_class_takes(config["compute_logs"])
    assert list(config["storage"]) == ["postgres"]


@pytest.mark.parametrize("name", ["dagster.yaml", "production.yaml"])
def test_an_instance_has_one_run_of_a_site_at_a_time_and_retries_lost_runs(name, tmp_path):
    config = instance_of(tmp_path, DEPLOY / name)

    (limit,) = config["concurrency"]["runs"]["tag_concurrency_limits"]
    assert limit == {
        "key": "wordpress/site",
        "value": {"applyLimitPerUniqueValue": True},
        "limit": 1,
    }
    assert not config["telemetry"]["enabled"]
    assert config["run_monitoring"]["enabled"]
    assert config["run_monitoring"]["max_runtime_seconds"]
    assert config["run_retries"] == {
        "enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False,
    }  # fmt: skip


def test_a_worker_is_started_with_a_file_that_dagster_celery_accepts():
    config = get_validated_config(str(DEPLOY / "celery.yaml"))

    assert config["broker"] == VALUES["CELERY_BROKER_URL"]
    assert config["backend"] == VALUES["CELERY_RESULT_BACKEND"]


def test_the_workspace_names_the_code_server_of_the_compose_file():
    result = process_workspace_config(yaml.safe_load((DEPLOY / "workspace.yaml").read_text()))
    assert result.success, result.errors

    (server,) = (one["grpc_server"] for one in result.value["load_from"])
    assert server["host"] in SERVICES
    started = commands_of(DOCKERFILE)[-1]
    assert started[started.index("-p") + 1] == str(server["port"])
    assert server["location_name"] == "wp_pipeline"


def commands_of(dockerfile: str) -> list[list[str]]:
    return [yaml.safe_load(text) for text in re.findall(r"^CMD (\[.*\])$", dockerfile, re.M)]


@pytest.mark.parametrize("service", OURS)
def test_a_service_is_started_by_a_program_that_is_installed(service):
    command = SERVICES[service].get("command") or commands_of(DOCKERFILE)[-1]

    assert command[0] in {one.name for one in entry_points(group="console_scripts")}
    for path in (part for part in command if part.startswith("/dagster/")):
        assert (DEPLOY / Path(path).name).exists()


@pytest.mark.parametrize("service", OURS)
def test_a_service_has_the_variables_that_its_instance_reads(service):
    files = (
        DEPLOY / "production.yaml",
        DEPLOY / "run_launchers/celery.yaml",
        DEPLOY / "celery.yaml",
    )
    read = {name for file in files for name in re.findall(r"env: (\w+)", file.read_text())}

    assert read <= set(SERVICES[service]["environment"])
    assert set(SERVICES[service]["depends_on"]) <= set(SERVICES)
    named = {volume.partition(":")[0] for volume in SERVICES[service]["volumes"]}
    assert named <= set(COMPOSE["volumes"])


def test_the_compose_file_publishes_nothing_but_the_ui_on_this_host():
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}

    assert published == {"webserver": ["127.0.0.1:3000:3000"]}


def test_the_image_is_made_of_files_and_extras_that_exist():
    build = SERVICES["code"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.M):
        *sources, _ = shlex.split(line)
        assert [one for one in sources if not (ROOT / one).exists()] == []
    (extras,) = re.findall(r"'\.\[([\w,]+)\]'", DOCKERFILE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.M) == ["dagster"]
