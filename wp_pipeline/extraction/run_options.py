"""What an operator chooses for one run, unlike the settings, which hold for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.settings import names_in
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
        """Read the choices from what a user gave: names, in a list or between commas.

        Raises ConfigurationError.
        """
        given = [accept_drop] if isinstance(accept_drop, str) else accept_drop or []
        is_list = isinstance(given, (list, tuple, set, frozenset))
        if not is_list or not all(isinstance(names, str) for names in given):
            raise ConfigurationError('accept_drop must be a list of names, such as ["posts"]')
        return cls(frozenset(asset_name(name) for names in given for name in names_in(names)))

    def require_known(self, endpoints: Iterable[str]) -> None:
        """Raises ConfigurationError for a choice about an endpoint that the site does not have."""
        known = sorted(endpoints)
        unknown = self.accept_drop - set(map(asset_name, known))
        if unknown:
            raise ConfigurationError(
                f"accept_drop names what is no endpoint of the site: {', '.join(sorted(unknown))};"
                f" its endpoints are {', '.join(known)}"
            )

    def accepts_drop_of(self, endpoint: str) -> bool:
        return asset_name(endpoint) in self.accept_drop


DEFAULTS = RunOptions()
