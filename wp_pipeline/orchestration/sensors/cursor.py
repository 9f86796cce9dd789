"""The cursor of the changes sensor: what it asked for, and when.

What is known of the site is kept with the stored objects, not here.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone

from wp_pipeline.extraction.updating.change_detection import ChangeDetection

MOST_NAMES = 5
LONGEST_PAUSE = 86_400.0  # seconds


@dataclass(frozen=True)
class Asked:
    """A run was asked for `tries` times, and the object still has this version.

    `not_before` (UNIX time) is when it may be asked for again.
    """

    version: str
    tries: int
    not_before: float


@dataclass(frozen=True)
class Cursor:
    """The change number since the sensor `began`, what was `asked` for, and when outlines were
    compared (UNIX time).

    The change number makes the run key new for each change, and equal if Dagster repeats a tick.
    """

    began: str
    count: int = 0
    outlined_at: float = 0.0
    asked: Mapping[str, Asked] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None, now: datetime) -> "Cursor":
        """Read a cursor; one of another format counts as none."""
        try:
            kept = json.loads(text or "")
            asked = {name: Asked(**one) for name, one in kept["asked"].items()}
            return cls(kept["began"], kept["count"], kept["outlined_at"], asked)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls(f"{now.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}", 0, now.timestamp())

    def dump(self) -> str:
        return json.dumps(asdict(self))

    def without(self, unchanged: Collection[str]) -> "Cursor":
        """Return the cursor without what was asked for collections that are as stored now."""
        asked = {name: one for name, one in self.asked.items() if name not in unchanged}
        return replace(self, asked=asked)

    def may_ask(self, name: str, look: ChangeDetection, now: float) -> bool:
        """Whether to request a run for this change.

        If a run had no effect, the pause doubles each time; the first retry is at the next tick.
        """
        before = self.asked.get(name)
        if before is None or before.version != look.version:
            return True
        return is_over(LONGEST_PAUSE, before.not_before - LONGEST_PAUSE, now)

    def after_asking(
        self, looks: Mapping[str, ChangeDetection], now: float, interval: float
    ) -> "Cursor":
        """Return the cursor after a run was asked for."""
        asked = dict(self.asked)
        for name, look in looks.items():
            before = asked.get(name)
            tries = before.tries + 1 if before and before.version == look.version else 1
            pause = min(LONGEST_PAUSE, interval * (2 ** (tries - 1) - 1))
            asked[name] = Asked(look.version, tries, now + pause)
        return replace(self, count=self.count + 1, asked=asked)

    def run_key(self, names: Sequence[str]) -> str:
        """Return a readable key: when the sensor began, the change number, the collections."""
        return f"{self.began} change {self.count}: {some_of(names)}"


def is_over(interval: float, began: float, now: float) -> bool:
    """Whether an interval in seconds is over. If it began in the future, the clock was set back."""
    return not 0 <= now - began < interval


def some_of(names: Sequence[str]) -> str:
    """Return the first names, and how many there are more."""
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
