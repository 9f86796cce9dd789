"""What an operator chooses for one run, unlike the settings, which hold for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.wordpress.endpoints import asset_name


@dataclass(frozen=True)
class RunOptions:
    """The choices for one run.

    accept_drop   endpoints of which far fewer rows than are stored may be stored this time, or an
                  object in the place of a list
    """

    accept_drop: frozenset[str] = frozenset()

    @classmethod
    def of(cls, accept_drop: Any = ()) -> "RunOptions":
        """Read the choices from what a user gave: names in a list. Raises ConfigurationError."""
        names = accept_drop if isinstance(accept_drop, (list, tuple, set, frozenset)) else None
        if names is None or not all(isinstance(name, str) for name in names):
            raise ConfigurationError('accept_drop must be a list of names, such as ["posts"]')
        return cls(frozenset(asset_name(name) for name in names))

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
