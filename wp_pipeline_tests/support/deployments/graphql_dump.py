"""Which queries save everything that the webserver can answer."""

from collections.abc import Iterable, Iterator
from typing import Any

from wp_pipeline_tests.support.deployments.code_locations import LEAKING, LOCATIONS, OURS
from wp_pipeline_tests.support.deployments.graphql_walk import Dagster

# Fields, and their depths in types; deeper answers repeat.
WHOLE = (
    ("locationStatusesOrError", 5),
    ("latestDefsStateInfo", 5),
    ("instance", 6),
    ("runsOrError", 3),
)
OF_A_REPOSITORY = (
    ("repositoryOrError", 3),
    ("sensorsOrError", 6),
    ("schedulesOrError", 4),
    ("allTopLevelResourceDetailsOrError", 5),
)


def everything(dagster: Dagster, runs: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield every answer, with a name for its query."""
    for field, depth in WHOLE:
        yield field, dagster.everything(field, depth)
    for name in LOCATIONS:
        answer = dagster.everything("workspaceLocationEntryOrError", 3, name=name)
        yield f"location {name}", answer
    for location in (OURS, LEAKING):
        for field, depth in OF_A_REPOSITORY:
            answer = dagster.everything(field, depth, repositorySelector=repository(location))
            yield f"{field} {location}", answer
    for run in runs:
        yield f"logsForRun {run}", list(events_of(dagster, run))


def events_of(dagster: Dagster, run: str) -> Iterator[Any]:
    """Yield the events of a run, a page at a time."""
    cursor = None
    while True:
        page = dagster.everything("logsForRun", 4, runId=run, afterCursor=cursor)
        yield page
        if not page["EventConnection_hasMore"]:
            return
        cursor = page["EventConnection_cursor"]


def captured(dagster: Dagster, run: str, key: str) -> Any:
    """Return the captured output of a run's process."""
    return dagster.everything("capturedLogs", 2, logKey=[run, "compute_logs", key])


def repository(location: str) -> dict[str, str]:
    return {"repositoryName": "__repository__", "repositoryLocationName": location}
