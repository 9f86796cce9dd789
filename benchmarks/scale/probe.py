"""Does in one process what a code server does, and prints the cost of each part as JSON.

`loaded` ends when the definitions and their repository are built: then a code server answers.
`described` ends when what the webserver and the daemon ask for first is serialized.
"""

import json
import os
import resource
import time
from pathlib import Path

from dagster_shared.serdes import serialize_value


def now(started: float) -> dict[str, float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": time.time() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * 1024 / 1e6,
    }


def main() -> None:
    started = float(os.environ["STARTED"])
    from dagster._core.remote_representation.external_data import RepositorySnap
    from dagster._utils.warnings import suppress_dagster_warnings

    from wp_pipeline.definitions import defs

    repository = suppress_dagster_warnings(lambda: defs().get_repository_def())()
    found = {"loaded": now(started)}
    if os.environ["DESCRIBED"]:
        snapshot = RepositorySnap.from_def(repository, defer_snapshots=True)
        size = len(serialize_value(snapshot))
        found["described"] = now(started) | {"answer_mb": size / 1e6}
    keys = repository.asset_graph.materializable_asset_keys
    found["assets"] = {"count": sum(key.path[-1] != "report" for key in keys)}
    Path(os.environ["RESULT"]).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
