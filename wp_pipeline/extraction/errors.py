"""Errors of an extraction that are not the site's and not those of AWS.

ExtractionError
├── EmptyPayload     an answer without rows from an endpoint that should have some
└── SuddenDrop       far fewer rows than are stored, or another shape

Each refuses one endpoint, in one line that says what to do. `ConfigurationError` (configuration.py)
ends a run before anything is read.
"""

from typing import ClassVar


class ExtractionError(Exception):
    """A reason, in one line, why a payload was not stored."""

    retry_may_help: ClassVar[bool] = False


class EmptyPayload(ExtractionError):
    pass


class SuddenDrop(ExtractionError):
    pass
