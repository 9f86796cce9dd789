"""Retries a GET while the site is unavailable, within the concurrency limit of the site.

    site = RetryingClient(HttpClient("wp-pipeline/1.0"), concurrency=4, longest_wait=120)
    answer = site.get(endpoint.address, Cancellation(60), endpoint=endpoint.name)

`client.py` sends each request once.
"""

import random
import time
from copy import copy
from datetime import datetime, timedelta, timezone

from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

from wp_pipeline.observer import Observer
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer, HttpClient
from wp_pipeline.wordpress.http.redirects import MayLead, same_origin
from wp_pipeline.wordpress.http.same_user import SameUser
from wp_pipeline.wordpress.http.throttle import ConcurrencyLimit

TRIES = 5
MAINTENANCE = 503
OVERLOADED = frozenset({429, 503})
A_CENTURY = 3e9  # seconds
RETRY_AFTER = Retry(retry_after_max=int(A_CENTURY))


class RetryingClient:
    """One client for a site, shared by all of its endpoints. Thread-safe.

    `Retry-After` (RFC 9110, 10.2.3) is obeyed up to `longest_wait` seconds. `backoff` is the pause
    in seconds before the second try; it doubles with each further one, with random jitter of half.
    A 503 that demands a longer wait may be WordPress's maintenance, which demands 600 seconds but
    takes a few: then there is one more try, after `maintenance_wait` seconds.
    """

    def __init__(
        self,
        client: HttpClient,
        concurrency: int,
        longest_wait: float,
        backoff: float = 1.0,
        observer: Observer | None = None,
        maintenance_wait: float = 30.0,
    ) -> None:
        self.concurrency = concurrency
        self.has_credentials = client.has_credentials
        self._client = client
        self._longest_wait = longest_wait
        self._backoff = backoff
        self.observer = observer or Observer()
        self._limit = ConcurrencyLimit(concurrency)
        self._maintenance = Maintenance(maintenance_wait)
        self.same_user = SameUser()

    def anonymous(self) -> "RetryingClient":
        """Return one that sends no credentials, within the same concurrency limit."""
        client = copy(self)
        client._client, client.has_credentials = self._client.anonymous(), False
        return client

    def for_options(self) -> "RetryingClient":
        """Return one that sends OPTIONS instead of GET, within the same limit."""
        client = copy(self)
        client._client = self._client.for_options()
        return client

    def get(
        self,
        address: Address,
        cancellation: Cancellation,
        tries: int = TRIES,
        endpoint: str = "",
        heavy_tries: int = TRIES,
        may_lead: MayLead = same_origin,
    ) -> Answer:
        """Return the answer to a GET, after at most `tries` tries.

        The observer is told `endpoint`, a name. Redirects are followed if `may_lead` allows them.
        `heavy_tries` is the limit of tries if a smaller page may help. Raises the last try's
        SiteError.
        """
        tried = 0
        while True:
            tried += 1
            try:
                with self._limit.slot(cancellation):
                    self.observer.requested(endpoint)
                    answer = self._client.get(address, cancellation, may_lead)
            except SiteUnavailable as failure:
                seconds = self._seconds_to_wait(failure, tried, cancellation)
                if failure.status in OVERLOADED:
                    self._limit.slow_down(seconds)
                most = min(tries, heavy_tries) if failure.smaller_page_may_help else tries
                if tried >= most or seconds > cancellation.seconds_left:
                    raise
                reason = f"{failure}; try {tried + 1} of {most} in {seconds:.0f} s"
            else:
                self._limit.record_answer(answer.seconds)
                self._maintenance.is_over()
                return answer
            self.observer.waiting(endpoint, reason)
            cancellation.wait(seconds)

    def _seconds_to_wait(
        self, failure: SiteUnavailable, tried: int, cancellation: Cancellation
    ) -> float:
        """Raises SiteUnavailable if the site demands too long a wait."""
        jitter = random.uniform(0.5, 1.5)  # noqa: S311 (not a secret)
        own = self._backoff * 2 ** (tried - 1) * jitter
        demanded = parse_retry_after(failure.retry_after)
        if demanded <= self._longest_wait:
            return max(demanded, own)
        if failure.status == MAINTENANCE:
            seconds = self._maintenance.seconds_left()
            if 0 < seconds < cancellation.seconds_left:
                return seconds
        end = datetime.now(timezone.utc) + timedelta(seconds=demanded)
        raise SiteUnavailable(
            f"HTTP {failure.status}: the site asks to wait until {end:%Y-%m-%d %H:%M:%S} UTC,"
            f" longer than WP_PIPELINE_LONGEST_WAIT ({self._longest_wait:g} s); run again then",
            failure.status,
            smaller_page_may_help=failure.smaller_page_may_help,
            found=failure.found,
        ) from None


class Maintenance:
    """The wait for the end of a site's maintenance: one for all requests together."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._end: float | None = None

    def seconds_left(self) -> float:
        """Return the remaining seconds of the wait; the first call begins it."""
        now = time.monotonic()
        self._end = self._end or now + self._patience
        return self._end - now

    def is_over(self) -> None:
        """End the wait: the site answers again."""
        self._end = None


def parse_retry_after(header: str | None) -> float:
    """Return the seconds that a Retry-After header demands; 0 if it is missing or not valid."""
    try:
        return RETRY_AFTER.parse_retry_after(header or "")
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0
