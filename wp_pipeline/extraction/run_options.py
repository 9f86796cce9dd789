"""Options of one run, chosen by an operator, the schedule or a sensor."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.setting_types import names_in
from wp_pipeline.wordpress.endpoints.endpoint import asset_name, is_name
from wp_pipeline.wordpress.site.route_names import HIDDEN, masked

FULL, CHANGES = "full", "changes"
MODES = (FULL, CHANGES)
# Shown by the command and in Dagster's launchpad.
MODE_HELP = "full reads every endpoint in full; changes reads what changed since then."
OUTLINE_HELP = "In mode changes, compare the outlines of all items, whatever a probe says."
ACCEPT_DROP_HELP = "Endpoints of which far fewer rows than are stored may be stored this time."


@dataclass(frozen=True)
class RunOptions:
    """The choices for one run.

    mode          `full` reads every endpoint in full; `changes` reads what changed since then
    outline       in mode `changes`, compare outlines also where the probe is equal
    accept_drop   endpoints of which far fewer rows than are stored may be stored this time, or an
                  object or a notice in the place of what is stored
    only          the endpoints that are extracted; none: all
    dry_run       read and verify everything, and store nothing
    describe      read the schema of each collection that is read in full (one OPTIONS request each)
    """

    accept_drop: frozenset[str] = frozenset()
    mode: str = FULL
    outline: bool = False
    only: frozenset[str] = frozenset()
    dry_run: bool = False
    describe: bool = False

    @classmethod
    def of(
        cls, accept_drop: Any = (), mode: Any = None, outline: bool = False, only: Any = ()
    ) -> "RunOptions":
        """Read the choices of a user. Names come in a list, or in a text with commas.

        Raises ConfigurationError.
        """
        if mode not in (None, *MODES):
            raise ConfigurationError(f"mode must be {' or '.join(MODES)}")
        dropping, chosen = names_of("accept_drop", accept_drop), names_of('"only"', only)
        return cls(dropping, mode or FULL, outline, chosen)

    def require_known(self, endpoints: Iterable[str]) -> None:
        """Raises ConfigurationError for a choice about an endpoint that the site does not have."""
        known = sorted(endpoints)
        for choice, names in (("accept_drop", self.accept_drop), ('"only"', self.only)):
            if unknown := names - set(map(asset_name, known)):
                told = ", ".join(sorted(without_route(name, known) for name in unknown))
                raise ConfigurationError(
                    f"{choice} names what is no endpoint of the site: {told};"
                    f" its endpoints are {', '.join(known)}"
                )

    def includes(self, endpoint: str) -> bool:
        return not self.only or asset_name(endpoint) in self.only

    def accepts_drop_of(self, endpoint: str) -> bool:
        return asset_name(endpoint) in self.accept_drop


DEFAULTS = RunOptions()


def names_of(choice: str, given: Any) -> frozenset[str]:
    """Return the names in a list, or in a text with commas. Raises ConfigurationError."""
    several = [given] if isinstance(given, str) else given or []
    is_list = isinstance(several, (list, tuple, set, frozenset))
    if not is_list or not all(isinstance(names, str) for names in several):
        raise ConfigurationError(f'{choice} must be a list of names, such as ["posts"]')
    found = [name for names in several for name in names_in(names)]
    if not all(map(is_name, found)):  # They are not quoted: one may be a URL or a login.
        raise ConfigurationError(f"{choice} takes names of endpoints, such as posts, and no URLs")
    if several and not found:
        raise ConfigurationError(f"{choice} is blank: name endpoints, or leave it out")
    return frozenset(map(asset_name, found))


def without_route(name: str, known: Collection[str]) -> str:
    """Return a name without what may be secret, if it is the end of an endpoint's route."""
    before = name.rpartition("_")[0]
    return f"{before}_{HIDDEN}" if before in map(asset_name, known) else masked(name)
