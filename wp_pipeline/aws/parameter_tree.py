"""Reads the parameters below a path, thousands of them, and decrypts only what is wanted.

GetParametersByPath returns ten parameters a call, decrypted or not. So all are listed as they are,
one call after the other, since each names the next. Then the SecureStrings that are wanted are read
by GetParameters, ten names a call, several calls at once.
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
"""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from wp_pipeline.aws.error_reasons import Reason
from wp_pipeline.aws.errors import AwsError, AwsThrottled, AwsUnavailable
from wp_pipeline.aws.parameters import MOST_NAMES, SERVICE, ParameterStore

Result = TypeVar("Result")

ENCRYPTED = "SecureString"
CALLS_AT_ONCE = 4  # Parameter Store allows 40 a second.
PAUSE = 0.5  # seconds, after too many requests
OUT_OF_TIME = Reason("not all was read in time", "check the network, or run again later")


@dataclass(frozen=True)
class UnreadParameter:
    """A parameter that was not read, and why."""

    name: str
    error: AwsError


@dataclass(frozen=True)
class ParameterTree:
    """The parameters below a path, by full name.

    A SecureString that was not wanted has the value None, and so has one that could not be read:
    then `unread` has it too.
    """

    values: Mapping[str, str | None] = field(repr=False)
    unread: Mapping[str, UnreadParameter]


class Deadline:
    """The end of the time for several calls, each of which takes at most `longest` seconds.

    botocore's own retries know no deadline for several calls, so a client with a short timeout does
    not retry (clients.py). That is why throttled calls are repeated here, as long as there is time.
    """

    def __init__(self, seconds: float, longest: float) -> None:
        self._last_start = time.monotonic() + seconds - longest

    def call(self, function: Callable[[], Result]) -> Result:
        """Call, and call again while AWS throttles. Raises an AwsError."""
        while True:
            if time.monotonic() > self._last_start:
                raise AwsUnavailable(*OUT_OF_TIME, service=SERVICE)
            try:
                return function()
            except AwsThrottled:
                time.sleep(PAUSE)


def read_tree(
    path: str, is_wanted: Callable[[str], bool], store: ParameterStore, deadline: Deadline
) -> ParameterTree:
    """Read everything below a path; of SecureStrings only those whose names are wanted.

    Raises an AwsError if not everything could be listed.
    """
    values: dict[str, str | None] = {}
    wanted: list[str] = []
    token, is_last = "", False
    while not is_last:
        page = deadline.call(partial(store.page_below, path, token, decrypted=False))
        for parameter in page.parameters:
            name, is_encrypted = parameter.name, parameter.type == ENCRYPTED
            values[name] = None if is_encrypted else parameter.value
            if is_encrypted and is_wanted(name):
                wanted.append(name)
        token, is_last = page.next_token, not page.next_token
    decrypted, unread = read_values(wanted, store, deadline)
    return ParameterTree(values | decrypted, unread)


def read_values(
    names: Iterable[str], store: ParameterStore, deadline: Deadline
) -> tuple[dict[str, str], dict[str, UnreadParameter]]:
    """Return the decrypted values of those that exist, and why others were not read."""
    listed = sorted(names)
    batches = [listed[at : at + MOST_NAMES] for at in range(0, len(listed), MOST_NAMES)]
    values: dict[str, str] = {}
    unread: dict[str, UnreadParameter] = {}
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        calls = [pool.submit(deadline.call, partial(store.values, batch)) for batch in batches]
        for batch, call in zip(batches, calls, strict=True):
            try:
                values |= call.result()
            except AwsError as error:
                unread |= {name: UnreadParameter(name, error) for name in batch}
    return values, unread
