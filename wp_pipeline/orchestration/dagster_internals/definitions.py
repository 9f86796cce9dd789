"""How definitions are loaded, resolved and built, where Dagster has no public method for it.

How an op defines its inputs and outputs, and how a component adds metadata to its definitions, can
only be changed by overriding methods that are not documented.
"""

from collections.abc import Callable, Sequence, Set
from typing import Any, TypeVar

import dagster as dg
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)
from dagster._core.definitions.input import InputDefinition
from dagster._core.definitions.output import OutputDefinition
from dagster_shared.record import as_dict

Component = TypeVar("Component", bound=dg.Component)


def is_loading_code_location() -> bool:
    """Whether definitions are built for a code location, and not again for a run."""
    return DefinitionsLoadContext.get().load_type is DefinitionsLoadType.INITIALIZATION


def components_in(tree: dg.ComponentTree, kind: type[Component]) -> Sequence[Component]:
    """Return the components of this class, of all defs.yaml files."""
    return tree.get_all_components(of_type=kind)


def location_name(context: dg.SensorEvaluationContext) -> str | None:
    """Return the name of the code location of a sensor; None in a test."""
    origin = context.code_location_origin
    return origin.location_name if origin else None


def materializable_keys(definitions: dg.Definitions) -> Set[dg.AssetKey]:
    """Return the assets that a run can materialize."""
    return definitions.resolve_asset_graph().materializable_asset_keys


def job_named(definitions: dg.Definitions, name: str) -> dg.JobDefinition | None:
    """Return a job, resolved; None if there is none of this name."""
    has_job = definitions.get_repository_def().has_job(name)
    return definitions.resolve_job_def(name) if has_job else None


def job_of_all_assets(definitions: dg.Definitions) -> dg.JobDefinition:
    """Return the job behind "Materialize" in the UI."""
    return definitions.resolve_implicit_global_asset_job_def()


def with_creation(
    executor: dg.ExecutorDefinition, create: Callable[[dg.InitExecutorContext], dg.Executor]
) -> dg.ExecutorDefinition:
    """Return an executor of the same name, configuration and requirements, created by `create`."""
    return dg.executor(
        name=executor.name,
        config_schema=executor.config_schema,  # pyright: ignore[reportArgumentType]
        requirements=executor.get_requirements({}),
    )(create)


class SharedIn(dg.In):
    """An input of an op. Inputs of the same name in other ops share its definition."""

    def to_definition(self, name: str) -> InputDefinition:
        known = vars(self).setdefault("definitions", {})
        if name not in known:
            known[name] = super().to_definition(name)
        return known[name]


class SharedOut(dg.Out):
    """An output of an op. Outputs of the same name in other ops share its definition.

    500 sites have 36,000 outputs with 70 different names.
    """

    def to_definition(
        self,
        annotation_type: Any,
        name: str | None,
        description: str | None,
        code_version: str | None,
    ) -> OutputDefinition:
        known = vars(self).setdefault("definitions", {})
        key = (annotation_type, name, description, code_version)
        if key not in known:
            known[key] = super().to_definition(*key)
        return known[key]


class WithoutOrigin(dg.Definitions):
    """Definitions whose metadata does not name the defs.yaml that declares them.

    To add it, Dagster copies each asset and keeps both: for 500 sites that takes 1 s and 70 MB.
    """

    @classmethod
    def of(cls, definitions: dg.Definitions) -> dg.Definitions:
        return cls(**as_dict(definitions))

    def with_definition_metadata_update(self, update: object) -> dg.Definitions:
        return self
