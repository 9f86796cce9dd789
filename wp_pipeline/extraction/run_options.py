"""What is chosen for one run, by an operator, the schedule or a sensor; settings hold for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.wordpress.endpoints import asset_name

FULL, CHANGES = "full", "changes"
MODES = (FULL, CHANGES)


@dataclass(frozen=True)
class RunOptions:
    """The choices for one run.

    mode          `full` reads every endpoint in full; `changes` reads what changed since then
    outline       in mode `changes`, compare outlines also where the probe is equal
    accept_drop   endpoints of which far fewer rows than are stored may be stored this time, or an
                  object in the place of a list
    """

    accept_drop: frozenset[str] = frozenset()
    mode: str = FULL
    outline: bool = False

    @classmethod
    def of(
        cls, accept_drop: Any = (), mode: str | None = None, outline: bool = False
    ) -> "RunOptions":
        """Read the choices from what a user gave. Raises ConfigurationError."""
        if mode not in (None, *MODES):
            raise ConfigurationError(f"mode must be {' or '.join(MODES)}")
        names = accept_drop if isinstance(accept_drop, (list, tuple, set, frozenset)) else None
        if names is None or not all(isinstance(name, str) for name in names):
            raise ConfigurationError('accept_drop must be a list of names, such as ["posts"]')
        return cls(frozenset(asset_name(name) for name in names), mode or FULL, bool(outline))

    def require_known(self, endpoints: Iterable[str]) -> None:
        """Raises ConfigurationError for a choice about an endpoint that the site does not have."""
        known = sorted(endpoints)
        unknown = self.accept_drop - set(map(asset_name, known))
        if unknown:
            raise ConfigurationError(
                f"accept_drop names {', '.join(sorted(unknown))}, which is no endpoint of the site;"
                f" its endpoints are {', '.join(known)}"
            )

    def accepts_drop_of(self, endpoint: str) -> bool:
        return asset_name(endpoint) in self.accept_drop


DEFAULTS = RunOptions()
