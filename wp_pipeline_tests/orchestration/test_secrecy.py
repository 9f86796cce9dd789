"""What a run leaves behind must not hold an endpoint's URL: it is a secret."""

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from wp_pipeline_tests.world import World

MARK = "q7hzv3nk"  # The random part of each URL.
PLANTED = "x4tplw9c"

# Dagster's own commands, several in one process, each with a DAGSTER_HOME of its own.
COMMANDS = """
import json, os, sys
from dagster._cli import cli
for home, arguments in json.loads(sys.argv[1]):
    os.environ["DAGSTER_HOME"] = home
    print(arguments)
    try:
        cli(arguments, standalone_mode=False)
    except Exception as failure:
        print("ended with", type(failure).__name__)
"""

CARELESS = f"""
import dagster as dg, requests

@dg.asset
def careless(context):
    context.log.info("asking http://127.0.0.1:9/{PLANTED}")
    print("asked http://127.0.0.1:9/{PLANTED}")
    requests.get("http://127.0.0.1:9/{PLANTED}", timeout=1)
"""


def files_with(text: str, folder: Path) -> list[str]:
    """Which files below a folder hold a text, in UTF-8 or UTF-16."""
    wanted = (text.encode(), text.encode("utf-16-le"))
    files = (path for path in folder.rglob("*") if path.is_file())
    return [str(f.relative_to(folder)) for f in files if any(w in f.read_bytes() for w in wanted)]


@pytest.fixture(scope="module")
def homes(open_world, site_name, tmp_path_factory) -> Path:
    """The DAGSTER_HOMEs of a run that succeeds, one that fails, and one of a careless asset."""
    folder = tmp_path_factory.mktemp("homes")
    (folder / "careless.py").write_text(CARELESS)
    for name in ("succeeded", "failed", "careless"):
        (folder / name).mkdir()
        (folder / name / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    ours = ["-m", "wp_pipeline.definitions"]
    with open_world() as world:
        good = [
            f"{world.url('wp/v2/posts')}?lang={MARK}",
            f"raw={world.url('mo/v1/terms_4821')}#{MARK}",
        ]
        world.put_endpoints(",".join(good))
        execute(folder, ("succeeded", ["asset", "materialize", "--select", "*", *ours]))
        world.put_endpoints(",".join([*good, *failing(world)]))
        execute(
            folder,
            ("failed", ["job", "execute", "--job", f"{site_name}_extraction", *ours]),
            (
                "careless",
                ["asset", "materialize", "--select", "*", "-f", str(folder / "careless.py")],
            ),
        )
    return folder


def failing(world: World) -> list[str]:
    """URLs that fail in every way in which an error could carry them."""
    world.say(f"mo/v1/cut_{MARK}", b'[{"a": 1}, {"a"')
    world.say(f"mo/v1/page_{MARK}", f"<html>{MARK}</html>".encode())
    world.say(f"mo/v1/away_{MARK}", b"", 302, Location=f"https://other.example/{MARK}")
    world.say(f"mo/v1/short_{MARK}", b"[1", Content_Length="9")
    world.say(f"mo/v1/gzip_{MARK}", b"no gzip", Content_Encoding="gzip")
    world.say(f"mo/v1/late_{MARK}", b"{}", 429, Retry_After="9999")
    routes = ["gone", "cut", "page", "away", "short", "gzip", "late"]
    urls = [world.url(f"mo/v1/{route}_{MARK}") for route in routes]
    return [
        *urls,
        f"http://127.0.0.1:9/wp-json/mo/v1/refused_{MARK}",
        f"http://{MARK}.invalid/wp-json/mo/v1/nobody_{MARK}",
        f"https://127.0.0.1:{world.server.url.rpartition(':')[2]}/wp-json/mo/v1/tls_{MARK}",
    ]


def execute(folder: Path, *commands: tuple[str, list[str]]) -> None:
    told = json.dumps([(str(folder / home), arguments) for home, arguments in commands])
    environment = {**os.environ, "WP_PIPELINE_DEADLINE": "4", "PYTHONPATH": ""}
    ended = subprocess.run(
        [sys.executable, "-c", COMMANDS, told],
        env=environment, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    output = folder / commands[0][0] / "output"
    output.write_bytes(ended.stdout + ended.stderr)
    assert ended.returncode == 0, output.read_text()


def run_in(home: Path) -> tuple[dg.DagsterRunStatus, list[str]]:
    """The status of the only run that was made, and what was materialized."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        (run,) = instance.get_runs()
        made = instance.get_records_for_run(
            run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
        )
        return run.status, sorted(record.asset_key.path[-1] for record in made.records)


def test_a_run_that_succeeds_leaves_no_url_behind(homes):
    assert run_in(homes / "succeeded") == (dg.DagsterRunStatus.SUCCESS, ["posts", "raw"])
    assert files_with(MARK, homes / "succeeded") == []
    assert files_with("127.0.0.1:", homes / "succeeded") == []
    assert files_with("posts: published, 7 rows", homes / "succeeded") != []


def test_a_run_that_fails_leaves_no_url_behind(homes):
    assert run_in(homes / "failed") == (dg.DagsterRunStatus.FAILURE, ["posts", "raw"])
    assert files_with("gone: HTTP 404 rest_no_route", homes / "failed") != []
    for name in ("cut", "page", "away", "short", "gzip", "late", "refused", "nobody", "tls"):
        assert files_with(f"{name}: ", homes / "failed") != []
    # What the careless asset printed to the same output is not ours.
    assert files_with(MARK, homes / "failed") == []


def test_a_careless_run_would_be_found_everywhere(homes):
    found = files_with(PLANTED, homes / "careless")

    assert any(name.endswith((".db", ".db-wal")) for name in found)
    assert any("compute_logs" in name for name in found)
    assert "output" in files_with(PLANTED, homes / "failed")
