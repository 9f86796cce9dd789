"""Reads botocore's descriptions of AWS services, once in a process and with msgspec.

They are megabytes of JSON. Every session of botocore would read them anew, in three times as long.
"""

import gzip
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec
from botocore.loaders import JSONFileLoader, Loader, create_loader

WAYS = {".json": open, ".json.gz": gzip.open}


class FileLoader(JSONFileLoader):
    """Reads a file with msgspec instead of json."""

    def load_file(self, file_path: str) -> Any:
        """Return the content of a file, named without its suffix; None if there is no such file."""
        for suffix, opened in WAYS.items():
            if Path(file_path + suffix).is_file():
                with opened(file_path + suffix, "rb") as file:
                    return msgspec.json.decode(file.read())
        return None


class ServiceLoader(Loader):
    """Lists the folders of all services without a look into each."""

    def list_available_services(self, type_name: str) -> list[str]:
        """Return all services, also those without a description of this type.

        botocore asks for the list only to refuse a name that is not in it, and reads 900 folders to
        leave those out. They are refused a step later then, for the file that is missing.
        """
        return self._services

    @cached_property
    def _services(self) -> list[str]:
        folders = [path for path in self.search_paths if Path(path).is_dir()]
        return sorted({one.name for folder in folders for one in Path(folder).iterdir()})


@cache
def shared_loader(data_path: str | None) -> Loader:
    """Return the loader of all sessions with this `data_path`, a setting of botocore."""
    paths = create_loader(data_path).search_paths
    return ServiceLoader(paths, FileLoader(), include_default_search_paths=False)
