"""What several files of this suite share. They are run side by side: sensors tick once a minute."""

from collections.abc import Iterator

import pytest

from wp_pipeline_tests.browser.local_dagster import LocalDagster
from wp_pipeline_tests.engine.watched import Watched


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with LocalDagster(tmp_path_factory.mktemp("watched")).running() as local:
        watched = Watched(local)
        watched.start("failures")
        yield watched
        watched.forget()
