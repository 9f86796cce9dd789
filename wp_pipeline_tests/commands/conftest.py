"""The commands, in this process."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def our_log() -> Iterator[logging.Logger]:
    """Restores the log, since the commands configure it for their whole process."""
    log = logging.getLogger("wp_pipeline")
    before = log.handlers, log.level, log.propagate
    yield log
    log.handlers, log.level, log.propagate = before
