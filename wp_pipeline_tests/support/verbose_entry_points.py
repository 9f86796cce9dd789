"""Extracts sites by the command and by the Lambda handler, with every log of every library on.

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

PLANTED = "/planted"  # a parameter: what Parameter Store answers is logged, unless it is hushed
TALKATIVE = (
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


def tell_everything() -> None:
    """Set each logger itself, which is more than setting the root's level."""
    logging.basicConfig(level=logging.DEBUG)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)


def be_careless() -> None:
    """Read a secret, and ask for a URL with it, as code does that was not hushed."""
    ssm = boto3.client("ssm", aws_access_key_id="own", aws_secret_access_key="own")
    found = ssm.get_parameter(Name=PLANTED, WithDecryption=True)
    try:
        requests.get(f"http://localhost:9/{found['Parameter']['Value']}", timeout=1)
    except requests.RequestException as failure:
        print("as expected:", type(failure).__name__)


def handle() -> None:
    """Call the Lambda handler, and print its exception as Lambda does."""
    try:
        print(lambda_handler({}, None))
    except Exception:
        traceback.print_exc()


def extract() -> None:
    print("ended with", main(["extract"]))


if __name__ == "__main__":
    tell_everything()
    be_careless()
    for entrance, environment in product([handle, extract], json.load(sys.stdin)):
        os.environ.update(environment)
        entrance()
        for name in environment:
            del os.environ[name]
