"""One whole extraction without Dagster: for the command and the Lambda function.

    for outcome in run(Settings.from_environment(), observer=LoggingObserver(log)):
        print(outcome.summary)

Dagster calls `extract` itself: its clients come from resources.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from wp_pipeline.aws.clients import build_client, new_session
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_configuration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome
from wp_pipeline.extraction.run_options import DEFAULTS, RunOptions
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.http.cancellation import FOREVER


def run(
    settings: Settings,
    observer: Observer | None = None,
    run_options: RunOptions = DEFAULTS,
    seconds_left: Callable[[], float] = lambda: FOREVER,
) -> Iterator[Outcome]:
    """Read Parameter Store, and yield the outcome of each endpoint, as it ends.

    `seconds_left` tells how long the run may still take. Then reading and uploading end, and
    endpoints that are not stored are refused as unfinished, at most `GRACE` seconds later.
    Raises ConfigurationError, before any request is sent to the site.
    """
    session = cache(new_session)  # One for both clients, when the first one is needed.
    store = ParameterStore(lambda: build_client("ssm", session=session()))
    configuration = load_configuration(settings, store)
    run_options.require_known(endpoint.name for endpoint in configuration.endpoints)
    observer = observer or Observer()
    for note in configuration.notes:
        observer.noticed("", str(note))
    lake = Lake(
        lambda: build_client("s3", session=session()),
        configuration.bucket,
        settings.prefix,
        settings.encryption,
    )
    options = replace(site_options(settings, configuration), deadline_for_all=seconds_left())
    endpoints = [one for one in configuration.endpoints if run_options.includes(one.name)]
    yield from extract(endpoints, options, lake, settings, observer, run_options)
