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
        gc.freeze()  # Definitions live as long as the process: no collection need search them.
    return loaded


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Building definitions makes no garbage to speak of: with 500 sites, searching takes 2 s."""
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
