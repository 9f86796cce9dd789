"""Searches files and databases for secrets, in every encoding and compression."""

import json
import re
import sqlite3
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from os.path import commonprefix
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_to_bytes

LAYERS = 3  # of escapes; JSON in JSON in a log line is common, more has not been seen.
LINE_BREAKS = {b"n": b"\n", b"r": b"\r"}
ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
SQLITE = b"SQLite format 3\0"
ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


class Search:
    """Searches for named secrets, and returns the names of those that it finds."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._names: dict[bytes, set[str]] = {}
        for name, secret in secrets.items():
            for form in forms_of(secret):
                self._names.setdefault(form, set()).add(name)
        self._any = re.compile(any_of(sorted(self._names)))

    def found_in(self, data: bytes) -> set[str]:
        """Return the names of the secrets in the data; of two that overlap, the first."""
        found: set[str] = set()
        for reading in readings_of(data):
            found.update(*(self._names[form] for form in set(self._any.findall(reading))))
        return found

    def leaks_below(self, folder: Path) -> set[tuple[str, str]]:
        """Return each secret's name with each of its places: a file, or a column of a database."""
        return {(name, place) for place, data in left_below(folder) for name in self.found_in(data)}


def any_of(forms: Sequence[bytes]) -> bytes:
    """Return a pattern for any of the sorted forms that shares their prefixes.

    That is several times as fast as a list of alternatives.
    """
    branches = []
    for _, group in groupby(filter(None, forms), key=lambda form: form[:1]):
        alike = list(group)
        stem = commonprefix(alike)  # noqa: RUF071 (a prefix of characters is meant)
        rest = any_of([form[len(stem) :] for form in alike]) if len(alike) > 1 else b""
        branches.append(re.escape(stem) + (b"(?:%b)" % rest if rest else b""))
    return b"|".join([*branches, b""] if b"" in forms else branches)


def forms_of(secret: str) -> frozenset[bytes]:
    """Return every encoding of a secret to search for. `readings_of` undoes escapes."""
    spelt = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    spelt.add(json.dumps(secret)[1:-1])
    raw = {text.encode(encoding) for text in spelt for encoding in ("utf-8", "utf-16-le")}
    return frozenset(
        form
        for plain in raw
        for form in (
            plain,
            plain.hex().encode(),
            plain.hex().upper().encode(),
            *in_base64(plain, b64encode),
            *in_base64(plain, urlsafe_b64encode),
        )
    )


def in_base64(data: bytes, encode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Yield the base64 of the data inside a longer text, for each of the three alignments.

    Characters at the edges that also hold bits of a neighbouring byte are left out.
    """
    for before, shared in ((0, 0), (1, 2), (2, 3)):
        text = encode(bytes(before) + data)
        padding = len(text) - len(text.rstrip(b"="))
        yield text[shared : len(text) - padding - bool(padding)]


def readings_of(data: bytes) -> Iterator[bytes]:
    """Yield the data, then with one layer of percent and backslash escapes undone, and so on.

    Each also without line breaks, since base64 may be wrapped.
    """
    for _ in range(1 + LAYERS):
        yield data
        yield data.translate(None, b"\r\n")
        plainer = ESCAPE.sub(unescaped, unquote_to_bytes(data))
        if plainer == data:
            return
        data = plainer


def unescaped(escape: re.Match[bytes]) -> bytes:
    point, byte, other = escape.groups()
    if point:
        return chr(int(point, 16)).encode("utf-8", "replace")
    return bytes([int(byte, 16)]) if byte else LINE_BREAKS.get(other, other)


def left_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield everything in a folder with its place: names, files, columns of databases.

    A database is also searched as a file, for deleted rows that are not overwritten yet.
    """
    for path in sorted(folder.rglob("*")):
        place = str(path.relative_to(folder))
        yield f"name of {place}", place.encode()
        if path.is_file():
            data = path.read_bytes()
            yield place, data + b"\n" + inflated(data)
            if data.startswith(SQLITE):
                yield from ((f"{place}: {column}", rows) for column, rows in columns_of(path))


def columns_of(database: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the values of each column of each table, as `table.column`."""
    with closing(sqlite3.connect(database)) as connection:
        connection.text_factory = bytes
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            rows = connection.execute(f'SELECT * FROM "{table.decode()}"')  # noqa: S608
            names = [column[0] for column in rows.description]
            for name, values in zip(names, zip(*rows, strict=True), strict=False):
                yield f"{table.decode()}.{name}", b"\n".join(map(value_of, values))


def value_of(value: bytes | int | float | None) -> bytes:
    """Return a value as bytes, also decompressed: Dagster compresses its snapshots."""
    return value + b"\n" + inflated(value) if isinstance(value, bytes) else str(value).encode()


def inflated(data: bytes) -> bytes:
    """Return decompressed zlib or gzip data, as far as it is valid; b"" for other data."""
    try:
        return zlib.decompressobj(ZLIB_OR_GZIP).decompress(data)
    except zlib.error:
        return b""
