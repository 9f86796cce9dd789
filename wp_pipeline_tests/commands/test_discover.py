"""`wp-pipeline discover`: what it lists and stores, and that it shows no secret."""

import io
import json
import logging
import os
import stat
import subprocess
import sys

import pytest

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.commands.__main__ import main
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws
from wp_pipeline_tests.fakes.world import World

SUFFIX = "83920473"
COUNTS = {"posts": 130, "pages": 3, "media": 4, "comments": 9, "categories": 3, "tags": 4,
          "users": 2, "books": 2, "genres": 1}  # fmt: skip
PARAMETER = Settings().endpoints_parameter
CLOSED = Answer(401, {}, b'{"code":"rest_user_cannot_view","message":"No.","data":{"status":401}}')
FORBIDDEN = Answer(403, {}, b'{"code":"rest_forbidden","message":"No.","data":{"status":403}}')
FIREWALL = Answer(403, {"Content-Type": "text/html", "cf-ray": "1"}, b"<html>Cloudflare</html>")


@pytest.fixture
def world(aws, serve) -> World:
    """A site with a plugin's rows, whose routes end in a secret; no endpoint is stored yet."""
    return world_of(aws, serve(SampleSite(COUNTS, suffix=SUFFIX, volatile=False)))


def world_of(aws: FakeAws, server: SampleSiteServer) -> World:
    aws.put_parameters({Settings().bucket_parameter: BUCKET})
    aws.operations.clear()
    return World(aws, server)


def respond(world: World, **answers: Answer) -> None:
    """Give these answers to routes below wp/v2, and to what is below them."""
    others = world.server.answers

    def answer(request: Request) -> Answer:
        name = request.path.removeprefix("/wp-json/wp/v2/").replace("-", "_")
        return answers.get(name) or others(request)

    world.server.answers = answer


def stored_text(aws: FakeAws, name: str = PARAMETER) -> str:
    return aws.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]


def names_in(text: str) -> set[str]:
    return {endpoint.name for endpoint in parse_endpoints(text)}


ALL_NAMES = {*COUNTS, "mo_posts", "statistics_pages", "term_relationship", "term_taxonomy", "terms"}


def test_a_discovery_lists_routes_and_stores_nothing(world, command):
    ended = command("discover", world.server.url)
    table = ended.table

    assert ended.status == 0
    assert table["wp/v2/posts"][0] == "130"
    assert table["wp/v2/posts"][4:] == ["last modified", "proven"]
    assert table["wp/v2/tags"][4:] == ["everything", "proven", "taxonomy"]
    assert table["wp/v2/books"][-1] == "custom type"
    rows = table["mo/v1/statistics_pages_…"]
    assert rows[4:6] == ["nothing", "single answer"]
    assert rows[6].startswith("plugin")
    assert "wp-pipeline discover http://127.0.0.1" in ended.out
    assert world.aws.operations == []


def test_no_random_part_and_no_url_of_an_endpoint_is_shown(world, command, tmp_path):
    file = tmp_path / "e.json"
    shown = [
        command("discover", world.server.url, *more).everything
        for more in ([], ["--json"], ["--all"], ["--write", "--yes"], ["--file", str(file)])
    ]

    assert all("statistics_pages" in text for text in shown)
    assert [text for text in shown if SUFFIX in text or "/wp-json/wp" in text] == []
    assert SUFFIX in file.read_text()


def test_secret_looking_routes_in_the_public_index_are_a_warning(world, command):
    ended = command("discover", world.server.url)
    (warning,) = [
        message
        for level, message in ended.log
        if level == "WARNING" and "looks like a secret" in message
    ]

    assert "mo/v1/statistics_pages_…" in warning


@pytest.mark.parametrize(
    "place", ["with a scheme", "without a scheme", "with a slash", "of its API"]
)
def test_a_site_is_found_by_what_people_type(world, command, place):
    url = world.server.url
    typed = {
        "with a scheme": url,
        "without a scheme": url.removeprefix("http://"),
        "with a slash": f"{url}/",
        "of its API": f"{url}/wp-json/",
    }[place]

    assert command("discover", typed).table["wp/v2/posts"][0] == "130"


def test_a_site_with_plain_permalinks_is_listed_stored_and_extracted(aws, serve, command):
    world = world_of(aws, serve(SampleSite(COUNTS, suffix=SUFFIX, plain_permalinks=True)))
    ended = command("discover", world.server.url, "--write", "--yes")

    assert ended.status == 0
    assert ended.table["mo/v1/statistics_pages_…"][4] == "nothing"
    assert names_in(stored_text(aws)) == ALL_NAMES
    assert command("extract").status == 0


def test_a_site_with_another_prefix_is_listed_and_stored(world, command):
    others = world.server.answers

    def moved(request: Request) -> Answer:
        if request.path.startswith("/api/"):
            path = request.path.replace("/api/", "/wp-json/", 1)
            return others(Request(request.method, path, request.query, request.headers))
        if request.path == "/":
            link = f'<{world.server.url}/api/>; rel="https://api.w.org/"'
            return Answer(200, {"Link": link}, b"")
        return Answer(404, {}, b"<html>")

    world.server.answers = moved
    ended = command("discover", world.server.url, "--write", "--yes")

    assert f"REST API at {world.server.url}/api/" in ended.out
    assert ended.table["wp/v2/posts"][0] == "130"
    assert "mo/v1/statistics_pages_…" in ended.table
    assert command("extract").status == 0
    assert len(world.rows("posts")) == 130


def test_routes_that_need_a_login_are_listed_and_are_no_failure(world, command):
    respond(world, users=CLOSED, comments=FORBIDDEN)
    ended = command("discover", world.server.url)

    assert ended.status == 0
    assert "401 rest_user_cannot_view" in ended.table["wp/v2/users"][0]
    assert "403 rest_forbidden" in ended.table["wp/v2/comments"][0]
    assert "needs a login" in ended.table


def test_a_route_that_fails_is_listed_with_its_reason_and_status_1(world, command):
    respond(world, tags=FIREWALL)
    ended = command("discover", world.server.url)

    assert ended.status == 1
    assert "could not be looked at" in ended.table
    assert "Cloudflare" in ended.table["wp/v2/tags"][0]
    assert ended.errors == ["could not be looked at: wp/v2/tags"]
    as_json = json.loads(command("discover", world.server.url, "--json").out)
    assert as_json["complete"] is False
    assert [one["route"] for one in as_json["not_looked_at"]] == ["wp/v2/tags"]


@pytest.mark.parametrize("way", ["--write", "--file"])
def test_an_incomplete_discovery_is_not_stored(world, command, tmp_path, way):
    respond(world, tags=FIREWALL)
    file = tmp_path / "e.json"
    options = ["--write", "--yes"] if way == "--write" else ["--file", str(file)]
    ended = command("discover", world.server.url, *options)

    assert ended.status == 1
    assert ended.errors[-1].endswith("or add --without wp/v2/tags")
    assert not file.exists()
    assert "PutParameter" not in world.aws.operations
    assert command("discover", world.server.url, *options, "--without", "wp/v2/tags").status == 0


def test_an_empty_internal_is_left_out_unless_all_is_asked_for(world, command):
    types = b'{"post":{"rest_base":"posts"},"wp_block":{"rest_base":"blocks"}}'
    empty = Answer(200, {"X-WP-Total": "0", "X-WP-TotalPages": "0"}, b"[]")
    respond(world, types=Answer(200, {}, types), blocks=empty)
    usual, everything = (command("discover", world.server.url, *more) for more in ([], ["--all"]))

    assert "wp/v2/blocks" not in usual.table
    assert "1 internals are empty, and left out (blocks): --all lists them" in usual.out
    assert everything.table["wp/v2/blocks"][0] == "0"


def test_json_holds_what_the_table_holds(world, command):
    ended = command("discover", world.server.url, "--json")
    found = json.loads(ended.out)
    by_name = {one["name"]: one for one in found["collections"]}

    assert set(by_name) == ALL_NAMES
    assert by_name["posts"]["items"] == 130
    assert by_name["posts"]["completeness"] == "proven"
    assert by_name["posts"]["full_read"]["requests"] == 2
    assert by_name["terms"]["route"] == "mo/v1/terms_…"
    assert found["namespaces"] == {"mo/v1": 5}
    assert found["complete"] is True


def test_the_list_is_stored_as_a_secure_string_that_a_run_reads(world, command):
    ended = command("discover", world.server.url, "--write", "--yes")

    assert ended.status == 0
    kept = world.aws.client("ssm").get_parameter(Name=PARAMETER)["Parameter"]
    assert kept["Type"] == "SecureString"
    assert names_in(stored_text(world.aws)) == ALL_NAMES
    assert command("extract").status == 0
    assert set(world.uploads()) == ALL_NAMES
    assert len(world.rows("posts")) == 130
    assert command("discover", world.server.url, "--write", "--yes").status == 0
    assert world.aws.operations.count("PutParameter") == 1


def test_an_empty_collection_is_stored_with_the_setting_that_allows_it(
    aws, serve, command, monkeypatch
):
    world = world_of(aws, serve(SampleSite({**COUNTS, "pages": 0})))
    ended = command("discover", world.server.url, "--write", "--yes")

    assert "export WP_PIPELINE_MAY_BE_EMPTY=pages" in ended.out
    monkeypatch.setenv("WP_PIPELINE_MAY_BE_EMPTY", "pages")
    assert command("extract").status == 0


def test_stored_endpoints_are_kept_as_they_are(world, command):
    own = f"mine={world.url('wp/v2/posts?_fields=id,title')},raw={world.url('mo/v1/hidden_77182')}"
    world.put_endpoints(own)
    ended = command("discover", world.server.url, "--write", "--yes")
    text = stored_text(world.aws)

    assert text.startswith(own.split(",raw")[0])
    assert names_in(text) == (ALL_NAMES - {"posts", "mo_posts"}) | {"mine", "raw", "posts"}
    line = next(message for _, message in ended.log if message.startswith(PARAMETER))
    assert "keeps mine, raw" in line
    assert "77182" not in ended.everything


def test_a_list_is_replaced_only_on_demand(world, command):
    world.put_endpoints(f"raw={world.url('mo/v1/hidden_77182')}")
    ended = command("discover", world.server.url, "--write", "--yes", "--replace")

    assert names_in(stored_text(world.aws)) == ALL_NAMES
    assert "removes raw" in str(ended.log)


@pytest.mark.parametrize("held", ["<html>a page that AWS CLI fetched</html>", "https://"])
def test_an_unreadable_list_is_not_replaced_silently(world, command, held):
    world.put_endpoints(held)
    ended = command("discover", world.server.url, "--write", "--yes")

    assert ended.status == 2
    assert "--replace" in ended.errors[0]
    assert stored_text(world.aws) == held
    assert command("discover", world.server.url, "--write", "--yes", "--replace").status == 0


def test_endpoints_of_another_site_are_not_mixed_with_these(world, command):
    world.put_endpoints("posts=https://magazine.example/wp-json/wp/v2/posts")
    ended = command("discover", world.server.url, "--write", "--yes")

    assert ended.status == 2
    assert "holds endpoints of another site" in ended.errors[0]


class Person(io.StringIO):
    """A standard input at which a person types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "status", "puts"), [("y\n", 0, 1), ("n\n", 1, 0)])
def test_a_person_is_asked_before_anything_is_stored(
    world, our_log, capsys, monkeypatch, answer, status, puts
):
    monkeypatch.setattr("sys.stdin", Person(answer))

    assert main(["discover", world.server.url, "--write"]) == status
    shown = capsys.readouterr()
    assert "adds posts, pages" in shown.err.partition("Store this?")[0]
    assert world.aws.operations.count("PutParameter") == puts


def test_nothing_is_stored_without_a_terminal_to_confirm(world, command):
    ended = command("discover", world.server.url, "--write")

    assert ended.status == 2
    assert ended.errors == ["nothing is stored: nobody can be asked here; add --yes"]
    assert "PutParameter" not in world.aws.operations


def test_a_failure_of_aws_is_one_line(world, command):
    world.aws.faults = lambda operation: (
        (400, "AccessDeniedException") if operation == "PutParameter" else None
    )
    ended = command("discover", world.server.url, "--write", "--yes")

    assert ended.status == 2
    assert ended.errors == ["Parameter Store: access denied; allow ssm:PutParameter"]


@pytest.fixture
def large(aws, serve) -> World:
    """A site whose list of endpoints is larger than a parameter."""
    world = world_of(aws, serve(SampleSite(COUNTS, suffix=SUFFIX, volatile=False)))
    types = {f"type_{n}": {"rest_base": f"t{n:02}_{'x' * 60}"} for n in range(40)}
    one = Answer(200, {"X-WP-Total": "1", "X-WP-TotalPages": "1"}, b'[{"id":1}]')
    others = world.server.answers

    def answers(request: Request) -> Answer:
        if request.path.endswith("/wp/v2/types"):
            return Answer(200, {}, json.dumps(types).encode())
        return one if "/wp/v2/t" in request.path and "xxx" in request.path else others(request)

    world.server.answers = answers
    return world


def test_a_list_that_is_too_large_is_refused_with_advice(large, command):
    ended = command("discover", large.server.url, "--write", "--yes")

    assert ended.status == 2
    assert "more than the 4,096 of a parameter" in ended.errors[0]
    assert (
        "a path that ends in `/`, such as /wordpress/amazonwebshark/api/endpoints/"
        in (ended.errors[0])
    )
    assert "more than the 4,096 of a parameter" in command("discover", large.server.url).out
    assert "PutParameter" not in large.aws.operations


def test_a_large_list_goes_below_a_path_from_which_a_run_reads_it(large, command, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_ENDPOINTS_PARAMETER", "/site/endpoints/")
    ended = command("discover", large.server.url, "--write", "--yes")

    assert ended.status == 0, ended.errors
    assert large.aws.operations.count("PutParameter") > 40
    assert command("extract").status == 0
    assert len(set(large.uploads())) > 40
    again = command("discover", large.server.url, "--write", "--yes")
    line = next(line for _, line in again.log if line.startswith("/site/endpoints/"))
    assert line.startswith("/site/endpoints/: keeps")


def test_a_failure_midway_tells_how_many_were_stored(large, command, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_ENDPOINTS_PARAMETER", "/site/endpoints/")
    puts = []

    def fault(operation: str):
        puts.extend([operation] if operation == "PutParameter" else [])
        return (400, "AccessDeniedException") if len(puts) > 3 else None

    large.aws.faults = fault
    ended = command("discover", large.server.url, "--write", "--yes")

    assert ended.status == 2
    assert "parameters were stored)" in ended.errors[0]
    large.aws.faults = lambda operation: None
    assert command("discover", large.server.url, "--write", "--yes").status == 0
    assert command("extract").status == 0


def test_a_file_for_aws_cli_is_for_its_owner_only_and_holds_the_request(world, command, tmp_path):
    file = tmp_path / "endpoints.json"
    file.write_text("{}")
    file.chmod(0o644)
    ended = command("discover", world.server.url, "--file", str(file))
    request = json.loads(file.read_text())

    assert ended.status == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ended.out.splitlines()[-1] == f"aws ssm put-parameter --cli-input-json file://{file}"
    assert names_in(request["Value"]) == ALL_NAMES
    world.aws.client("ssm").put_parameter(**request)
    assert command("extract").status == 0
    assert json.loads(command("discover", world.server.url, "--json", "--file", str(file)).out)


def test_each_parameter_below_a_path_has_a_file(world, command, tmp_path, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_ENDPOINTS_PARAMETER", "/site/endpoints/")
    file = tmp_path / "endpoints.json"
    ended = command("discover", world.server.url, "--file", str(file), "--kms-key", "alias/ours")
    files = sorted(one.name for one in tmp_path.iterdir())

    assert files == sorted(f"endpoints-{name}.json" for name in ALL_NAMES)
    posts = json.loads((tmp_path / "endpoints-posts.json").read_text())
    assert (posts["Name"], posts["KeyId"]) == ("/site/endpoints/posts", "alias/ours")
    assert len([line for line in ended.out.splitlines() if line.startswith("aws ssm")]) == len(
        files
    )


MISSING = "the file of --file can't be written: No such file or directory; name another file"
UNNAMED = "the file of --file has no name, or one with a colon; name another file"


@pytest.mark.parametrize("parameter", ["/site/endpoints", "/site/endpoints/"])
@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("none/e.json", MISSING),
        ("https://s.test/wp-json/mo/v1/posts_hush", MISSING),
        ("https://hush.test", MISSING),
        ("editor:hush/hush", MISSING),
        ("editor:hush abcd", UNNAMED),
        ("", UNNAMED),
    ],
)
def test_a_file_that_can_not_be_written_is_one_line_and_is_not_quoted(
    world, command, tmp_path, monkeypatch, file, reason, parameter
):
    monkeypatch.setenv("WP_PIPELINE_ENDPOINTS_PARAMETER", parameter)
    monkeypatch.chdir(tmp_path)
    ended = command("discover", world.server.url, "--file", file)

    assert ended.status == 2
    assert ended.errors == [reason]
    assert "hush" not in ended.everything
    assert list(tmp_path.iterdir()) == []


@pytest.mark.processes
def test_a_terminal_without_unicode_is_no_error(world):
    ended = subprocess.run(
        [sys.executable, "-m", "wp_pipeline.commands", "discover", world.server.url],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert b"mo/v1/terms_?" in ended.stdout
    assert b"Traceback" not in ended.stderr


def test_credentials_show_which_routes_become_readable(world, command, monkeypatch):
    others = world.server.answers
    world.server.answers = lambda asked: (
        CLOSED if asked.path.endswith("/users") and not asked.credentials() else others(asked)
    )
    site = world.site
    world.aws.put_parameters({"/login": f"{site.user}:{site.application_password}"})
    options = ("--credentials-parameter", "/login")
    ended = command("discover", world.server.url, *options)

    assert ended.status == 0
    assert "not for visitors" in ended.table["wp/v2/users"]
    assert "read with the login" in ended.out
    assert site.application_password not in ended.everything
    world.aws.put_parameters({"/login": f"{site.user}:wrong"})
    rejected = command("discover", world.server.url, *options)
    assert rejected.status == 1
    assert "does not accept the user or the application password" in rejected.errors[0]


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["ftp://example.org"], 2, "the address is not an http(s) URL"),
        (["https://u:hush@example.org"], 2, "the address carries a user or password"),
        (["127.0.0.1:9"], 1, "refused"),
        (["http://x", "--concurrency", "0"], 2, "WP_PIPELINE_CONCURRENCY must be"),
        (["http://x", "--credentials-parameter", "/none"], 2, "parameter /none does not exist"),
    ],
)
def test_invalid_arguments_are_reported_in_one_line(aws, command, arguments, status, reason):
    ended = command("discover", *arguments)

    assert ended.status == status
    assert len(ended.errors) == 1
    assert reason in ended.errors[0]
    assert "hush" not in ended.everything
    assert ended.out == ""


def test_an_unknown_route_can_not_be_excluded(world, command):
    ended = command("discover", world.server.url, "--without", "wp/v2/nonsense")

    assert ended.status == 2
    assert ended.errors == ["--without names no route of the site: wp/v2/nonsense"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://s.test/wp-json/mo/v1/posts_hush", "a route"),
        ("mo/v1/posts_hush", "mo/v1/posts_…"),
        ("editor:hush", "a route"),
        ("?rest_route=/mo/v1/posts_hush", "mo/v1/posts_…"),
    ],
)
def test_an_unknown_route_is_shown_without_what_may_be_secret(world, command, typed, shown):
    ended = command("discover", world.server.url, "--without", typed)

    assert ended.errors == [f"--without names no route of the site: {shown}"]


def test_the_address_of_an_endpoint_leads_to_its_site_and_is_not_shown(world, command):
    ended = command("discover", world.url(f"mo/v1/posts_{SUFFIX}"))

    assert ended.status == 0
    assert "wp-pipeline discover URL --write" in ended.out
    assert SUFFIX not in ended.everything


def test_nothing_secret_is_logged_at_debug_by_any_library(world, command, caplog):
    site = world.site
    world.aws.put_parameters({"/login": f"{site.user}:{site.application_password}"})
    with caplog.at_level(logging.DEBUG):
        options = ("--write", "--yes", "--credentials-parameter", "/login")
        assert command("discover", world.server.url, *options).status == 0

    assert SUFFIX in stored_text(world.aws)
    assert SUFFIX not in caplog.text
    assert site.application_password not in caplog.text


@pytest.mark.parametrize(("query", "is_told"), [("/?lang=de", True), ("/?rest_route=/", False)])
def test_a_query_that_is_not_sent_is_a_warning(world, command, query, is_told):
    ended = command("discover", f"{world.server.url}{query}")

    assert ended.status == 0
    told = (
        "WARNING",
        "the query of the address is not sent; write it into the endpoints' URLs by hand",
    )
    assert (told in ended.log) == is_told
