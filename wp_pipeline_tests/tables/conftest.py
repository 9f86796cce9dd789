"""A bucket with raw objects and their tables."""

from pathlib import Path

import pytest

from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.tables.bucket import TablesBucket


@pytest.fixture
def bucket(aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TablesBucket:
    """An empty bucket. Temporary folders of builds are made in one of their own, `temporary`."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return TablesBucket(aws, tmp_path)
