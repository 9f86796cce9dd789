import csv
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.commands.__main__ import main
from wp_pipeline.settings import Settings
from wp_pipeline.tables.store import TableStore
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.folder_of_tables import FolderOfTables
from wp_pipeline_tests.support.interruptions import accept_sigint

pytestmark = pytest.mark.tables

POSTS = (
    "SELECT i::BIGINT AS id, 'Title ' || i AS title, TIMESTAMP '2026-11-20 10:00:00' AS date,"
    " [i, 2]::BIGINT[] AS tags, i / 2 AS share, i > 1 AS sticky, NULL::VARCHAR AS misfits"
    " FROM range(3) AS r(i)"
)
HOSTILE = (
    "SELECT chr(27) || ']0;owned' || chr(7) || chr(155) || '31m<b>' || repeat('x', 300)"
    " AS author_name"
)


@pytest.fixture
def tables(aws, tmp_path):
    """Posts and comments as tables in S3, and one object that is no table."""
    aws.put_parameters({Settings().bucket_parameter: BUCKET})
    made = FolderOfTables(tmp_path)
    store = TableStore(Lake(lambda: build_client("s3"), BUCKET, "wordpress-api"))
    for name, select in (("posts", POSTS), ("comments", HOSTILE)):
        made.add(name, select)
        metadata = {"row-count": "3", "extracted-at": "2026-11-20T10:00:00+00:00"}
        store.put(name, made.path(name), metadata)
    aws.operations.clear()
    return aws


def test_a_question_is_answered_as_a_table(tables, command):
    ended = command("sql", "SELECT id, title, tags, sticky, misfits FROM posts WHERE id > 0")

    assert (ended.status, ended.log) == (0, [])
    assert ended.out.splitlines() == [
        "id  title    tags    sticky  misfits",
        "1   Title 1  [1, 2]  false   NULL",
        "2   Title 2  [2, 2]  true    NULL",
    ]


def test_the_same_as_csv_and_as_json(tables, command):
    ended = command("sql", "--csv", "SELECT * FROM posts")
    (head, first, *_) = csv.reader(io.StringIO(ended.out))

    assert head == ["id", "title", "date", "tags", "share", "sticky", "misfits"]
    assert first == ["0", "Title 0", "2026-11-20 10:00:00", "[0, 2]", "0.0", "false", ""]

    ended = command("sql", "--json", "SELECT *, 1.5::DECIMAL(3, 1) AS id FROM posts")
    assert json.loads(ended.out)[2] == {
        "id": 2, "title": "Title 2", "date": "2026-11-20 10:00:00", "tags": [2, 2], "share": 1.0,
        "sticky": True, "misfits": None, "id_2": 1.5,
    }  # fmt: skip
    assert json.loads(command("sql", "--json", "FROM posts WHERE false").out) == []
    odd = "SELECT 'NaN'::DOUBLE AS n, {'a': DATE '2026-01-02'} AS s, 'é' AS t"
    assert json.loads(command("sql", "--json", odd).out) == [
        {"n": "nan", "s": {"a": "2026-01-02"}, "t": "é"}
    ]


def test_no_digit_of_a_number_is_lost(tables, command):
    question = (
        "SELECT (2::HUGEINT ** 64)::HUGEINT AS h, 12345678901234567890.5::DECIMAL(21, 1) AS d"
    )

    assert json.loads(command("sql", "--json", question).out) == [
        {"h": 2**64, "d": "12345678901234567890.5"}
    ]


@pytest.mark.parametrize("text", ["two\nlines", "a\rb", 'a "quote"', "a,b", " ", "é"])
def test_any_text_can_be_read_from_csv_again(tables, command, text):
    quoted = text.replace("'", "''")
    ended = command("sql", "--csv", f"SELECT '{quoted}' AS a, 1 AS b")

    assert list(csv.reader(io.StringIO(ended.out, newline=""))) == [["a", "b"], [text, "1"]]


@pytest.mark.parametrize("name", ["[/x]", "[red]", "select", "a.b", "имя поля", 'a "b"'])
def test_a_column_may_have_any_name(tables, command, name):
    quoted = name.replace('"', '""')
    ended = command("sql", f'SELECT 1 AS a, 2 AS "{quoted}"')

    assert (ended.status, ended.out) == (0, f"a  {name}\n1  2\n")


def test_control_characters_of_a_site_are_not_printed(tables, command):
    ended = command("sql", "SELECT author_name FROM comments")
    shown = ended.out.splitlines()[1]

    assert shown.startswith(" ]0;owned  31m<b>xxx")
    assert shown.endswith("x…")
    assert shown.isprintable()


def test_the_first_of_many_rows_are_shown_and_the_others_counted(tables, command):
    ended = command("sql", "SELECT * FROM range(2000)")

    assert len(ended.out.splitlines()) == 1001
    assert ended.log == [
        ("INFO", "these are the first 1,000 rows; --csv and --json print all")
    ]  # fmt: skip
    assert len(command("sql", "--csv", "SELECT * FROM range(2000)").out.splitlines()) == 2001


@pytest.mark.parametrize("arguments", [("sql",), ("sql", "--list"), ("sql", "show tables;\n")])
def test_without_a_question_the_tables_are_listed_with_their_columns(tables, command, arguments):
    ended = command(*arguments)
    columns = (
        "id BIGINT, title VARCHAR, date TIMESTAMP, tags BIGINT[], share DOUBLE, sticky BOOLEAN,"
        " misfits VARCHAR"
    )

    assert (ended.status, ended.log) == (0, [])
    assert list(ended.table) == ["table", "comments", "posts"]
    assert ended.table["posts"][0] == "3"
    assert ended.table["posts"][3] == columns


def test_the_list_as_json_and_as_csv(tables, command):
    (comments, posts) = json.loads(command("sql", "--list", "--json").out)
    assert posts["uri"] == f"s3://{BUCKET}/wordpress-api-tables/posts/posts.parquet"
    assert posts["rows"] == 3
    assert comments["columns"] == {"author_name": "VARCHAR"}

    lines = command("sql", "--list", "--csv").out.splitlines()
    assert lines[:3] == ["table,column,type", "comments,author_name,VARCHAR", "posts,id,BIGINT"]


def test_an_empty_list_says_what_to_do(aws, command):
    aws.put_parameters({Settings().bucket_parameter: BUCKET})

    assert command("sql").log == [("INFO", "no table is stored yet; build the tables first")]
    ended = command("sql", "FROM posts")
    assert (ended.status, ended.out) == (1, "")
    assert ended.errors == [
        "there is no table posts: no table is stored yet; build the tables first"
    ]  # fmt: skip


def test_only_the_tables_that_are_named_are_read(tables, command):
    command("sql", "SELECT count(*) FROM posts")

    assert [one for one in tables.operations if one.endswith(".parquet")] == [
        f"GET /{BUCKET}/wordpress-api-tables/posts/posts.parquet"
    ]
    assert not [one for one in tables.operations if one.startswith(("PUT", "DELETE"))]


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ("FROM post", "there is no table post; did you mean posts?"),
        ("SELECT titel FROM posts", 'Referenced column "titel" not found in FROM clause!'),
        ("COPY posts TO '/tmp/x.csv'", "the SQL must be one SELECT statement"),
        ("FROM read_text('/etc/hostname')", "only the tables can be read: no files, addresses"),
    ],
)
def test_a_question_that_is_wrong_has_one_line_and_status_1(tables, command, question, error):
    ended = command("sql", question)

    assert (ended.status, ended.out, len(ended.log)) == (1, "", 1)
    assert ended.errors[0].startswith(error)


def test_an_object_that_is_no_table_is_named(tables, command):
    tables.put_object("wordpress-api-tables/odd/odd.parquet", b"no Parquet")
    ended = command("sql", "FROM odd")

    assert (ended.status, ended.errors) == (
        1, ["the stored object of odd is no Parquet table; build it again"]
    )  # fmt: skip


def test_a_refusal_of_aws_is_reported_in_one_line(tables, command):
    tables.faults = lambda operation: (403, "AccessDenied") if "GET /" in operation else None
    ended = command("sql", "FROM posts")

    assert (ended.status, ended.errors) == (1, ["S3: access denied; allow s3:ListBucket"])


def test_invalid_settings_and_conflicting_options_have_status_2(tables, command, capsys):
    assert command("sql", "--bucket-parameter", "/nowhere", "FROM posts").status == 2
    assert main(["sql", "--list", "FROM posts"]) == 2
    assert "--list takes no statement" in capsys.readouterr().err


def test_without_duckdb_the_command_says_what_to_install(tables, command, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    ended = command("sql", "FROM posts")

    assert (ended.status, ended.errors) == (
        2, ["tables need DuckDB; run: pip install 'wp-pipeline[tables]'"]
    )  # fmt: skip


@pytest.mark.processes
def test_a_closed_pipe_is_no_error(tables):
    question = "SELECT repeat('x', 1000) FROM range(100000)"
    code = f"from wp_pipeline.commands.__main__ import main; main(['sql', '--csv', {question!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


@pytest.mark.processes
@pytest.mark.parametrize("form", [[], ["--csv"]])
def test_an_output_that_is_full_is_one_line(form):
    code = (
        "import sys; from wp_pipeline.commands.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", code, "sql", "--folder", "/dev", *form, "SELECT 1"],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip

    assert ended.returncode == 1
    assert ended.stderr.decode().endswith(
        "[ERROR]: the answer can't be written: No space left on device; free some space, or set"
        " TMPDIR\n"
    )
    assert ended.stderr.count(b"\n") == 1


@pytest.mark.processes
def test_a_question_that_takes_too_long_can_be_stopped(tables):
    question = "SELECT (SELECT count(*) FROM range(100000000000)) FROM posts"
    code = f"from wp_pipeline.commands.__main__ import main; sys.exit(main(['sql', {question!r}]))"
    with subprocess.Popen(
        [sys.executable, "-c", f"import sys; {code}"],
        stderr=subprocess.PIPE,
        preexec_fn=accept_sigint,
    ) as process:
        key = f"GET /{BUCKET}/wordpress-api-tables/posts/posts.parquet"
        wait_until(lambda: key in tables.operations)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read().decode()
        assert process.wait(30) == 130
    assert said.endswith("[ERROR]: stopped\n")
    assert "Traceback" not in said


def wait_until(holds):
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen")


def test_the_tables_in_a_folder_are_asked_and_listed_without_aws(tmp_path, command):
    for name, select in (("posts", POSTS), ("comments", HOSTILE)):
        (tmp_path / name).mkdir()
        FolderOfTables(tmp_path / name).add(name, select)
    (tmp_path / "other.parquet").write_bytes(b"no table of ours")
    (tmp_path / "folder" / "folder.parquet").mkdir(parents=True)
    asked = command("sql", "--folder", str(tmp_path), "--csv", "SELECT count(*) AS n FROM posts")
    listed = command("sql", "--folder", str(tmp_path))

    assert (asked.status, asked.out) == (0, "n\n3\n")
    assert listed.table["posts"][0] == "3"
    assert set(listed.table) == {"table", "comments", "posts"}


def test_a_folder_that_is_missing_or_has_no_tables_is_told(tmp_path, command, capsys):
    assert main(["sql", "--folder", str(tmp_path / "missing"), "SELECT 1"]) == 2
    assert "does not exist" in capsys.readouterr().err
    none = "the folder has no tables, such as posts/posts.parquet; name another one"
    ended = command("sql", "--folder", str(tmp_path), "SELECT * FROM posts")
    assert (ended.status, ended.errors) == (1, [f"there is no table posts: {none}"])
    assert command("sql", "--folder", str(tmp_path)).log == [("INFO", none)]
