"""Keeps the libraries' logs from telling what we must not tell."""

import logging

# The lowest level at which a library may speak. urllib3 logs the path of each request at DEBUG,
# and its URL at WARNING where a site's headers are malformed; botocore logs at DEBUG what
# Parameter Store answers.
LOWEST_LEVELS = {
    "urllib3": logging.ERROR,
    "botocore": logging.INFO,
    "boto3": logging.INFO,
    "s3transfer": logging.INFO,
}


def silence() -> None:
    """Let those libraries say nothing below that, whatever level the process set for them."""
    for name in [*LOWEST_LEVELS, *logging.root.manager.loggerDict]:
        lowest = LOWEST_LEVELS.get(name.partition(".")[0], logging.NOTSET)
        log = logging.getLogger(name)
        if log.getEffectiveLevel() < lowest:
            log.setLevel(lowest)
