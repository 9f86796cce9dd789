"""What WordPress says differently every time, though nobody changed anything.

Rendered items hold a placeholder there, so that they can be cached; it is filled in per answer.

* The Gravatar server of a comment without an e-mail address is drawn at random.
* A player in a media description bears its place in the response: 1, 3, 5 (each is rendered
  twice, once for an excerpt that nobody sees). Only the first brings a script for old browsers.
"""

import random
import re
from collections import Counter

SERVER = "{server}"
PLAYER = "{player}"
OLD_BROWSERS = "{old-browsers}"
SCRIPT = b"<!--[if lt IE 9]><script>document.createElement('%s');<\\/script><![endif]-->\\n"

# The collections whose items may hold a placeholder.
VOLATILE = frozenset({"comments", "media"})

MARK = re.compile(rb"\{server\}|\{player\}|\{old-browsers\}(audio|video)-")


class Filler:
    """Fills in the placeholders of one response, item after item."""

    def __init__(self, volatile: bool) -> None:
        self._volatile = volatile
        self._players: Counter[bytes] = Counter()
        self._player = 1

    def filled(self, item: bytes) -> bytes:
        return MARK.sub(self._replacement, item)

    def _replacement(self, mark: re.Match[bytes]) -> bytes:
        kind = mark[1]
        if kind:
            return self._script(kind)
        if mark[0] == b"{player}":
            return b"%d" % self._player
        return b"%d" % (random.randrange(3) if self._volatile else 0)

    def _script(self, kind: bytes) -> bytes:
        """Begins the next player."""
        first = not self._volatile or not self._players[kind]
        self._player = 1 if not self._volatile else 2 * self._players[kind] + 1
        self._players[kind] += 1
        return SCRIPT % kind if first else b""
