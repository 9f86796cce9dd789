"""The tables of a site in the bucket: `<prefix>-tables/<name>/<name>.parquet`.

    tables = TableStore(lake)
    tables.uri("posts")         # s3://my-bucket/wordpress-api-tables/posts/posts.parquet

Each table is in a folder of its own, as Athena wants it.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from wp_pipeline.aws.lake import Lake, StoredObject

STEP = 1 << 20  # bytes
END = 256 << 10  # bytes at the end of a table; most footers are shorter
MAGIC = b"PAR1"


class TableStore:
    """Reads and replaces the tables beside the objects of a lake."""

    none = "no table is stored yet; build the tables first"

    def __init__(self, lake: Lake) -> None:
        """Raises an AwsError."""
        self._lake = lake.tables()

    def uri(self, name: str) -> str:
        return self._lake.uri(place_of(name))

    def stored(self, name: str) -> StoredObject | None:
        """Return what is stored of a table, if anything. Raises an AwsError."""
        return self._lake.stored(place_of(name))

    def names(self) -> list[str]:
        """Return the names of the tables, sorted. Raises an AwsError."""
        keys = {key for key, _ in self._lake.objects()}
        names = {key.rpartition("/")[2].rpartition(".")[0] for key in keys}
        return sorted(name for name in names if self._lake.key(place_of(name)) in keys)

    def put(
        self,
        name: str,
        path: Path,
        metadata: Mapping[str, str],
        instead_of: StoredObject | None = None,
    ) -> StoredObject:
        """Replace a table as a whole by a file, and return what is stored then, without its ETag.

        Its metadata are `metadata` and the file's sha256. Raises ObjectReplaced if the stored table
        is no longer `instead_of` (with None: if there is one), another AwsError, or OSError; then
        nothing was changed.
        """
        with path.open("rb") as file:
            digest = sha256_of(file)
            size = file.tell()
            kept = {**metadata, "sha256": digest.hex()}
            self._lake.put(place_of(name), file, size, digest, kept, instead_of)
        return StoredObject(size, kept, etag="")

    def download(self, name: str, path: Path) -> bool:
        """Write a table to a file; return False if there is none. Raises an AwsError or OSError."""
        opened = self._lake.open(place_of(name))
        if opened is None:
            return False
        with opened as stream, path.open("wb") as file:
            while chunk := stream.read(STEP):
                file.write(chunk)
        return True

    def download_end(self, name: str, path: Path, size: int | None) -> bool:
        """Write the end of a table of `size` bytes to a file of that size; the rest is zeros.

        The footer is at the end: https://parquet.apache.org/docs/file-format/. If it is longer than
        that, or the size is not known, the whole table is downloaded. Return False if there is no
        table. Raises an AwsError or OSError.
        """
        if not size:
            return self.download(name, path)
        # Some stores answer 416 if more is asked for than there is, others send all.
        opened = self._lake.open(place_of(name), min(END, size))
        if opened is None:
            return False
        with opened as stream:
            end = stream.read()
        length = int.from_bytes(end[-len(MAGIC) - 4 : -len(MAGIC)], "little") + len(MAGIC) + 4
        if not length <= len(end) <= size:
            return self.download(name, path)
        with path.open("wb") as file:
            file.write(MAGIC)
            file.seek(size - len(end))
            file.write(end)
        return True


def place_of(name: str) -> str:
    return f"{name}/{name}"


def sha256_of(file: BinaryIO) -> bytes:
    """Read a file to its end."""
    digest = sha256()
    while chunk := file.read(STEP):
        digest.update(chunk)
    return digest.digest()
