"""Extracts the endpoints of a site: each ends in an outcome, and none stops another.

    for outcome in extract(endpoints, site_options(settings, configuration), lake, settings):
        print(outcome.summary)

`run.py` puts the arguments together for callers that are not Dagster.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as StillRunning
from pathlib import Path
from traceback import extract_tb

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
from wp_pipeline.extraction.errors import ExtractionError
from wp_pipeline.extraction.outcomes import Outcome, ReadStats, Refused
from wp_pipeline.extraction.refresh.moved import Moved, follows, is_of_terms
from wp_pipeline.extraction.run_options import DEFAULTS, FULL, RunOptions
from wp_pipeline.extraction.updating.context import UpdateContext
from wp_pipeline.extraction.updating.update import update
from wp_pipeline.observer import Observer, RequestCounter
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.address import Origin
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import AccessDenied, SiteError
from wp_pipeline.wordpress.http.cancellation import FOREVER
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.site.site import Site, SiteOptions, open_site

# Endpoints under way for each concurrent request: one is reading, one is uploading.
ENDPOINTS_PER_REQUEST = 2
# When the time of a run is over, reading and uploading end within a second. How long to wait for
# calls that observe no cancellation, such as a pending answer of S3.
GRACE = 3.0  # seconds
UNFINISHED = "the time of the run was over before it was stored; what was stored before is kept"


def site_options(settings: Settings, configuration: SiteConfiguration) -> SiteOptions:
    """Return how a site is read, by its settings and what Parameter Store says of it."""
    origin = configuration.endpoints[0].address.origin
    return reading_options(settings, configuration.credentials, origin)


def reading_options(
    settings: Settings, credentials: Credentials | None = None, origin: Origin | None = None
) -> SiteOptions:
    """Return how a site is read; credentials are sent to this origin only."""
    return SiteOptions(
        user_agent=settings.user_agent,
        concurrency=settings.concurrency,
        timeout=settings.timeout,
        deadline=settings.deadline,
        longest_wait=settings.longest_wait,
        largest_body=settings.largest_body,
        credentials=credentials,
        origin=origin,
    )


def extract(
    endpoints: Sequence[Endpoint],
    options: SiteOptions,
    lake: Lake,
    settings: Settings,
    observer: Observer | None = None,
    run_options: RunOptions = DEFAULTS,
    moved: Moved | None = None,
) -> Iterator[Outcome]:
    """Yield the outcome of each endpoint, as it ends.

    `moved` holds what other extractions of the run found moved, and receives what this one finds.
    Closing the iterator early cancels the requests and uploads under way, and nothing more is
    stored. The same happens when `options.deadline_for_all` has passed.
    """
    counter = RequestCounter(observer or Observer())
    extraction = Extraction(lake, settings, options, counter, run_options, moved or Moved())
    with open_site(options, counter) as site:
        for outcome in extraction.outcomes(endpoints, site):
            counter.finished(outcome.name, outcome.summary, refused=isinstance(outcome, Refused))
            yield outcome
    if lake.lost:
        counter.noticed("", lake.lost)


class Extraction:
    """One extraction of a site into a lake."""

    def __init__(
        self,
        lake: Lake,
        settings: Settings,
        options: SiteOptions,
        counter: RequestCounter,
        run_options: RunOptions,
        moved: Moved,
    ) -> None:
        self._lake = lake
        self._moved = moved
        self._options = options
        self._run_options = run_options
        self._settings = settings
        self._counter = counter

    def outcomes(self, endpoints: Sequence[Endpoint], site: Site) -> Iterator[Outcome]:
        """Yield outcomes, with several endpoints under way; refuse those whose login is wrong."""
        try:
            reasons = site.rejected_logins(endpoints)
            rejected = {name: AccessDenied(reason) for name, reason in reasons.items()}
        except SiteError as error:
            rejected = dict.fromkeys([endpoint.name for endpoint in endpoints], error)
        for name, error in rejected.items():
            yield refused_by(error, name, ReadStats(0.0, 0), site)
        endpoints = [endpoint for endpoint in endpoints if endpoint.name not in rejected]
        threads = ThreadPoolExecutor(site.concurrency * ENDPOINTS_PER_REQUEST, "endpoint")
        try:
            context = self._context(site)
            for together in self._waves(endpoints):
                futures = {
                    threads.submit(self._outcome, endpoint, context): endpoint.name
                    for endpoint in together
                }
                yield from self._ended(futures, site)
        finally:
            site.cancel()
            is_late = site.seconds_left + GRACE <= 0
            threads.shutdown(wait=not is_late, cancel_futures=True)

    def _ended(self, futures: Mapping[Future[Outcome], str], site: Site) -> Iterator[Outcome]:
        """Yield outcomes as they end. What still runs after the time of the run is unfinished."""
        running, began = dict(futures), time.monotonic()
        seconds = max(0.0, site.seconds_left + GRACE)
        try:
            for future in as_completed(futures, None if seconds == FOREVER else seconds):
                del running[future]
                yield future.result()
        except StillRunning:
            waited = time.monotonic() - began
            for name in running.values():
                yield unfinished(name, ReadStats(waited, self._counter.requests_for(name)))

    def _waves(self, endpoints: Sequence[Endpoint]) -> list[list[Endpoint]]:
        """Return which endpoints are read together.

        In a refresh, terms come before the posts that carry them, and comments after their posts.
        """
        if self._run_options.mode == FULL:
            return [list(endpoints)]
        first = [endpoint for endpoint in endpoints if is_of_terms(endpoint)]
        last = [endpoint for endpoint in endpoints if follows(endpoint)]
        told = {endpoint.name for endpoint in (*first, *last)}
        return [first, [one for one in endpoints if one.name not in told], last]

    def _outcome(self, endpoint: Endpoint, context: UpdateContext) -> Outcome:
        """Read, verify and publish an endpoint. Any failure refuses this endpoint alone."""
        began = time.monotonic()

        def stats() -> ReadStats:
            requests = self._counter.requests_for(endpoint.name)
            retries = self._counter.retries_for(endpoint.name)
            return ReadStats(time.monotonic() - began, requests, retries)

        try:
            context.site.cancellation.check()
            return update(endpoint, context, stats)
        except (SiteError, ExtractionError, AwsError) as error:
            return refused_by(error, endpoint.name, stats(), context.site)
        except OSError as error:  # Those of the site and of AWS have classes of their own.
            reason = (
                f"the disk does not accept the payload ({error.strerror});"
                " free some space or set TMPDIR"
            )
            return refused(endpoint.name, reason, stats())
        except Exception as bug:  # It would end all other endpoints, and may hold a URL.
            reason = f"a bug in wp_pipeline ({type(bug).__name__} in {place_of(bug)}); report it"
            return refused(endpoint.name, reason, stats())

    def _context(self, site: Site) -> UpdateContext:
        return UpdateContext(
            site,
            self._lake,
            self._settings,
            self._run_options,
            self._counter,
            self._options.credentials,
            self._moved,
        )


def refused_by(
    error: SiteError | ExtractionError | AwsError, name: str, stats: ReadStats, site: Site
) -> Refused:
    """Return the refusal for an error; as unfinished if the time of the run is over."""
    if site.seconds_left <= 0:
        return unfinished(name, stats)
    return refused(name, str(error), stats, error.retry_may_help)


def unfinished(name: str, stats: ReadStats) -> Refused:
    return Refused(name, f"{name}: {UNFINISHED}", stats, retry_may_help=True, is_unfinished=True)


def refused(name: str, reason: str, stats: ReadStats, retry_may_help: bool = False) -> Refused:
    return Refused(name, f"{name}: {reason}", stats, retry_may_help)


def place_of(bug: Exception) -> str:
    """Return the file and the line that raised it."""
    last = extract_tb(bug.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"
