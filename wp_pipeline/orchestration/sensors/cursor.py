"""The cursor of the changes sensor: what the last probes found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone

from wp_pipeline.wordpress.reading.probe import Probe

NAMES_IN_A_RUN_KEY = 5


@dataclass(frozen=True)
class Cursor:
    """What was found for each collection, and the change number since the sensor `began`.

    The change number makes the run key new for each change, also for one that leads back to an
    earlier state, and equal if Dagster repeats a tick.
    """

    began: str
    count: int = 0
    probes: Mapping[str, Probe] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        if not text:
            return cls(f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")
        stored = json.loads(text)
        probes = {name: Probe(**probe) for name, probe in stored["seen"].items()}
        return cls(stored["began"], stored["count"], probes)

    def dump(self) -> str:
        probes = {name: asdict(probe) for name, probe in self.probes.items()}
        return json.dumps({"began": self.began, "count": self.count, "seen": probes})

    def run_key(self, changed: Sequence[str]) -> str:
        """Return a readable key: when the sensor began, the change number, the collections."""
        names = ", ".join(changed[:NAMES_IN_A_RUN_KEY])
        more = len(changed) - NAMES_IN_A_RUN_KEY
        rest = f" and {more} more" if more > 0 else ""
        return f"{self.began} change {self.count}: {names}{rest}"
