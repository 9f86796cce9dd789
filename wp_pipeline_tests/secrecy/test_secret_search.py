"""The search for secrets finds every form of them, and nothing else."""

import gzip
import json
import sqlite3
import zlib
from base64 import b64encode, encodebytes, urlsafe_b64encode
from contextlib import closing
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_pipeline_tests.support.secret_search import Search, forms_of

SECRET = "q7hz/v3 nk+Ü?2"
SEARCH = Search({"it": SECRET})
# Secrets contain no escapes, and are too long to occur by chance in other base64.
SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="\\%\r\n"), min_size=8)


def finds(secret: str, data: bytes) -> bool:
    return Search({"it": secret}).found_in(data) == {"it"}


def percent_encoded(secret: str) -> str:
    return "".join(f"%{byte:02x}" for byte in secret.encode())


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04X}" for character in text)


@pytest.mark.parametrize(
    "left",
    [
        SECRET.encode(),
        SECRET.encode("utf-16-le"),
        quote(SECRET).encode(),
        quote(SECRET, safe="").encode(),
        quote_plus(SECRET).encode(),
        percent_encoded(SECRET).encode(),
        percent_encoded(SECRET).upper().encode(),
        quote(quote_plus(SECRET)).encode(),
        escaped(SECRET).encode(),
        json.dumps(SECRET).encode(),
        json.dumps(json.dumps([json.dumps(SECRET)])).encode(),
        repr(SECRET.encode()).encode(),
        SECRET.replace("/", "\\/").encode(),
        SECRET.encode().hex().encode(),
        SECRET.encode().hex().upper().encode(),
        b64encode(quote(SECRET).encode()),
        quote(b64encode(f"user:{SECRET}".encode())).encode(),
        urlsafe_b64encode(SECRET.encode("utf-16-le")),
        encodebytes(b"." * 50 + SECRET.encode()),
        json.dumps(encodebytes(b"." * 50 + SECRET.encode()).decode()).encode(),
    ],
)
def test_a_secret_is_found_in_every_form(left):
    assert SEARCH.found_in(b"before " + left + b" after") == {"it"}


@settings(deadline=None)
@given(SECRETS, st.binary(), st.binary())
def test_a_secret_is_found_in_the_base64_of_a_longer_text(secret, before, after):
    whole = before + secret.encode() + after

    assert finds(secret, b64encode(whole))
    assert finds(secret, urlsafe_b64encode(whole))


@settings(deadline=None)
@given(SECRETS, st.data())
def test_a_secret_is_found_with_any_of_its_bytes_percent_encoded(secret, data):
    chosen = data.draw(st.sets(st.sampled_from(range(len(secret.encode())))))
    left = b"".join(
        b"%%%02X" % byte if place in chosen else bytes([byte])
        for place, byte in enumerate(secret.encode())
    )

    assert finds(secret, left)


@settings(deadline=None)
@given(SECRETS)
def test_a_secret_without_its_last_character_is_not_found(secret):
    assert not finds(secret + "~", secret.encode() + b" " + b64encode(secret.encode()))


def test_every_form_is_too_long_to_occur_by_chance():
    assert min(map(len, forms_of("q7hzv3nk"))) >= 8


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a/b/plain.log", SECRET.encode()),
        ("packed.gz", gzip.compress(b"so " + SECRET.encode(), mtime=0)),
        ("cut.z", zlib.compress(SECRET.encode() * 9)[:-4]),
    ],
)
def test_a_secret_is_found_in_files_of_any_folder(tmp_path, name, content):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

    assert SEARCH.leaks_below(tmp_path) == {("it", name)}


def test_a_secret_is_found_in_the_names_of_files_and_folders(tmp_path):
    (tmp_path / "quiet").mkdir()
    (tmp_path / "loud-q7hzv3nk").mkdir()

    found = Search({"it": "q7hzv3nk"}).leaks_below(tmp_path)
    assert found == {("it", "name of loud-q7hzv3nk")}


@pytest.mark.parametrize(
    "value",
    [SECRET, SECRET.encode(), zlib.compress(SECRET.encode()), json.dumps({"a": SECRET})],
    ids=["text", "blob", "compressed", "json"],
)
def test_a_secret_is_found_in_a_database_and_its_column_named(tmp_path, value):
    with closing(sqlite3.connect(tmp_path / "runs.db")) as database:
        database.execute("CREATE TABLE snapshots (id INTEGER, body)")
        database.execute("INSERT INTO snapshots VALUES (1, 'quiet'), (2, ?), (3, NULL)", [value])
        database.commit()

    assert ("it", "runs.db: snapshots.body") in SEARCH.leaks_below(tmp_path)
    assert ("it", "runs.db: snapshots.id") not in SEARCH.leaks_below(tmp_path)


def test_a_secret_is_found_in_a_write_ahead_log(tmp_path):
    with closing(sqlite3.connect(tmp_path / "runs.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE runs (body)")
        database.execute("INSERT INTO runs VALUES (?)", [SECRET])
        database.commit()
        found = SEARCH.leaks_below(tmp_path)

    assert {("it", "runs.db-wal"), ("it", "runs.db: runs.body")} <= found


def test_a_secret_is_found_in_a_deleted_row(tmp_path):
    with closing(sqlite3.connect(tmp_path / "runs.db")) as database:
        database.execute("PRAGMA secure_delete = OFF")  # Some builds of SQLite enable it.
        database.execute("CREATE TABLE runs (body)")
        database.execute("INSERT INTO runs VALUES (?)", [SECRET])
        database.commit()
        database.execute("DELETE FROM runs")
        database.commit()

    assert SEARCH.leaks_below(tmp_path) == {("it", "runs.db")}


def test_each_secret_is_reported_by_its_own_name():
    search = Search({"path": "q7hzv3nk", "password": "mark bell rope"})

    assert search.found_in(b"at q7hzv3nk") == {"path"}
    assert search.found_in(b"with mark+bell+rope at %71%37hzv3nk") == {"path", "password"}
    assert search.found_in(b"nothing") == set()


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text(min_size=1), SECRETS, min_size=1, max_size=5))
def test_each_of_many_secrets_is_found(secrets):
    search = Search(secrets)

    assert all(name in search.found_in(secret.encode()) for name, secret in secrets.items())


def test_secrets_with_a_common_prefix_are_distinguished():
    search = Search({"one": "127.0.0.1:41", "other": "127.0.0.1:4144"})

    assert search.found_in(b"at 127.0.0.1:4144") == {"other"}
    assert search.found_in(b"at 127.0.0.1:41") == {"one"}
