"""Reads the name of a bucket, as people write it: a name, an ARN or an `s3://` address."""

import re

from wp_pipeline.fault import Fault

# A bucket name, an access point alias, or the ARN of an access point, which names an account:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|arn:aws[a-z-]*:s3[a-z-]*:[a-z0-9-]*:\d{12}:\S+"
)
# Other ways to write a bucket's name.
BUCKET_ADDRESS = re.compile(r"arn:aws[a-z-]*:s3:::|s3[an]?://", re.IGNORECASE)


class MalformedBucket(ValueError):
    """Not the name of a bucket."""

    def __init__(self, found: str, cure: str = "") -> None:
        self.faults = (Fault(found, cure),)
        super().__init__(found)


def parse_bucket(text: str) -> str:
    """Return the bucket that a name, an ARN or an `s3://` address names. Raises MalformedBucket."""
    text = text.strip().strip("\"'")
    found = BUCKET_ADDRESS.match(text)
    bucket, _, rest = text[found.end() if found else 0 :].partition("/")
    if rest and BUCKET.fullmatch(bucket) and not bucket.startswith("arn:"):
        raise MalformedBucket(
            "names more than a bucket", "set WP_PIPELINE_PREFIX to the key prefix"
        )
    name = text if text.startswith("arn:") and not found else bucket
    if not BUCKET.fullmatch(name):
        raise MalformedBucket("is no bucket name, access point alias or access point ARN")
    return name
