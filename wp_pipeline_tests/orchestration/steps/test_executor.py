"""The executor that the environment names."""

import dagster as dg
import pytest
from celery.result import denied_join_result

from wp_pipeline.orchestration.steps.executor import executor_of_location
from wp_pipeline.setting_variables import unknown_variables
from wp_pipeline.settings import SettingsError
from wp_pipeline_tests.orchestration.conftest import load_anew

BROKER = {"CELERY_BROKER_URL": "redis://s3cr3t@h", "CELERY_RESULT_BACKEND": "redis://s3cr3t@h"}
OURS = dg.multiprocess_executor.configured({"max_concurrent": 3}, name="ours")


def named(name: str, **more: str) -> dg.ExecutorDefinition:
    return executor_of_location({"WP_PIPELINE_EXECUTOR": name, **more})


@pytest.mark.parametrize(
    ("name", "executor"),
    [
        ("", "in_process"),
        (" in_process ", "in_process"),
        ("multiprocess", "multiprocess"),
        ("celery", "celery"),
        (f"{__name__}:OURS", "ours"),
    ],
)
def test_the_environment_names_the_executor(name, executor):
    assert named(name, **BROKER).name == executor


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("threads", "must be one of in_process, multiprocess, celery, k8s, ecs, docker, or"),
        ("celery", "=celery needs CELERY_BROKER_URL and CELERY_RESULT_BACKEND: set them"),
        ("not_installed_here:one", " needs not_installed_here: pip install 'the package of"),
        ("json:loads", ": json:loads is no ExecutorDefinition of Dagster"),
        ("json:nothing", ": json:nothing is no ExecutorDefinition of Dagster"),
    ],
)
def test_an_unusable_executor_is_reported_in_one_line(name, fault):
    with pytest.raises(SettingsError) as error:
        named(name)

    assert fault in str(error.value)
    assert "\n" not in str(error.value)


def test_the_address_of_the_broker_is_read_by_a_run_and_kept_nowhere():
    assert "s3cr3t" not in str(vars(named("celery", **BROKER)))


def test_a_run_that_would_wait_for_ever_fails_with_its_reason():
    create = named("celery", **BROKER).executor_creation_fn

    with denied_join_result(), pytest.raises(SettingsError) as error:  # As in a task of Celery.
        create(None)
    assert str(error.value) == (
        "WP_PIPELINE_EXECUTOR=celery can't execute a run that CeleryRunLauncher started: choose"
        " another run launcher, or another executor"
    )


def test_the_code_location_has_the_executor(world, load, monkeypatch, site_name):
    monkeypatch.setenv("WP_PIPELINE_EXECUTOR", "multiprocess")
    job = load().get_repository_def().get_job(f"{site_name}_extraction")

    assert job.executor_def.name == "multiprocess"
    assert unknown_variables({"WP_PIPELINE_EXECUTOR": "multiprocess"}) == []


def test_definitions_of_a_user_may_have_their_own_executor(world, load, site_name):
    ours = load()
    theirs = dg.Definitions(
        assets=ours.assets, jobs=ours.jobs, resources=ours.resources, executor=OURS
    )

    job = theirs.get_repository_def().get_job(f"{site_name}_extraction")
    assert job.executor_def.name == "ours"
    default = load_anew().get_repository_def().get_job(f"{site_name}_extraction")
    assert default.executor_def.name == "in_process"
