"""What of a site's texts the report may show: no markup, e-mail address, IP address or URL."""

import re
from html import unescape

from wp_pipeline.extraction.storing.preview import harmless

LONGEST = 80  # characters
LONGEST_REASON = 300
LONGEST_HTML = 1000
# So many more characters are searched than are shown, as an address may be cut off at the end. The
# time of a search grows with the square of the number of characters.
MARGIN = 200
TAG = re.compile(r"<[^>]*>")
HIDDEN = "[not shown]"
PRIVATE = re.compile(
    r"""
      \S*://\S*                                    # a URL
    | \bwww\.\S+
    | [\w-]+(?:\.[\w-]+)+(?::[0-9]+)?/\S*          # a URL without its scheme
    | \S+@\S+                                      # an e-mail address
    | (?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])(?::[0-9]+)?  # an IPv4 address
    | (?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])              # an IPv6 address
    | (?<![\w:])(?:[0-9a-f]{1,4}:)*[0-9a-f]{0,4}::(?:[0-9a-f]{1,4}:?)*     # a short one
    """,
    re.VERBOSE | re.IGNORECASE,
)


def shown(html: str, longest: int = LONGEST) -> str:
    """Return a text of a site, which may be HTML, as the report may show it: bounded plain text."""
    text = harmless(unescape(TAG.sub("", html[:LONGEST_HTML])))
    return shown_plain(text, longest)


def shown_plain(text: str, longest: int = LONGEST_REASON) -> str:
    """Return a text of ours, which may repeat words of a site, as the report may show it."""
    text = PRIVATE.sub(HIDDEN, harmless(text[: longest + MARGIN]))
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
