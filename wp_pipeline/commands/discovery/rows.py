"""A discovered collection as `wp-pipeline discover` prints it: in cells of a table, or in JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wp_pipeline.extraction.outcomes import readable_size
from wp_pipeline.wordpress.site import cost
from wp_pipeline.wordpress.site.discovered import DiscoveredCollection
from wp_pipeline.wordpress.site.index import CUSTOM_TYPE, PLUGIN, TAXONOMY
from wp_pipeline.wordpress.site.route_names import shown
from wp_pipeline.wordpress.site.sample import Sample

HEAD = ("route", "items", "requests", "size", "refresh", "a refresh sees", "complete", "note")
TEXTS = ("a refresh sees", "complete")
KINDS = (CUSTOM_TYPE, TAXONOMY, PLUGIN)  # The kinds that are worth a note.


@dataclass(frozen=True)
class Row:
    """A collection with its name as an endpoint, its sample and its costs."""

    name: str
    found: DiscoveredCollection
    sample: Sample
    has_login: bool

    @property
    def route(self) -> str:
        return shown(self.found.address)

    @property
    def full(self) -> cost.Cost:
        return cost.full_read(self.sample)

    @property
    def refresh(self) -> cost.Cost:
        return cost.refresh(self.found.address, self.sample)

    @property
    def seen(self) -> str:
        return cost.seen_by_refresh(self.found.address, self.sample)

    @property
    def note(self) -> str:
        notes = [self.found.kind] if self.found.kind in KINDS else []
        if self.name != self.route.rpartition("/")[2]:
            notes.append(f"endpoint {self.name}")
        if self.sample.hidden:
            notes.append(f"{self.sample.hidden:,} not shown to this reader")
        if self.has_login and self.found.seen_by_visitors is None:
            notes.append("not for visitors")
        elif self.has_login and self.found.seen_by_visitors != self.sample.readable:
            notes.append(f"visitors see {self.found.seen_by_visitors:,}")
        return ", ".join(notes if self.sample.items else [*notes, "empty"])

    @property
    def cells(self) -> Sequence[str]:
        full, refresh = self.full, self.refresh
        return (
            self.route,
            f"{self.sample.items:,}",
            f"{full.requests:,}",
            readable_size(full.size),
            f"{refresh.requests:,}, {readable_size(refresh.size)}",
            self.seen,
            self.sample.completeness,
            self.note,
        )

    @property
    def as_json(self) -> Mapping[str, Any]:
        return {
            "name": self.name,
            "route": self.route,
            "kind": self.found.kind,
            "items": self.sample.items,
            "total": self.sample.total,
            "hidden": self.sample.hidden,
            "completeness": self.sample.completeness,
            "a_refresh_sees": self.seen,
            "full_read": as_json(self.full),
            "refresh": as_json(self.refresh),
            **({"seen_by_visitors": self.found.seen_by_visitors} if self.has_login else {}),
        }


def as_json(one: cost.Cost) -> Mapping[str, Any]:
    return {"requests": one.requests, "bytes": one.size, "seconds": round(one.seconds, 3)}
