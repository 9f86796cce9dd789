"""The project's table of an object: python -m benchmarks.table_ways.wp_pipeline_way FILE TABLE

The bucket is a folder, so the time of S3 and of the network is not measured.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from benchmarks import REPOSITORY
from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.build import build_table
from wp_pipeline.wordpress.reading.schema import parse_schema

SCHEMAS = REPOSITORY / "sample_site" / "data" / "schemas.json"


class FolderBucket:
    """The operations of an S3 client that a table needs, on one object and one table."""

    class meta:  # noqa: N801
        endpoint_url = "http://127.0.0.1"

    def __init__(self, raw: Path, metadata: dict[str, str], table: Path) -> None:
        self._raw = raw
        self._metadata = metadata
        self._table = table

    def head_object(self, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if Key.endswith(".parquet"):
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")
        size = self._raw.stat().st_size
        return {"ContentLength": size, "Metadata": self._metadata, "ETag": "1"}

    def get_object(self, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if Key.endswith(".parquet"):
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": self._raw.open("rb"), "Metadata": self._metadata}

    def put_object(self, Body: Any, **_: Any) -> None:  # noqa: N803
        with self._table.open("wb") as file:
            shutil.copyfileobj(Body, file)


def main(raw: Path, table: Path) -> None:
    told = json.loads(raw.with_suffix(".metadata").read_text())
    bucket = FolderBucket(raw, told["metadata"], table)
    lake = Lake(lambda: bucket, "bench", "wordpress-api")
    declared = json.loads(SCHEMAS.read_bytes())[told["name"]]
    schema = parse_schema(json.dumps({"schema": {"properties": declared}}).encode())
    built = build_table(told["name"], lake, schema)
    print(f"rows={built.rows} misfits={built.misfits.count}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
