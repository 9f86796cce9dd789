"""The cursor of the changes sensor: how many changes it saw, and when it asked for outlines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone

NAMES_IN_A_RUN_KEY = 5


@dataclass(frozen=True)
class Cursor:
    """The change number since the sensor `began`, and when outlines were last compared (UNIX time).

    What is known of the site is kept with the stored objects. The change number makes the run key
    new for each change, and equal if Dagster repeats a tick.
    """

    began: str
    count: int = 0
    outlined_at: float = 0.0

    @classmethod
    def parse(cls, text: str | None, now: datetime) -> "Cursor":
        """Read a cursor; one of another format counts as none."""
        try:
            return cls(**json.loads(text or ""))
        except (ValueError, TypeError):
            return cls(f"{now.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}", 0, now.timestamp())

    def dump(self) -> str:
        return json.dumps(asdict(self))

    def run_key(self, names: Sequence[str]) -> str:
        """Return a readable key: when the sensor began, the change number, the collections."""
        shown = ", ".join(names[:NAMES_IN_A_RUN_KEY])
        more = len(names) - NAMES_IN_A_RUN_KEY
        rest = f" and {more} more" if more > 0 else ""
        return f"{self.began} change {self.count}: {shown}{rest}"
