import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import wp_pipeline
from sample_site.messages import Answer
from sample_site.site import SampleSite
from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_configuration
from wp_pipeline.sandbox.__main__ import (
    forget_accounts,
    name_of_site,
    sandbox,
    where,
)
from wp_pipeline.sandbox.local_aws import BUCKET
from wp_pipeline.sandbox.ui import USUAL_PORT, choose_port
from wp_pipeline.settings import Settings

pytestmark = pytest.mark.processes

STATE = Path(wp_pipeline.__file__).parent / "defs" / ".local_defs_state"


def test_the_users_account_and_settings_are_removed(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("WP_PIPELINE_SITE", "real")
    monkeypatch.setenv("SOMETHING_ELSE", "stays")
    forget_accounts()

    assert [name for name in os.environ if name.startswith(("AWS_", "WP_PIPELINE_"))] == []
    assert os.environ["SOMETHING_ELSE"] == "stays"
    monkeypatch.undo()


def test_the_environment_of_the_sandbox_configures_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with sandbox(None) as started:
        environment = started.environment
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        store = ParameterStore(lambda: build_client("ssm", 5.0))
        found = load_configuration(Settings.from_environment(), store)

        assert found.bucket == BUCKET
        names = [endpoint.name for endpoint in found.endpoints]
        assert len(names) == 14
        assert {"posts", "comments", "genres", "raw_posts", "raw_statistics_pages"} <= set(names)
        assert all(one.address.url.startswith("http://127.0.0.1:") for one in found.endpoints)
        assert Path(environment["DAGSTER_HOME"]) == tmp_path / ".sandbox" / "dagster"
        assert "enabled: false" in (tmp_path / ".sandbox/dagster/dagster.yaml").read_text()


def test_an_object_is_shown_as_its_file():
    assert where("s3://sandbox/wordpress-api/posts.json") == "lake/sandbox/wordpress-api/posts.json"


@pytest.fixture
def run(tmp_path):
    """Runs the sandbox's command in an empty folder."""

    def running(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wp_pipeline.sandbox", *arguments],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "AWS_PROFILE": "production", "PYTHONPATH": ""},
        )  # fmt: skip

    yield running
    for state in STATE.glob("WordPressSite__127_0_0_1_*__"):
        shutil.rmtree(state, ignore_errors=True)


def test_make_run_extracts_a_site_with_dagster_into_files(run, serve, tmp_path):
    server = serve(SampleSite({"posts": 12, "tags": 3, "users": 2}))
    others = server.answers
    notice = Answer(200, {}, b"<br /><b>Warning</b>[]")
    closed = Answer(401, {}, b'{"code":"rest_user_cannot_view","message":"No."}')
    answers = {"/wp-json/wp/v2/media": notice, "/wp-json/wp/v2/users": closed}
    server.answers = lambda asked: answers.get(asked.path) or others(asked)
    ended = run("run", "--site", server.url.removeprefix("http://"))

    assert ended.returncode == 1, ended.stderr  # Something is left out.
    assert ended.stderr.splitlines()[-1].endswith(
        "[ERROR]: left out, for the reasons above: wp/v2/media"
    )
    name = name_of_site(server.url)
    posts = tmp_path / "lake" / "sandbox" / name / "posts.json"
    assert posts.read_bytes().count(b'"date_gmt"') == 12
    rows = {line.split()[0]: line.split() for line in ended.stdout.splitlines()}
    assert rows[f"{name}/posts"][1] == "12"
    assert rows[f"{name}/posts"][-1] == f"lake/sandbox/{name}/posts.json"
    assert rows[f"{name}/tags"][1] == "3"
    assert re.search(r"^(\d+) of \1 checks passed$", ended.stdout, re.MULTILINE)
    lines = ended.stdout.splitlines()
    assert f"report: lake/sandbox/{name}/report.html" in lines
    assert re.search(rf"^\d+ tables: lake/sandbox/{name}-tables/$", ended.stdout, re.MULTILINE)
    assert lines[-2].startswith("2026 ")  # The answer to the question.
    assert re.fullmatch(r"(\d+) of \1 endpoints are up to date", lines[-1])
    html = (tmp_path / "lake" / "sandbox" / name / "report.html").read_text()
    assert "<h1>12 posts, 0 comments</h1>" in html
    assert "posts: published, 12 rows" in ended.stderr
    assert "wp/v2/media is left out: HTTP 200 with a web page instead of JSON" in ended.stderr
    assert "needs a login, and is left out: wp/v2/users" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_run_finds_everything_unchanged_but_what_was_edited(run, serve, tmp_path):
    server = serve(SampleSite({"posts": 12, "tags": 3, "users": 2}))
    assert run("run", "--site", server.url).returncode == 0
    posts = tmp_path / "lake" / "sandbox" / name_of_site(server.url) / "posts.json"
    before = posts.read_bytes()
    posts.write_bytes(b"[]")

    second = run("run", "--site", server.url)

    assert second.returncode == 0, second.stderr
    assert "total 9, published 1, unchanged 8, refused 0" in second.stderr
    assert posts.read_bytes() == before


def test_a_url_that_is_not_wordpress_is_one_line_and_status_2(run, serve):
    server = serve(SampleSite({}))
    server.answers = lambda request: Answer(404, {}, b"<html>not found</html>")
    ended = run("run", "--site", server.url)

    assert ended.returncode == 2
    assert re.fullmatch(r"\S+ \S+ \[ERROR\]: .+", ended.stderr.strip())
    assert ended.stdout == ""


def test_the_ui_is_not_started_on_a_port_that_is_in_use(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = run("ui", "--port", str(port))

    assert ended.returncode == 2
    assert f"[ERROR]: port {port} is in use: choose another, or leave PORT out" in ended.stderr


def test_the_ui_takes_the_next_free_port():
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # Already in use: the same effect.
            stack.enter_context(socket.create_server(("127.0.0.1", USUAL_PORT)))

        assert choose_port(None) > USUAL_PORT


def test_a_folder_that_cannot_be_written_is_one_line_and_status_2(run, tmp_path):
    (tmp_path / ".sandbox").write_text("no folder")

    ended = run("run")

    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "[ERROR]: the sandbox can't write here: " in ended.stderr
