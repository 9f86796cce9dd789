"""Builds the tables after a run, and queries them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import dagster as dg

from wp_pipeline.commands.sql import TABLE, answer_to
from wp_pipeline.definitions import load
from wp_pipeline.orchestration.dagster_internals.definitions import job_named
from wp_pipeline.orchestration.tables.assets import job_name
from wp_pipeline.sandbox.in_process import executed, failures_of, materialized_in
from wp_pipeline.sandbox.local_aws import SandboxError
from wp_pipeline.settings import Settings
from wp_pipeline.tables.querying.folder import TablesFolder

POSTS = "posts"
PROGRAM = ".venv/bin/wp-pipeline"  # That of `make run`: no environment need be active.
QUESTION = (
    "SELECT year(date) AS year, count(*) AS posts, count(DISTINCT author) AS authors"
    " FROM posts GROUP BY ALL ORDER BY ALL"
)


def make_tables(settings: Settings, instance: dg.DagsterInstance) -> Sequence[str]:
    """Build the tables of a site, and return their URIs; none if the site has no tables.

    Raises SandboxError if a table fails.
    """
    job = job_named(load(), job_name(settings))
    if job is None:
        return ()
    result = executed(job, instance)
    if failures := failures_of(result):
        raise SandboxError("; ".join(failures))
    made = [table.metadata for table in materialized_in(result)]
    return [str(metadata["dagster/uri"].value) for metadata in made if "dagster/uri" in metadata]


def print_tables(uris: Sequence[str], where: Callable[[str], str]) -> None:
    """Print where the tables are, and a command that queries them, with its result."""
    (folder,) = {Path(where(uri)).parents[1] for uri in uris}
    print(f"{len(uris)} tables: {folder}/")
    if any(uri.endswith(f"/{POSTS}.parquet") for uri in uris):
        print(f"query them with: {PROGRAM} sql --folder {folder} '{QUESTION}'")
        answer_to(QUESTION, TablesFolder(folder), TABLE)
