"""The one place where Dagster has no public API for what we need (Dagster 1.13).

`DefinitionsLoadContext` tells whether a code location is being loaded, or definitions are rebuilt
in a process of a run. Which daemons are alive, and what is turned on, is public in GraphQL only,
which needs a webserver. `pyproject.toml` pins Dagster's minor version.
"""

import dagster as dg
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)
from dagster._core.scheduler.instigation import InstigatorStatus


def is_loading_code_location() -> bool:
    """Whether definitions are built for a code location, and not again for a run."""
    return DefinitionsLoadContext.get().load_type is DefinitionsLoadType.INITIALIZATION


def daemons_with_heartbeat(instance: dg.DagsterInstance) -> dict[str, bool]:
    """Return each daemon that an instance needs, and whether it gave a sign of life lately."""
    return {kind: bool(status.healthy) for kind, status in instance.get_daemon_statuses().items()}


def turned_on(instance: dg.DagsterInstance) -> frozenset[str]:
    """Return the names of the schedules and sensors that somebody has turned on."""
    states = instance.all_instigator_state()
    return frozenset(state.name for state in states if state.status is InstigatorStatus.RUNNING)
