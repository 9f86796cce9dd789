"""Follows an error's causes and contexts, and searches them for secrets."""

from collections.abc import Iterator

import requests
import urllib3


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, its causes and its contexts, to the end, suppressed or not."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is not None and link not in seen:
            seen.append(link)
            waiting += [link.__cause__, link.__context__]
            yield link


def assert_holds_no_secret(error: BaseException, *secrets: str) -> None:
    """Assert that neither the error nor any error in its chain holds a secret."""
    for link in chain_of(error):
        assert not isinstance(link, requests.RequestException | urllib3.exceptions.HTTPError)
        text = f"{link} {link!r} {link.args} {vars(link)}"
        assert [secret for secret in secrets if secret in text] == []
    assert "\n" not in str(error)
