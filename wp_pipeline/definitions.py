"""The code location: loads everything below defs/."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import dagster as dg

MANY = 300  # definitions of assets


@cache
def load() -> dg.Definitions:
    """Load once in a process: `dagster asset materialize` loads seven times, 0.3 s each."""
    with without_garbage_collection():
        loaded = dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
    if len(list(loaded.assets or ())) > MANY:
        gc.freeze()  # Definitions live as long as the process: the collector need not search them.
    return loaded


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Turn garbage collection off: with 500 sites it takes 2 s, and finds hardly any garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dg.definitions
def defs() -> dg.Definitions:
    return load()
