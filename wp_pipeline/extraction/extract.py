"""The extraction: every endpoint from the site into the lake, each on its own."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from traceback import extract_tb

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
from wp_pipeline.extraction.outcomes import Outcome, ReadStats, Refused
from wp_pipeline.extraction.payload import Payload
from wp_pipeline.extraction.publish import publish
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.collections.reader import EndpointReader
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.http.client import Deadline, HttpClient
from wp_pipeline.wordpress.http.throttle import RetryingClient
from wp_pipeline.wordpress.site.login import require_login

# Told the endpoint's name and how many of its rows were read, from several threads.
Progress = Callable[[str, int], None]
# Told in a line, from several threads, why something takes its time.
Tell = Callable[[str], object]

ENDPOINTS_PER_REQUEST = 2  # Endpoints under way for each request that may be: one is uploading.


def site_client(settings: Settings, configuration: SiteConfiguration) -> RetryingClient:
    """Build the client of a site as it is set."""
    client = HttpClient(
        settings.user_agent,
        settings.timeout,
        settings.largest_body,
        configuration.credentials,
        configuration.endpoints[0].origin,
    )
    return RetryingClient(client, settings.concurrency, settings.longest_wait)


def extract(
    endpoints: Sequence[Endpoint],
    client: RetryingClient,
    lake: Lake,
    settings: Settings,
    progress: Progress = lambda name, rows: None,
    tell: Tell = lambda line: None,
) -> Iterator[Outcome]:
    """Yield how each endpoint ended, as it ends; one's failure never stops another.

    Closing the iterator early stops the requests that are under way, and nothing more is stored.
    """
    try:
        if endpoints and client.client.has_credentials:
            require_login(endpoints[0], client, Deadline(settings.deadline))
    except SiteError as error:
        for endpoint in endpoints:
            yield Refused(endpoint.name, f"{endpoint.name}: {error}", ReadStats(0.0, 0))
        return
    yield from extract_at_once(endpoints, client, lake, settings, progress, tell)


def extract_at_once(
    endpoints: Sequence[Endpoint],
    client: RetryingClient,
    lake: Lake,
    settings: Settings,
    progress: Progress,
    tell: Tell,
) -> Iterator[Outcome]:
    """Yield how each endpoint ended, several of them under way."""
    pool = ThreadPoolExecutor(client.at_once, "request")
    threads = ThreadPoolExecutor(client.at_once * ENDPOINTS_PER_REQUEST + 1, "endpoint")
    threads.submit(lake.client)  # Ready by the time that the first payload is.

    def one(endpoint: Endpoint) -> Outcome:
        reader = EndpointReader(endpoint, client, pool, Deadline(settings.deadline), tell)
        return EndpointExtraction(endpoint.name, reader, lake, settings, progress).outcome()

    try:
        futures: list[Future[Outcome]] = [threads.submit(one, endpoint) for endpoint in endpoints]
        for future in as_completed(futures):
            yield future.result()
    finally:
        client.client.close()
        threads.shutdown(cancel_futures=True)
        pool.shutdown(cancel_futures=True)


class EndpointExtraction:
    """Reads one endpoint to a payload, verifies it, and publishes it if it is new."""

    def __init__(
        self, name: str, reader: EndpointReader, lake: Lake, settings: Settings, progress: Progress
    ) -> None:
        self._name = name
        self._reader = reader
        self._lake = lake
        self._may_be_empty = name in settings.may_be_empty
        self._progress = progress
        self._began = time.monotonic()

    def outcome(self) -> Outcome:
        """Return how it ended. Whatever failed, it is a refusal of this endpoint alone."""
        try:
            with Payload() as payload:
                self._read(payload)
                return publish(self._name, payload, self._lake, self._effort)
        except (SiteError, AwsError) as error:
            reason = str(error)
        except OSError as error:  # Those of the site and of AWS have names of their own.
            reason = (
                f"the disk does not take the payload ({error.strerror}); make room or set TMPDIR"
            )
        except Exception as bug:
            # It would end all other endpoints too, and its message may hold a URL.
            reason = f"a fault of ours ({type(bug).__name__} in {raised_in(bug)}); please report it"
        return Refused(self._name, f"{self._name}: {reason}", self._effort())

    def _read(self, payload: Payload) -> None:
        reading = self._reader.read()
        if isinstance(reading, SingleAnswer):
            payload.write_answer(reading.body, reading.rows)
        else:
            for items in reading.batches:
                payload.write_items(items)
                self._progress(self._name, payload.rows)
            payload.end_items()
        self._progress(self._name, payload.rows)
        if payload.rows == 0 and not self._may_be_empty:
            raise EmptyPayload(
                "the site sent no rows; what is stored stays."
                " If that is right, name the endpoint in WP_PIPELINE_MAY_BE_EMPTY"
            )

    def _effort(self) -> ReadStats:
        return ReadStats(time.monotonic() - self._began, self._reader.requests)


class EmptyPayload(SiteError):
    """An answer with no rows from an endpoint that should have some."""


def raised_in(bug: Exception) -> str:
    """Return the file and the line that raised it."""
    last = extract_tb(bug.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"
