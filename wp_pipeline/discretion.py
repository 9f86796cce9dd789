"""Keeps the libraries' debugging logs from telling what we must not tell."""

import logging

# urllib3 logs the path of each request, botocore what Parameter Store answers.
TALKATIVE = ("urllib3", "botocore", "boto3", "s3transfer")


def hush() -> None:
    """Let those loggers say nothing below INFO, whatever level the process is set to."""
    for name in TALKATIVE:
        log = logging.getLogger(name)
        if log.level < logging.INFO:
            log.setLevel(logging.INFO)
