"""Measures single answers that are as large or as odd as a hostile site can make them.

    python -m benchmarks.large_answers          # prints a table; docs name the limits

Each answer is written to a file first, and sent from it by a server in a process of its own, so
that only the extraction is measured. The limits: 256 MB of memory, and at least
50 MB a second, from the start of the process to its exit.
"""

import argparse
import http.server
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.peers import DEFAULT_FOLDER, python_of
from benchmarks.process_usage import Usage, usage_of
from benchmarks.servers.running import server

CHUNK = 100_000
ROW = b'{"ID":"1","post_title":"A title of some length","post_content":"%b"},' % (b"x" * 200)


def repeated(first: bytes, row: bytes, count: int, last: bytes) -> Iterator[bytes]:
    """Yield an array or object with so many equal rows."""
    yield first
    for start in range(0, count, CHUNK):
        yield row * min(CHUNK, count - start)
    yield last


def million_keys() -> Iterator[bytes]:
    yield b'{"a":0'
    for start in range(0, 1_000_000, CHUNK):
        yield b"".join(b',"key%07d":1' % number for number in range(start, start + CHUNK))
    yield b"}"


def sparse_list() -> Iterator[bytes]:
    yield b'{"success":true,"data":{"0":{"ID":"0"}'
    for start in range(1, 1_000_000, CHUNK):
        rows = range(start, start + CHUNK)
        yield b"".join(b',"%d":{"ID":"%d"}' % (2 * number, number) for number in rows)
    yield b"}}"


def row_of_many_columns() -> bytes:
    return b"{%b}" % b",".join(b'"column%06d":1' % number for number in range(100_000))


def giant(first: bytes, part: bytes, last: bytes) -> Iterator[bytes]:
    """Yield 200 MB of equal parts between what is first and last."""
    yield first
    for _ in range(200):
        yield part * (1_000_000 // len(part))
    yield last


ANSWERS: dict[str, Callable[[], Iterator[bytes]]] = {
    "a million keys": million_keys,
    "3 million tiny rows": lambda: repeated(b"[", b'{"a":1},', 3_000_000, b'{"a":2}]'),
    "a table of 300 MB": lambda: repeated(b"[", ROW, 1_150_000, ROW[:-1] + b"]"),
    "the same, wrapped": lambda: repeated(
        b'{"success":true,"data":[', ROW, 1_150_000, ROW[:-1] + b'],"total":1150001}'
    ),
    "a wrapped, sparse list": sparse_list,
    "100,000 columns": lambda: repeated(
        b"[", row_of_many_columns() + b",", 60, row_of_many_columns() + b"]"
    ),
    "a giant text": lambda: giant(b'[{"a":"', b"x", b'"}]'),
    "a giant text of escapes": lambda: giant(b'[{"a":"', rb"\u00e9", b'"}]'),
    "a giant name": lambda: giant(b'{"', b"x", b'":1}'),
    "numbers": lambda: giant(b"[1", b",1", b"]"),
    "rows deep inside": lambda: repeated(
        b'{"a":{"b":{"c":{"d":[', b'{"a":1},', 3_000_000, b'{"a":2}]}}}}'
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--peers", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--answers", nargs="*", choices=list(ANSWERS), default=list(ANSWERS))
    chosen = parser.parse_args()
    print(f"{'answer':24} {'MB':>6} {'seconds':>8} {'MB/s':>6} {'peak MB':>8}")
    for name in chosen.answers:
        with tempfile.TemporaryDirectory() as folder:
            size, usage = measured(name, Path(folder), python_of(chosen.peers))
        if usage.exit_status:
            sys.exit(f"{name}: exit status {usage.exit_status}")
        speed = size / 1e6 / usage.wall_seconds
        print(
            f"{name:24} {size / 1e6:6.0f} {usage.wall_seconds:8.2f} {speed:6.0f}"
            f" {usage.peak_mb:8.0f}"
        )


def measured(name: str, folder: Path, python: Path) -> tuple[int, Usage]:
    """Return the size of an answer in bytes, and what its extraction took."""
    body = folder / "body.json"
    with body.open("wb") as file:
        file.writelines(ANSWERS[name]())
    site = serve(body)
    host, port = site.server_address[:2]
    parameters = (
        f"/wordpress/amazonwebshark/api/mysqlendpoints=rows=http://{host}:{port}/wp-json/mo/v1/r_1",
        "/s3/lakehouse/name/raw=bench",
    )
    try:
        with server(python, "fake_aws", *parameters) as aws:
            command = [sys.executable, "-m", "wp_pipeline.commands", "extract"]
            usage = usage_of(command, environment(aws, folder), folder, folder / "log")
            print((folder / "log").read_text(), file=sys.stderr)
    finally:
        site.shutdown()
    return body.stat().st_size, usage


def environment(aws: str, folder: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def serve(body: Path) -> http.server.ThreadingHTTPServer:
    """Send the file for any request, on a free port of loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(body.stat().st_size))
            self.end_headers()
            with body.open("rb") as file:
                shutil.copyfileobj(file, self.wfile, 1 << 20)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    return found


if __name__ == "__main__":
    main()
