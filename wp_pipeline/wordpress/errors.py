"""Errors of reading a WordPress site.

SiteError
├── MalformedEndpoints       the list of endpoints is wrong: no request is sent
├── SiteUnavailable          408, 429, 5xx, no connection, half an answer      * a retry may help
├── SiteNotTrusted           TLS is too old, or the certificate not valid for the site
├── StatusError              an answer that a retry does not change
│   ├── AccessDenied         401, 403: credentials, permissions or a firewall
│   ├── RouteNotFound        404: the endpoint's URL is wrong
│   └── UnexpectedStatus     any other status than 200
├── MalformedAnswer          200, but not what the REST API documents
│   ├── ErrorInsteadOfData   nothing but an error (answers/single_answer.py)
│   ├── NotObjects           an array whose values are not objects (answers/pieces.py)
│   └── NoRows               JSON without rows (site/sample.py)
├── NotWordPress             the site has no REST API of WordPress (site/api_root.py)
├── AnswerTooLarge           the body exceeds WP_PIPELINE_LARGEST_BODY
├── DiskFailure              the temporary folder does not accept the body
├── DeadlineExceeded         the endpoint took longer than WP_PIPELINE_DEADLINE
├── CompletenessNotProven    200, but rows may be missing                      * a retry may help
└── Cancelled                the extraction was cancelled

A class with a file name is defined there.

`retry_may_help` tells callers, and Dagster as `allow_retries`, whether the same request may succeed
later without anybody changing anything. `smaller_page_may_help` tells whether a request for fewer
items may succeed: the site ran out of time, memory or space, or its answer did not arrive whole.

A message is one line. It contains no URL, and of a body nothing but WordPress's own error code.
"""

from typing import ClassVar

from wp_pipeline.fault import Fault, faults_of, one_line


class SiteError(Exception):
    """A reason, in one line, why an endpoint could not be read.

    `found` is the part of it that says what was found, without explanation and advice.
    """

    retry_may_help: ClassVar[bool] = False
    smaller_page_may_help: bool = False

    def __init__(self, reason: str, found: str = "") -> None:
        super().__init__(reason)
        self.found = found or reason


class MalformedEndpoints(SiteError):
    """`faults` are all that is wrong with the list."""

    def __init__(self, *faults: Fault | str) -> None:
        self.faults = faults_of(faults)
        super().__init__(one_line(self.faults))


class SiteUnavailable(SiteError):
    """The site may answer later. `status` is 0 where there was no answer at all."""

    retry_may_help = True

    def __init__(
        self,
        reason: str,
        status: int = 0,
        retry_after: str | None = None,
        *,
        smaller_page_may_help: bool = False,
        found: str = "",
    ) -> None:
        super().__init__(reason, found)
        self.status = status
        self.retry_after = retry_after
        self.smaller_page_may_help = smaller_page_may_help


class SiteNotTrusted(SiteError):
    pass


class StatusError(SiteError):
    """`code` is WordPress's error code; it is empty where something else answered."""

    def __init__(self, reason: str, status: int = 0, code: str = "", found: str = "") -> None:
        super().__init__(reason, found or (f"HTTP {status}" if status else ""))
        self.status = status
        self.code = code


class AccessDenied(StatusError):
    pass


class RouteNotFound(StatusError):
    pass


class UnexpectedStatus(StatusError):
    """`refused_parameters` are those of a rest_invalid_param."""

    def __init__(
        self,
        reason: str,
        status: int,
        code: str = "",
        refused_parameters: frozenset[str] = frozenset(),
        found: str = "",
    ) -> None:
        super().__init__(reason, status, code, found)
        self.refused_parameters = refused_parameters


OPEN_IT = "open the endpoint in a browser to see what it says"


class MalformedAnswer(SiteError):
    def __init__(
        self,
        reason: str,
        advice: str = OPEN_IT,
        *,
        smaller_page_may_help: bool = False,
        found: str = "",
    ) -> None:
        super().__init__(f"{reason}; {advice}", found or reason)
        self.smaller_page_may_help = smaller_page_may_help


class AnswerTooLarge(SiteError):
    pass


class DiskFailure(SiteError):
    pass


class DeadlineExceeded(SiteError):
    pass


class CompletenessNotProven(SiteError):
    retry_may_help = True


class Cancelled(SiteError):
    pass
