"""Closes the runs that a stopped host left behind, so that Dagster's daemon retries them.

    python -m wp_pipeline.orchestration.recovery.close_runs

Run it with the DAGSTER_HOME of the deployment after a restart of the host, or of the container with
all run workers, and before the daemon starts: no run worker may be alive. Otherwise a run without a
worker stays "Started" until `max_runtime_seconds`, and the changes sensor waits for it.
"""

import dagster as dg

from wp_pipeline.orchestration.dagster_internals.instance import close_run

MESSAGE = "The host was restarted, and the worker of this run is gone."
UNDER_WAY = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def close_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark runs that were under way as failed, or as canceled; return their ids.

    Runs that are queued are left to the daemon, which starts them.
    """
    records = instance.get_run_records(dg.RunsFilter(statuses=UNDER_WAY))
    runs = [record.dagster_run for record in records]
    for run in runs:
        close_run(instance, run, MESSAGE)
    return [run.run_id for run in runs]


def main() -> None:
    with dg.DagsterInstance.get() as instance:
        for run_id in close_runs(instance):
            print(f"closed run {run_id}")


if __name__ == "__main__":
    main()
