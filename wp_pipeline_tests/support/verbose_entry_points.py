"""Runs the commands and the Lambda handler with DEBUG logging of every library.

python -m wp_pipeline_tests.support.verbose_entry_points reads a list of environments as JSON from
standard input.
"""

import json
import logging
import os
import sys
import traceback
from itertools import product

import boto3
import requests

from wp_pipeline.commands.__main__ import main
from wp_pipeline.lambda_function import lambda_handler

PLANTED = "/planted"  # A parameter whose value botocore logs, unless library_logging silences it.
LOGGERS = (
    "urllib3",
    "urllib3.connectionpool",
    "urllib3.connection",
    "botocore",
    "botocore.auth",
    "botocore.endpoint",
    "botocore.hooks",
    "botocore.httpsession",
    "botocore.parsers",
    "boto3",
    "s3transfer",
)


def enable_debug_logging() -> None:
    """Set the level of each logger; a library may have set its own."""
    logging.basicConfig(level=logging.DEBUG)
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)


def log_a_secret() -> None:
    """Read a secret and request a URL with it, as code without our precautions would."""
    ssm = boto3.client("ssm", aws_access_key_id="own", aws_secret_access_key="own")
    found = ssm.get_parameter(Name=PLANTED, WithDecryption=True)
    try:
        requests.get(f"http://localhost:9/{found['Parameter']['Value']}", timeout=1)
    except requests.RequestException as failure:
        print("as expected:", type(failure).__name__)


def handle() -> None:
    """Call the Lambda handler, and print its exception like Lambda."""
    try:
        print(lambda_handler({}, None))
    except Exception:
        traceback.print_exc()


def extract() -> None:
    print("ended with", main(["extract"]))


def look() -> None:
    """Run the commands that only look."""
    for command in ("doctor", "show"):
        print(command, "ended with", main([command]))


if __name__ == "__main__":
    enable_debug_logging()
    log_a_secret()
    for entry_point, environment in product([handle, extract, look], json.load(sys.stdin)):
        os.environ.update(environment)
        entry_point()
        for name in environment:
            del os.environ[name]
