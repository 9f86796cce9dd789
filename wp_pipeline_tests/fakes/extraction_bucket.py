"""A bucket of the fake AWS, and the objects of our endpoints in it."""

import json
from collections import Counter
from typing import Any

from wp_pipeline_tests.fakes.aws import REGION, FakeAws


class ExtractionBucket:
    """A new bucket. Objects are named by their endpoints."""

    def __init__(self, aws: FakeAws, name: str) -> None:
        self.aws = aws
        self.name = name
        self._s3 = aws.client("s3")
        region = {"LocationConstraint": REGION}
        self._s3.create_bucket(Bucket=name, CreateBucketConfiguration=region)

    def put(self, endpoint: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self.name, Key=key(endpoint), Body=body)

    def exists(self) -> bool:
        return self.name in {one["Name"] for one in self._s3.list_buckets()["Buckets"]}

    def put_all_of(self, other: "ExtractionBucket") -> None:
        """Copy the objects of another bucket, with their metadata."""
        for found in self._s3.list_objects_v2(Bucket=other.name)["Contents"]:
            source = {"Bucket": other.name, "Key": found["Key"]}
            self._s3.copy_object(Bucket=self.name, Key=found["Key"], CopySource=source)

    def body(self, endpoint: str) -> bytes:
        with self._s3.get_object(Bucket=self.name, Key=key(endpoint))["Body"] as stream:
            return stream.read()

    def items(self, endpoint: str) -> list[dict[str, Any]]:
        return json.loads(self.body(endpoint))

    def ids(self, endpoint: str) -> list[int]:
        """The ids in the stored order."""
        return [item["id"] for item in self.items(endpoint)]

    def uploads(self) -> Counter[str]:
        """How many times the object of each endpoint was uploaded."""
        puts = (asked.partition(f"PUT /{self.name}/")[2] for asked in self.aws.operations)
        return Counter(put.rpartition("/")[2].removesuffix(".json") for put in puts if put)


def key(endpoint: str) -> str:
    """The key of an endpoint's object with the default prefix."""
    return f"wordpress-api/{endpoint}.json"
