"""Chooses the executor of a code location, which executes the steps of its runs.

WP_PIPELINE_EXECUTOR names it. It is no setting of a site: a run may extract several sites, and
Dagster has one default executor for all jobs of a code location. For a run with only one step, just
the overhead differs.
"""

import os
from collections.abc import Mapping
from importlib import import_module

import dagster as dg

from wp_pipeline.orchestration.dagster_internals.definitions import with_creation
from wp_pipeline.setting_variables import EXECUTOR, IN_PROCESS
from wp_pipeline.settings import SettingsError, environment_name

VARIABLE = environment_name(EXECUTOR)
# Where each is defined, and the package that must be installed for it.
OTHERS = {
    "multiprocess": ("dagster:multiprocess_executor", "dagster"),
    "celery": ("dagster_celery:celery_executor", "wp-pipeline[celery]"),
    "k8s": ("dagster_k8s:k8s_job_executor", "dagster-k8s"),
    "ecs": ("dagster_aws.ecs:ecs_executor", "dagster-aws"),
    "docker": ("dagster_docker:docker_executor", "dagster-docker"),
}
BROKER, RESULTS = "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"  # Celery's own variables.


def executor_name(environment: Mapping[str, str]) -> str:
    return environment.get(VARIABLE, "").strip() or IN_PROCESS


def runs_in_process(environment: Mapping[str, str]) -> bool:
    """Whether the steps of a run are executed one after the other."""
    return executor_name(environment) == IN_PROCESS


def executor_of_location(environment: Mapping[str, str] = os.environ) -> dg.ExecutorDefinition:
    """Return the executor that the environment names. Raises SettingsError."""
    name = executor_name(environment)
    if name == IN_PROCESS:  # A site is one step by default: a process for it would cost time only.
        return dg.in_process_executor
    if name not in OTHERS and ":" not in name:
        names = ", ".join([IN_PROCESS, *OTHERS])
        raise SettingsError([f"{VARIABLE} must be one of {names}, or <module>:<name>"])
    path, package = OTHERS.get(name, (name, f"the package of {name}"))
    found = definition_at(path, package)
    return with_broker(found, environment) if name == "celery" else found


def definition_at(path: str, package: str) -> dg.ExecutorDefinition:
    module, _, attribute = path.partition(":")
    try:
        found = getattr(import_module(module), attribute, None)
    except ImportError as missing:
        fault = f"{VARIABLE} needs {missing.name or module}: pip install {package!r}"
    else:
        if isinstance(found, dg.ExecutorDefinition):
            return found
        fault = f"{VARIABLE}: {path} is no ExecutorDefinition of Dagster"
    raise SettingsError([fault])


def with_broker(
    celery: dg.ExecutorDefinition, environment: Mapping[str, str]
) -> dg.ExecutorDefinition:
    """Let Celery's executor read the addresses when a run starts: they may hold a password."""
    missing = [name for name in (BROKER, RESULTS) if not environment.get(name)]
    if missing:
        raise SettingsError([f"{VARIABLE}=celery needs {' and '.join(missing)}: set them"])

    def create(context: dg.InitExecutorContext) -> dg.Executor:
        require_no_task()
        return celery.executor_creation_fn(context)  # pyright: ignore[reportOptionalCall]

    return with_creation(celery, create).configured(
        {"broker": {"env": BROKER}, "backend": {"env": RESULTS}}
    )


def require_no_task() -> None:
    """Raises SettingsError in a task of Celery: one can't wait for others, and would never end."""
    if import_module("celery.result").task_join_will_block():
        fault = f"{VARIABLE}=celery can't execute a run that CeleryRunLauncher started"
        raise SettingsError([f"{fault}: choose another run launcher, or another executor"])
