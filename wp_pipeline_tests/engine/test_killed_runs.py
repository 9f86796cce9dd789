"""The daemon's sensor tells a topic of a run whose process was killed."""

import os
import signal

from wp_pipeline_tests.engine.watched import SITE


def test_a_killed_run_is_told(watched):
    watched.answer(503, b"")  # It is tried again for a while.
    run_id = watched.launch("tags")
    os.kill(watched.process_of(run_id), signal.SIGKILL)
    watched.heal()

    assert watched.message().startswith(
        f"{SITE}: failed: the extraction\nFailed in run {run_id}:\nthe extraction: its process was"
        " killed, or could not be started"
    )
