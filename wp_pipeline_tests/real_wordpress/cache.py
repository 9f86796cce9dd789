"""A page cache in front of a real WordPress: nginx's own, with the usual mistakes."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wp_pipeline.sandbox.local_aws import free_port
from wp_pipeline_tests.real_wordpress.wordpress import SCRIPTS, WordPress

PATH_ONLY, WITH_QUERY = "$uri", "$request_uri"
WORDPRESS_HEADERS = ("X-WP-Total", "X-WP-TotalPages", "Link")

_NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or "/usr/sbin/nginx"


class PageCache:
    """A running cache. It is empty at first."""

    def __init__(self, site: WordPress, url: str) -> None:
        self._site = site
        self.url = url

    def behind(self, url: str) -> str:
        """The same URL of the site, through the cache."""
        return url.replace(self._site.url, self.url, 1)


@contextmanager
def page_cache(
    site: WordPress, key: str, forgets: Sequence[str] = WORDPRESS_HEADERS
) -> Iterator[PageCache]:
    """Start a cache with this key, which leaves out these headers; stop it afterwards."""
    port = free_port()
    directory = site.directory / f"cache-{port}"
    directory.mkdir()
    values = {
        "DIRECTORY": str(directory),
        "PORT": str(port),
        "SITE": site.url,
        "KEY": key,
        "HIDE": " ".join(f"proxy_hide_header {name};" for name in forgets),
    }
    try:
        _start(directory, values)
        yield PageCache(site, f"http://127.0.0.1:{port}")
    finally:
        _stop(directory / "nginx.pid")
        shutil.rmtree(directory)


def _start(directory: Path, values: dict[str, str]) -> None:
    text = (SCRIPTS / "cache.conf").read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    configuration = directory / "nginx.conf"
    configuration.write_text(text)
    # It goes into the background once it listens.
    command = [_NGINX, "-e", str(directory / "nginx.log"), "-c", str(configuration)]
    with (directory / "output").open("w") as output:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def _stop(pid_file: Path) -> None:
    """Stop a server; it deletes its pid file last."""
    if pid_file.exists():
        os.kill(int(pid_file.read_text()), signal.SIGTERM)
    until = time.monotonic() + 10
    while pid_file.exists() and time.monotonic() < until:
        time.sleep(0.02)
