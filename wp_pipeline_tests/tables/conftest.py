"""A bucket with raw objects and their tables, and tables in a folder."""

from pathlib import Path

import pytest

from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.fakes.folder_of_tables import FolderOfTables
from wp_pipeline_tests.fakes.tables_bucket import TablesBucket


@pytest.fixture
def bucket(aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TablesBucket:
    """An empty bucket. Temporary folders of builds are made in one of their own, `temporary`."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return TablesBucket(aws, tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> FolderOfTables:
    """A store of tables, without one."""
    folder = tmp_path / "stored"
    folder.mkdir()
    return FolderOfTables(folder)
