"""The one place where Dagster has no public API for what we need (Dagster 1.13).

`DefinitionsLoadContext` tells whether a code location is being loaded, or definitions are rebuilt
in a process of a run. There is no public equivalent; `pyproject.toml` pins Dagster's minor version.
"""

from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)


def is_loading_code_location() -> bool:
    """Whether definitions are built for a code location, and not again for a run."""
    return DefinitionsLoadContext.get().load_type is DefinitionsLoadType.INITIALIZATION
