"""Options to read a site: the default settings of a run, for tests."""

from dataclasses import replace
from typing import Any

from wp_pipeline.extraction.extract import reading_options
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.site.site import SiteOptions

DEFAULTS = Settings()


def options_with(**changes: Any) -> SiteOptions:
    """Return the options of a run with the default settings, with these changes."""
    return replace(reading_options(DEFAULTS), **{"user_agent": "tests", **changes})
