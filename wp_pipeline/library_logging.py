"""Silences the libraries that log what must stay secret.

urllib3 logs the path of each request at DEBUG, and the URL at WARNING where a site's headers are
malformed; botocore logs Parameter Store's answers at DEBUG.
"""

import logging

# The lowest level at which each library may log.
LOWEST_LEVELS = {
    "urllib3": logging.ERROR,
    "botocore": logging.INFO,
    "boto3": logging.INFO,
    "s3transfer": logging.INFO,
}


def silence() -> None:
    """Raise the loggers of these libraries to their lowest levels, if they log more."""
    for name in [*LOWEST_LEVELS, *logging.root.manager.loggerDict]:
        lowest = LOWEST_LEVELS.get(name.partition(".")[0], logging.NOTSET)
        log = logging.getLogger(name)
        if log.getEffectiveLevel() < lowest:
            log.setLevel(lowest)
