"""Malformed headers and malformed compression, each with its outcome."""

import gzip
import zlib

from wp_pipeline_tests.fakes.raw_server import http_answer
from wp_pipeline_tests.faults.fault_servers import ROWS, published, refused

PACKED = gzip.compress(ROWS, mtime=0)
LENGTH = b"Content-Length: %d" % len(ROWS)
UNPACKED = (
    "HTTP 200 with a body that does not decompress;"
    " open the endpoint in a browser to see what it says"
)
SEE = (
    "; see them with `curl -i`, and correct the plugin, the web server or the proxy that sends them"
)
MALFORMED = "the headers of the answer are malformed"
NO_COLON = f"{MALFORMED}: a line has no colon, or no name before it{SEE}"


def headed(*lines: bytes) -> bytes:
    """Return an answer with these header lines."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", *lines, LENGTH, b"Connection: close", b"", ROWS])


def packed(body: bytes, coding: str = "gzip") -> bytes:
    return http_answer(body, Content_Encoding=coding)


HEADERS = (
    refused(
        "no_colon",
        "A header line without a colon",
        headed(b"X-WP-Total 2"),
        NO_COLON,
    ),
    refused("no_header_name", "A header without a name", headed(b": 2"), NO_COLON),
    refused("odd_header_name", "A header name that is not ASCII", headed(b"X-\xe9: 2"), NO_COLON),
    refused(
        "many_headers",
        "More than 100 headers",
        headed(*[b"X: y"] * 300),
        f"the headers of the answer are too long or too many{SEE}",
    ),
    refused(
        "huge_header",
        "A header of more than 64 kB",
        headed(b"X: " + b"y" * 100_000),
        f"the headers of the answer are too long or too many{SEE}",
    ),
    refused(
        "two_lengths",
        "Two values of Content-Length",
        headed(b"Content-Length: 7"),
        f"the headers of the answer are contradictory: more than one Content-Length{SEE}",
    ),
    refused(
        "odd_framing",
        "A Transfer-Encoding other than chunked",
        headed(b"Transfer-Encoding: gzip, chunked"),
        f"{MALFORMED}: a Transfer-Encoding other than chunked{SEE}",
    ),
    refused(
        "odd_boundary",
        "A Content-Type that can't be parsed",
        headed(b"Content-Type: multipart/x; boundary*=a; boundary*0=b"),
        f"{MALFORMED}{SEE}",
    ),
    published(
        "no_boundary",
        "A Content-Type multipart without its boundary",
        headed(b"Content-Type: multipart/mixed"),
        ROWS,
    ),
    published(
        "odd_header_values",
        "Header values with bytes that are not ASCII, and control characters",
        headed(b"X-A: \xe9\xff\x1b[2J\x00"),
        ROWS,
    ),
    refused(
        "no_gzip",
        "Content-Encoding gzip, but the body is not gzip",
        packed(ROWS),
        UNPACKED,
    ),
    refused(
        "wrong_checksum",
        "gzip with a wrong checksum",
        packed(PACKED[:-8] + bytes(4) + PACKED[-4:]),
        UNPACKED,
    ),
    refused("wrong_length", "gzip with a wrong length", packed(PACKED[:-4] + bytes(4)), UNPACKED),
    refused("wrong_magic", "gzip with a wrong header", packed(b"\x1f\x8c" + PACKED[2:]), UNPACKED),
    refused(
        "packed_once",
        "gzip, where the headers tell gzip twice",
        packed(PACKED, "gzip, gzip"),
        UNPACKED,
    ),
    refused(
        "wrong_adler",
        "deflate with a wrong checksum",
        packed(zlib.compress(ROWS)[:-1] + b"x", "deflate"),
        UNPACKED,
    ),
    published(
        "after_gzip",
        "Bytes after the end of the gzip stream",
        packed(PACKED + b"garbage"),
        ROWS,
    ),
)
