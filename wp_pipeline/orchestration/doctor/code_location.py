"""Whether the code location loads, and whether its assets are the endpoints in Parameter Store."""

import warnings
from collections.abc import Iterator
from importlib import import_module

import dagster as dg

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, look_at, mend, ok
from wp_pipeline.orchestration.dagster_internals.definitions import materializable_keys
from wp_pipeline.orchestration.endpoint_names import asset_key
from wp_pipeline.orchestration.report.asset import report_key
from wp_pipeline.settings import SettingsError

MODULE = "wp_pipeline.definitions"
PARTS = 2  # of the key of an endpoint's asset
RELOAD = "reload the code location: in the UI, Deployment -> wp_pipeline -> Reload"


def loaded() -> dg.Definitions:
    """Load the code location as `dagster dev` does. Raises any error of a definition."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of Dagster's beta features.
        return import_module(MODULE).defs()


def run(examination: Examination) -> Iterator[Finding]:
    try:
        keys = materializable_keys(loaded())
    except Exception as error:  # Its message may hold anything.
        yield does_not_load(error)
        return
    yield ok("code location", f"{MODULE} loads, with {len(keys)} assets")
    configuration = examination.configuration
    if configuration is None:
        return
    site = examination.settings.site
    wanted = {asset_key(examination.settings, one.name) for one in configuration.endpoints}
    others = {report_key(examination.settings)} - wanted
    ours = {key for key in keys if key.path[0] == site and is_of_endpoint(key)} - others
    if not ours:
        yield look_at("code location", f"it has no assets of the site {site}", RELOAD)
    elif ours != wanted:
        names = sorted(key.path[-1] for key in ours ^ wanted)
        yield look_at(
            "code location",
            f"its assets and the endpoints in Parameter Store differ: {', '.join(names)}",
            RELOAD,
        )


def is_of_endpoint(key: dg.AssetKey) -> bool:
    """Whether a key is `[site, name]`; that of a table is `[site, "tables", name]`."""
    return len(key.path) == PARTS


def does_not_load(error: BaseException | None) -> Finding:
    """Return the finding for a failed load: our own reason, if there is one behind Dagster's."""
    why = type(error).__name__
    while error is not None:
        if isinstance(error, SettingsError):
            return mend("code location", f"it does not load: {error}", "correct the setting")
        error = error.__cause__ or error.__context__
    return mend(
        "code location",
        f"it does not load ({why})",
        "see what Dagster says",
        f"dagster definitions validate -m {MODULE}",
    )


CHECK = Check("code location", 72, run)
