"""Finds `WP_PIPELINE_*` variables that are no setting of `wp_pipeline/settings.py`."""

import os
from collections.abc import Mapping
from difflib import get_close_matches

from wp_pipeline.settings import ENVIRONMENT_PREFIX, Settings, environment_name

# A variable of the code location, not of a site: orchestration/steps/executor.py reads it.
EXECUTOR = "executor"
IN_PROCESS = "in_process"  # its default


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a line for each `WP_PIPELINE_*` variable that is no setting, without its value."""
    lines = []
    for name in sorted(environment):
        setting = name.lower().removeprefix(ENVIRONMENT_PREFIX.lower())
        if setting not in (name.lower(), EXECUTOR, *Settings.model_fields):
            close = get_close_matches(setting, Settings.model_fields, 1, cutoff=0.5)
            question = f"; did you mean {environment_name(close[0])}?" if close else ""
            lines.append(f"{name} is no setting, and is ignored{question}")
    return lines
