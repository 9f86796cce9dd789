"""Finds `WP_PIPELINE_*` variables that are no setting of `wp_pipeline/settings.py`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from wp_pipeline.settings import DECLARED, ENVIRONMENT_PREFIX, environment_name

# A variable of the code location, not of a site: orchestration/steps/executor.py reads it.
EXECUTOR = "executor"
IN_PROCESS = "in_process"  # its default


@dataclass(frozen=True)
class UnknownVariable:
    """A variable that is no setting, and the one that may be meant; empty if there is none."""

    name: str
    meant: str = ""

    @property
    def found(self) -> str:
        return f"{self.name} is no setting, and is ignored"

    def __str__(self) -> str:
        return f"{self.found}; did you mean {self.meant}?" if self.meant else self.found


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[UnknownVariable]:
    """Return each `WP_PIPELINE_*` variable that is no setting, without its value."""
    unknown = []
    for name in sorted(environment):
        setting = name.lower().removeprefix(ENVIRONMENT_PREFIX.lower())
        if setting not in (name.lower(), EXECUTOR, *DECLARED):
            close = get_close_matches(setting, DECLARED, 1, cutoff=0.5)
            unknown.append(UnknownVariable(name, environment_name(close[0]) if close else ""))
    return unknown
