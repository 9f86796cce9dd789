"""`wp-pipeline login`: tries a login before it stores it, and never shows it."""

import io
import os
import pty
import subprocess
import sys
import time

import pytest

from sample_site.messages import Answer, Request
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline_tests.fakes.world import World

NAME = "/wordpress/login"
TO = ("--credentials-parameter", NAME)
KEYS = "ck_0a1b2c3d:cs_4e5f6a7b"
UNKNOWN = Answer(401, {}, b'{"code":"woocommerce_rest_cannot_view","message":"x","data":{}}')


@pytest.fixture
def typed(monkeypatch):
    """Pipes a text into the command's standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def stored(world: World) -> str:
    found = world.aws.client("ssm").get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
    assert found["Type"] == "SecureString"
    return found["Value"]


def good(world: World) -> str:
    return f"{world.site.user}:{world.site.application_password}"


def test_a_login_that_the_site_accepts_is_stored_and_not_shown(world, command, typed):
    typed(f"{good(world)}\n")
    ended = command("login", world.server.url, *TO)

    assert ended.status == 0, ended.errors
    assert Credentials.parse(stored(world)) == Credentials.parse(good(world))
    assert world.site.application_password not in ended.everything
    assert ended.log[-1] == (
        "INFO", f"to read with it, set WP_PIPELINE_CREDENTIALS_PARAMETER={NAME}"
    )  # fmt: skip


@pytest.mark.parametrize("text", ["\ufeff{}", "{}\u200b\n", "{}\0", " \u00a0{}\r\n"])
def test_invisible_characters_around_a_login_are_dropped_as_a_run_drops_them(
    world, command, typed, text
):
    typed(text.format(good(world).replace(" ", "\u00a0")))

    assert command("login", world.server.url, *TO).status == 0
    assert stored(world) == good(world)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_login_in_another_encoding_is_refused_in_one_line(
    world, command, monkeypatch, encoding, errors
):
    piped = io.BytesIO(f"é{good(world)}".encode(encoding))
    stdin = io.TextIOWrapper(piped, encoding="utf-8", errors=errors)
    monkeypatch.setattr("sys.stdin", stdin)
    ended = command("login", world.server.url, *TO)

    assert ended.status == 2
    assert ended.errors == ["the login is not in UTF-8; write it as UTF-8"]
    assert world.server.requests == []


def test_a_stored_login_opens_what_is_not_for_visitors(world, command, typed, monkeypatch):
    typed(good(world))
    monkeypatch.setenv("WP_PIPELINE_CREDENTIALS_PARAMETER", NAME)
    assert command("login").status == 0
    world.extract_these(also=f"drafts={world.url('wp/v2/posts?context=edit')}")

    assert command("extract").status == 0
    assert world.rows("drafts")


@pytest.mark.parametrize("text", ["editor:wrong", "nobody:lamp wick tide mark bell rope"])
def test_a_wrong_login_is_not_stored(world, command, typed, text):
    typed(text)
    ended = command("login", world.server.url, *TO)

    assert ended.status == 1
    assert len(ended.errors) == 1
    assert "does not accept the user or the application password" in ended.errors[0]
    assert text.partition(":")[2] not in ended.everything
    assert NAME not in [one["Name"] for one in parameters(world)]


def parameters(world: World) -> list[dict]:
    return world.aws.client("ssm").describe_parameters()["Parameters"]


def shop(world: World, keys: str) -> None:
    """Let the site's WooCommerce know these keys."""
    others = world.server.answers
    user, _, secret = keys.partition(":")

    def answers(asked: Request) -> Answer:
        if asked.path != "/wp-json/wc/v3/orders":
            return others(asked)
        is_known = asked.credentials() == (user, secret)
        return Answer(200, {"X-WP-Total": "0"}, b"[]") if is_known else UNKNOWN

    world.server.answers = answers


def test_woocommerces_keys_are_tried_where_woocommerce_knows_them(world, command, typed):
    shop(world, KEYS)
    typed(KEYS)
    assert command("login", world.server.url, *TO).status == 0
    assert stored(world) == KEYS
    typed("ck_0a1b2c3d:cs_wrong")
    ended = command("login", world.server.url, *TO, "--yes")

    assert ended.status == 1
    assert ended.errors[0].startswith("WooCommerce does not accept the consumer key and secret")
    assert stored(world) == KEYS


def test_keys_of_a_site_without_a_shop_are_not_stored(world, command, typed):
    typed(KEYS)
    ended = command("login", world.server.url, *TO)

    assert ended.status == 1
    assert ended.errors[0].startswith("the site has no WooCommerce")


def test_a_login_that_is_stored_is_not_replaced_without_a_question(world, command, typed):
    world.aws.put_parameters({NAME: "before:this"})
    typed(good(world))
    ended = command("login", world.server.url, *TO)

    assert ended.status == 1
    assert ended.errors == [f"{NAME} holds a login already, and nobody can be asked: add --yes"]
    typed(good(world))
    assert command("login", world.server.url, *TO, "--yes").status == 0
    assert stored(world) == good(world)


def test_a_login_that_can_not_be_verified_is_stored_only_on_demand(world, command, typed):
    others = world.server.answers
    silent = Answer(200, {}, b'"who knows"')
    world.server.answers = lambda asked: (
        silent if "users/me" in asked.path or "context" in asked.query else others(asked)
    )
    typed(good(world))
    ended = command("login", world.server.url, *TO)

    assert ended.status == 1
    assert ended.errors == ["nothing is stored, since the login is not proven; add --unproven"]
    typed(good(world))
    assert command("login", world.server.url, *TO, "--unproven").status == 0


@pytest.mark.parametrize(
    ("text", "arguments", "status", "reason"),
    [
        ("", [*TO], 2, "the login is not `user:application password`"),
        ("s3cr3t", [*TO], 2, "the login is not `user:application password`"),
        ("ck_s3cr3t", [*TO], 2, "the login is not `ck_…:cs_…`"),
        ("u:s3cr3t", [], 2, "no parameter is named for the login"),
        ("u:s3cr3t", ["--credentials-parameter", "/a:3"], 2, "give the parameter's plain name"),
        ("u:s3cr3t", ["--credentials-parameter", "s3cr3t"], 2, "no name that begins with a slash"),
        ("u:s3cr3t", [*TO, "127.0.0.1:9"], 1, "refused"),
        ("u:s3cr3t", [*TO, "ftp://x"], 2, "the address is not an http(s) URL"),
    ],
)
def test_a_failure_is_reported_in_one_line_without_the_login(
    world, command, typed, text, arguments, status, reason
):
    typed(text)
    ended = command("login", *arguments)

    assert ended.status == status
    assert [one for one in ended.errors if reason in one] == ended.errors[:1]
    assert "s3cr3t" not in ended.everything


@pytest.mark.parametrize("password", ["'quoted'", '"quoted"', "with:colon", "two words"])
def test_any_password_is_read_as_it_was_stored(world, command, typed, password):
    world.site.application_password = password
    typed(f"{world.site.user}:{password}")

    assert command("login", world.server.url, *TO).status == 0
    assert Credentials.parse(stored(world)) == Credentials(world.site.user, password)


@pytest.mark.processes
def test_a_person_is_asked_and_the_password_is_not_echoed(world):
    command = [sys.executable, "-m", "wp_pipeline.commands", "login", world.server.url, *TO]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: os.open(os.ttyname(theirs), os.O_RDWR),
    ) as process:  # fmt: skip
        os.close(theirs)
        screen = b""
        for prompt, answer in ((b"key: ", world.site.user),
                               (b"password: ", world.site.application_password)):  # fmt: skip
            while prompt not in screen:
                screen += os.read(ours, 1024)
            time.sleep(0.2)  # getpass turns the echo off after its prompt.
            os.write(ours, f"{answer}\n".encode())
        while process.poll() is None or b"stored" not in screen:
            try:
                screen += os.read(ours, 1024)
            except OSError:
                break
        assert process.wait(20) == 0, screen
    os.close(ours)

    assert stored(world) == good(world)
    assert world.site.application_password.encode() not in screen
