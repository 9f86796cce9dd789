"""A build takes no more than 256 MB, whatever the size of the object."""

import subprocess
import sys

import pytest

from wp_pipeline_tests.support.tables.declared_schemas import post

# Builds the table of posts, and prints rows and the peak of memory in kB. Not `ru_maxrss`: that
# begins with what the parent held.
BUILD = """
import pathlib, re
from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.build import build_table
table = build_table("posts", Lake(lambda: build_client("s3"), "test-lake", "wordpress-api"), {})
status = pathlib.Path("/proc/self/status").read_text()
print(table.rows, re.search(r"VmHWM:\\s+([0-9]+)", status)[1])
"""
MOST = 256_000_000  # bytes
LARGE = {"rendered": "<p>Some text of a post.</p>" * 16_000, "protected": False}


@pytest.mark.processes
@pytest.mark.parametrize("count", [20, 150], ids=["9 MB", "65 MB"])
def test_large_posts_need_no_more_memory_than_few(bucket, count):
    bucket.store("posts", [post(number, content=LARGE) for number in range(1, count + 1)])
    built = subprocess.run(
        [sys.executable, "-c", BUILD], capture_output=True, text=True, check=True, timeout=120
    )

    rows, peak = map(int, built.stdout.split())
    assert rows == count
    assert peak * 1024 < MOST
