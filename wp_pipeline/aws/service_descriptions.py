"""Reads botocore's descriptions of AWS services, once in a process and with msgspec.

They are megabytes of JSON. Every session of botocore would read them anew, in three times as long.
"""

import gzip
from functools import cache
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


@cache
def shared_loader(data_path: str | None) -> Loader:
    """Return the loader of all sessions with this `data_path`, a setting of botocore."""
    loader = create_loader(data_path)
    loader.file_loader = FileLoader()
    return loader
