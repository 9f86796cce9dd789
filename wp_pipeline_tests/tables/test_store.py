"""Where tables are, and that they are replaced as carefully as objects."""

from hashlib import sha256

import pytest

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.store import END, TableStore
from wp_pipeline_tests.fakes.aws import BUCKET


@pytest.fixture
def store(bucket):
    return TableStore(bucket.lake)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "table"
    path.write_bytes(b"PAR1 table")
    return path


def test_a_table_has_a_folder_of_its_own_beside_the_objects(store, bucket, file):
    store.put("posts", file, {"row-count": "7"})

    assert bucket.aws.keys() == ["wordpress-api-tables/posts/posts.parquet"]
    assert store.uri("posts") == f"s3://{BUCKET}/wordpress-api-tables/posts/posts.parquet"
    assert bucket.lake.key("posts") == "wordpress-api/posts.json"
    assert bucket.lake.objects() == []


@pytest.mark.parametrize(
    ("prefix", "key"), [("", "tables/a/a.parquet"), ("/x/y/", "x/y-tables/a/a.parquet")]
)
def test_tables_follow_the_prefix(bucket, file, prefix, key):
    TableStore(Lake(lambda: bucket.aws.client("s3"), BUCKET, prefix)).put("a", file, {})

    assert bucket.aws.keys() == [key]


def test_the_size_and_metadata_of_a_stored_table_are_returned(store, file):
    assert store.stored("posts") is None
    put = store.put("posts", file, {"row-count": "7"})
    stored = store.stored("posts")

    assert stored is not None
    assert (stored.rows, stored.size) == (7, 10)
    assert stored.metadata == put.metadata
    assert stored.metadata["sha256"] == sha256(b"PAR1 table").hexdigest()


def test_a_table_replaces_only_the_version_that_was_seen(store, file, bucket):
    store.put("posts", file, {})
    seen = store.stored("posts")
    with pytest.raises(ObjectReplaced):
        store.put("posts", file, {})
    file.write_bytes(b"PAR1 later")
    store.put("posts", file, {}, seen)
    with pytest.raises(ObjectReplaced):
        store.put("posts", file, {}, seen)

    assert bucket.aws.object(bucket.key("posts")) == b"PAR1 later"


def test_a_table_is_downloaded_as_it_is(store, file, tmp_path):
    to = tmp_path / "download"
    assert not store.download("posts", to)
    assert not store.download_end("posts", to, 10)
    store.put("posts", file, {})

    assert store.download("posts", to)
    assert to.read_bytes() == b"PAR1 table"


def test_only_the_names_of_tables_are_listed(store, file, bucket):
    for name in ("terms", "posts", "events.v2"):
        store.put(name, file, {})
    bucket.aws.put_object("wordpress-api-tables/notes.txt", b"")
    bucket.aws.put_object("wordpress-api-tables/posts/other.parquet", b"")
    bucket.store("users", [])

    assert store.names() == ["events.v2", "posts", "terms"]


@pytest.mark.parametrize("size", [20, END, 2 * END])
def test_the_end_of_a_table_is_enough_for_its_footer(store, tmp_path, size):
    content = b"PAR1" + bytes(size - 12) + (0).to_bytes(4, "little") + b"PAR1"
    path, end = tmp_path / "table", tmp_path / "end"
    path.write_bytes(content)
    store.put("posts", path, {})

    assert store.download_end("posts", end, len(content))
    assert (end.stat().st_size, end.read_bytes()[-8:]) == (len(content), content[-8:])


def test_a_footer_that_is_longer_than_the_end_is_downloaded_with_the_table(store, tmp_path):
    content = b"PAR1" + bytes(3 * END) + (2 * END).to_bytes(4, "little") + b"PAR1"
    path, end = tmp_path / "table", tmp_path / "end"
    path.write_bytes(content)
    store.put("posts", path, {})

    assert store.download_end("posts", end, len(content))
    assert end.read_bytes() == content
