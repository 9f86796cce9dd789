"""The cursor of the sensor that looks at many sites: when it looked at each, and what it asked for.

Dagster stores it with each tick, so it is short: two numbers for a site, and what was asked for and
is not stored yet.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from hashlib import sha256

from wp_pipeline.orchestration.sensors.changes import Seen
from wp_pipeline.orchestration.sensors.cursor import Asked, Cursor, is_over
from wp_pipeline.orchestration.sites.sites import LoadedSite

NEVER = 0


@dataclass(frozen=True)
class Looks:
    """What the sensor knows since it `began`, by site.

    `looked_at` and `outlined_at` are UNIX times; `count` is the change number of all sites.
    """

    began: str
    count: int = 0
    looked_at: Mapping[str, int] = field(default_factory=dict)
    outlined_at: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, Mapping[str, Asked]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None, now: datetime) -> "Looks":
        """Read a cursor; one of another format counts as none."""
        try:
            kept = json.loads(text or "")
            sites = {name: tuple(map(int, times)) for name, times in kept["sites"].items()}
            asked = {
                site: {name: Asked(*one) for name, one in of_site.items()}
                for site, of_site in kept["asked"].items()
            }
            looked, outlined = ({name: times[n] for name, times in sites.items()} for n in (0, 1))
            return cls(str(kept["began"]), int(kept["count"]), looked, outlined, asked)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return cls(f"{now.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")

    def dump(self) -> str:
        sites = {
            name: [self.looked_at.get(name, NEVER), outlined]
            for name, outlined in self.outlined_at.items()
        }
        asked = {
            site: {name: list(asdict(one).values()) for name, one in of_site.items()}
            for site, of_site in self.asked.items()
        }
        kept = {"began": self.began, "count": self.count, "sites": sites, "asked": asked}
        return json.dumps(kept, separators=(",", ":"))

    def due(self, sites: Iterable[LoadedSite], now: float) -> list[LoadedSite]:
        """Return the sites whose interval is over, the one first that was looked at longest ago."""
        looked_at = {site.name: self.looked_at.get(site.name, NEVER) for site in sites}
        due = [
            site
            for site in sites
            if is_over(site.settings.changes_interval, looked_at[site.name], now)
        ]
        return sorted(due, key=lambda site: (looked_at[site.name], site.name))

    def only(self, sites: Iterable[LoadedSite], now: float) -> "Looks":
        """Remove sites that do not exist any more, and add new ones.

        The outlines of new ones are due at different times within the interval.
        """
        outlined = {
            site.name: self.outlined_at.get(site.name) or int(now - age_of_outline(site))
            for site in sites
        }
        looked = {name: at for name, at in self.looked_at.items() if name in outlined}
        asked = {name: one for name, one in self.asked.items() if name in outlined}
        return replace(self, looked_at=looked, outlined_at=outlined, asked=asked)

    def cursor_of(self, site: LoadedSite) -> Cursor:
        """Return the cursor that the sensor of this site alone would have."""
        name = site.name
        began = f"{name} {self.began}"
        return Cursor(began, self.count, float(self.outlined_at[name]), self.asked.get(name, {}))

    def after(self, site: LoadedSite, seen: Seen | None, now: float) -> "Looks":
        """Return the cursor after a look; None for one that failed, or did not end in time."""
        name = site.name
        after = replace(self, looked_at={**self.looked_at, name: int(now)})
        if seen is None:
            return after
        asked = {one: was for one, was in seen.cursor.asked.items() if one in seen.changed}
        others = {other: of_site for other, of_site in self.asked.items() if other != name}
        return replace(
            after,
            count=self.count + 1 if seen.request else self.count,
            outlined_at={**self.outlined_at, name: int(seen.cursor.outlined_at)},
            asked={**others, name: asked} if asked else others,
        )


def age_of_outline(site: LoadedSite) -> float:
    """Return a part of the interval that is always the same for a site."""
    share = int.from_bytes(sha256(site.name.encode()).digest()[:4], "big") / 2**32
    return share * site.settings.outline_interval
