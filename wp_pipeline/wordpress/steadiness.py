"""What of an item changes from answer to answer although nobody changed the item.

WordPress is not byte-stable: it picks one of three Gravatar hosts by chance for a comment without
an e-mail address, and numbers the media players of a page, so that a description depends on its
place in the answer (measured on 6.1, 6.8 and 7.1).
"""

import re
from typing import NamedTuple


class Volatile(NamedTuple):
    """A `mark` that is quickly searched for, and what to compare instead of each pattern."""

    mark: bytes
    instead: tuple[tuple[re.Pattern[bytes], bytes], ...]


VOLATILE = (
    Volatile(
        b"gravatar.com",
        ((re.compile(rb"(/)(?:\d|secure)(\.gravatar\.com)"), rb"\1any\2"),),
    ),
    Volatile(
        b"-shortcode",
        (
            (re.compile(rb"<!--\[if lt IE 9\]>.{0,120}?<!\[endif\]-->(?:\\n)?"), b""),
            (re.compile(rb'(id=\\"(?:video|audio)-\d+)-\d+'), rb"\1"),
            (re.compile(rb"\?_=\d+"), b"?_="),
        ),
    ),
)


def steady(raw: bytes) -> bytes:
    """Return what to compare: the bytes without what comes and goes by itself."""
    for volatile in VOLATILE:
        if volatile.mark in raw:
            for pattern, replacement in volatile.instead:
                raw = pattern.sub(replacement, raw)
    return raw
