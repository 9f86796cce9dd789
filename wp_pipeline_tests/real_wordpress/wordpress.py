"""A real WordPress on 127.0.0.1, started and stopped by the scripts in site/."""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

SCRIPTS = Path(__file__).parent / "site"
SITES = Path(os.environ.get("WP_RIG_RUN", "/tmp/wp-pipeline-wordpress"))  # noqa: S108 (as common.sh)
PORTS = range(8091, 8100)

# The collections that a visitor may read, each with items.
COLLECTIONS = (
    *("posts", "pages", "media", "comments"),
    *("categories", "tags", "users"),
    *("books", "genres"),  # of mu-plugin.php
)


class WordPressDidNotStart(Exception):
    """The last output of the scripts says why."""


class WordPress:
    """A running site, claimed: no other process starts, seeds or stops it until `stop`.

    `version` is what WordPress says of itself ("6.1.9"), `rest_base` ends so that a route can
    follow, `raw_rows` are the URLs of the routes that give a whole table at once, `empty_rows`
    and `broken_rows` of two that answer [] and 400, `credentials` the application passwords by
    user, and `expected` what seed.php says of its content.
    """

    def __init__(self, arguments: tuple[str, ...], directory: Path, claim: TextIO):
        self.directory = directory
        self._arguments = arguments
        self._claim = claim
        self._know()

    def _know(self) -> None:
        """Read the scripts' description of the site. Each start renews application passwords."""
        site = json.loads((self.directory / "site.json").read_text())
        self.version: str = site["version"]
        self.url: str = site["url"]
        self.rest_base: str = site["rest_base"]
        self.raw_rows: dict[str, str] = site["raw_rows"]
        self.empty_rows = self.raw_rows.pop("empty")
        self.broken_rows = self.raw_rows.pop("broken")
        self.credentials: dict[str, str] = site["credentials"]
        self.expected: dict[str, Any] = json.loads((self.directory / "expected.json").read_text())

    @classmethod
    def start(
        cls,
        version: str = "bookworm",
        port: int | None = None,
        posts: int = 2000,
        comments: int = 10000,
        plain_permalinks: bool = False,
        timezone: str = "America/New_York",
    ) -> "WordPress":
        """Start the WordPress of a Debian release: bookworm (6.1), trixie (6.8) or sid (7.x).

        Without a port it is the first that no other process has claimed. The content is as
        seeded, even where a Writer has been at work before.
        """
        port, claim = _claim(PORTS if port is None else [port])
        permalinks = "plain" if plain_permalinks else "pretty"
        arguments = (
            *("--port", str(port), "--suite", version, "--permalinks", permalinks),
            *("--posts", str(posts), "--comments", str(comments), "--timezone", timezone),
        )
        try:
            _run("up.sh", *arguments)
            return cls(arguments, SITES / str(port), claim)
        except BaseException:  # An interrupted start may have left daemons too.
            _run("down.sh", "--port", str(port))
            claim.close()
            raise

    @property
    def endpoints(self) -> dict[str, str]:
        """The URLs of the public collections, by name."""
        return {name: self.endpoint(name) for name in COLLECTIONS}

    def endpoint(self, name: str) -> str:
        """The URL of one collection; `empty-things` is one without items."""
        return f"{self.rest_base}wp/v2/{name}"

    def reseed(self) -> None:
        """Restore the seeded content."""
        _run("up.sh", *self._arguments, "--reseed")
        self._know()

    def stop(self) -> None:
        """Stop the site; what is on disk stays, and makes the next start a quick one."""
        _run("down.sh", "--port", self.directory.name)
        self._claim.close()

    def __enter__(self) -> "WordPress":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def _claim(ports: Iterable[int]) -> tuple[int, TextIO]:
    SITES.mkdir(parents=True, exist_ok=True)
    for port in ports:
        claim = (SITES / f"{port}.claim").open("w")
        try:
            # The lock ends with the process in any case.
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
        else:
            return port, claim
    raise WordPressDidNotStart(f"others use every port of {list(ports)}")


def _run(script: str, *arguments: str) -> None:
    done = subprocess.run(
        [SCRIPTS / script, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise WordPressDidNotStart(f"{script} {' '.join(arguments)}:\n{done.stderr}{done.stdout}")
