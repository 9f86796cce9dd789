"""What is known of a site's extractions: their row counts, checks and refusals.

Dagster keeps it. `orchestration/report/` fills these values in, so that the report itself does not
know Dagster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Check:
    """The last result of a check of stored data; `reason` says why it did not pass."""

    name: str
    passed: bool
    reason: str = ""


@dataclass(frozen=True)
class EndpointHistory:
    """What is known of an endpoint.

    `as_of` is when the reading began that the stored object was last compared with: the object
    shows the site at that time, even if it was stored before. `refusal` is the reason why the last
    extraction did not get that far; empty if it did.
    """

    as_of: datetime | None = None
    refusal: str = ""
    checks: Sequence[Check] = ()


@dataclass(frozen=True)
class Extraction:
    """When an extraction ended, and the row counts of the endpoints that it did not refuse."""

    at: datetime
    rows: Mapping[str, int]


@dataclass(frozen=True)
class History:
    """What is known of a site; extractions are the last ones, the newest first."""

    endpoints: Mapping[str, EndpointHistory] = field(default_factory=dict)
    extractions: Sequence[Extraction] = ()

    def of(self, name: str) -> EndpointHistory:
        return self.endpoints.get(name, EndpointHistory())
