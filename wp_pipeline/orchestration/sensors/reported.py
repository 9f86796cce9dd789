"""The cursor of the failures sensor: what was reported, so that nothing is reported twice."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256

from wp_pipeline.extraction.alerts import WHOLE, Alert
from wp_pipeline.orchestration.sensors.ended_runs import RunResult
from wp_pipeline.orchestration.steps.names import A_TABLE, PARTS, THE_TABLES
from wp_pipeline.wordpress.endpoints.endpoint import asset_name

NUMBER = re.compile(r"\d+(?:[.,:-]\d+)*")
MOST_REASONS = 10  # that are kept of an endpoint


@dataclass(frozen=True)
class ReportedFailures:
    """What was reported of the runs that ended up to a `position` in the event log.

    `reasons` are digests of what was reported of each endpoint, table and part of the site that has
    not succeeded since.
    """

    position: int
    reasons: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> "ReportedFailures | None":
        """Read a cursor; one of another format counts as none."""
        try:
            kept = json.loads(text or "")
            return cls(int(kept["position"]), {n: list(d) for n, d in kept["reasons"].items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def dump(self) -> str:
        return json.dumps(asdict(self))

    def only(self, names: Iterable[str]) -> "ReportedFailures":
        """Remove endpoints that do not exist any more: they neither fail nor recover."""
        known = set(names)
        reasons = {n: d for n, d in self.reasons.items() if n in known or not is_endpoint(n)}
        return replace(self, reasons=reasons)

    def alert_for(self, result: RunResult, site: str, run: str) -> Alert | None:
        """Return what is new in a run, if anything."""
        new = {n: line for n, line in result.failed.items() if not self._knows(n, line)}
        recovered = [name for name in sorted(self.reasons) if has_recovered(name, result)]
        if not new and not recovered:
            return None
        still = sorted(result.failed.keys() - new.keys())
        return Alert(site, run, dict(sorted(new.items())), still, recovered)

    def after(self, result: RunResult, position: int) -> "ReportedFailures":
        """Return the cursor after a run was reported."""
        reasons = {n: list(d) for n, d in self.reasons.items() if not has_recovered(n, result)}
        for name, line in result.failed.items():
            if not self._knows(name, line):
                reasons[name] = [*reasons.get(name, []), digest(line)][-MOST_REASONS:]
        return ReportedFailures(position, reasons)

    def _knows(self, name: str, line: str) -> bool:
        return digest(line) in self.reasons.get(name, ())


def has_recovered(name: str, result: RunResult) -> bool:
    """Whether something that failed before succeeded in this run."""
    if name in result.failed:
        return False
    if name == WHOLE:  # Where an endpoint was refused, there was an extraction.
        return bool(result.stored) or any(map(is_endpoint, result.failed))
    if name == THE_TABLES and (result.built or any(map(is_table, result.failed))):
        return True
    if name in PARTS:
        return name in result.succeeded
    return name in result.built if is_table(name) else asset_name(name) in result.stored


def is_table(name: str) -> bool:
    return name.startswith(A_TABLE)


def is_endpoint(name: str) -> bool:
    return name not in PARTS and not is_table(name)


def digest(line: str) -> str:
    """Return a digest of a reason. Numbers, which change each time, do not count."""
    return sha256(NUMBER.sub("", line).encode()).hexdigest()[:16]
