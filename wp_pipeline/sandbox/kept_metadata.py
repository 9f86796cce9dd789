"""Saves the user metadata of the objects in a file: rclone holds them in memory only.

Without them, a second `make run` could not tell that nothing changed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from wp_pipeline.sandbox.local_aws import BUCKET, LocalAws


@contextmanager
def metadata_kept(aws: LocalAws, objects: Path, file: Path) -> Iterator[None]:
    """Restore the metadata in `file`, and save them there again at the end.

    `objects` is the folder of the bucket. Objects that were edited meanwhile get no metadata.
    """
    restore(aws, objects, file)
    try:
        yield
    finally:
        keep(aws, objects, file)


def restore(aws: LocalAws, objects: Path, file: Path) -> None:
    client: Any = aws.client("s3")
    for key, (version, content_type, metadata) in read(file).items():
        if version == version_of(objects / key):
            client.copy_object(
                Bucket=BUCKET,
                Key=key,
                CopySource={"Bucket": BUCKET, "Key": key},
                MetadataDirective="REPLACE",
                Metadata=metadata,
                ContentType=content_type,
            )


def keep(aws: LocalAws, objects: Path, file: Path) -> None:
    client: Any = aws.client("s3")
    kept = {}
    with suppress(BotoCoreError, ClientError):  # rclone was killed: less is kept.
        for path in sorted(one for one in objects.rglob("*") if one.is_file()):
            key = path.relative_to(objects).as_posix()
            head = client.head_object(Bucket=BUCKET, Key=key)
            kept[key] = version_of(path), head["ContentType"], head["Metadata"]
    written = file.with_suffix(".new")
    written.write_text(json.dumps(kept))
    written.replace(file)


def read(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):  # The first time, or after a full disk.
        return {}


def version_of(path: Path) -> list[int]:
    """Return size and modification time of a file: one of them changes if somebody writes to it."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]
