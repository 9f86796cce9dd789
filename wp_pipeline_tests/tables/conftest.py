from pathlib import Path

import pytest

from wp_pipeline_tests.fakes.folder_of_tables import FolderOfTables


@pytest.fixture
def store(tmp_path: Path) -> FolderOfTables:
    """A store of tables, without one."""
    folder = tmp_path / "stored"
    folder.mkdir()
    return FolderOfTables(folder)
