"""What `make audit` says and ends with: the real pip-audit, and a made-up source of its data."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from wp_pipeline_tests.fakes.aws import DEAD_END

ROOT = Path(__file__).parents[1]
UNREACHABLE = "the data on vulnerabilities can't be reached from here"
Pin = tuple[str, str]
Audit = Callable[..., subprocess.CompletedProcess[str]]


def advisory(name: str, number: str, *fixed: str) -> dict[str, Any]:
    """An entry as https://ossf.github.io/osv-schema/ has it."""
    events = [{"introduced": "0"}, *({"fixed": version} for version in fixed)]
    return {
        "id": f"PYSEC-{number}",
        "aliases": [f"CVE-{number}"],
        "summary": "It does what it must not.",
        "affected": [
            {
                "package": {"name": name, "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    }


class Advisories(ThreadingHTTPServer):
    """Answers as OSV does; `answer` may be replaced by something that misbehaves."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.known = {("sqlparse", "0.4.1"): [advisory("sqlparse", "2021-333", "0.4.2")]}
        self.asked: list[Pin] = []
        self.answer: Callable[[Pin], tuple[int, bytes]] = self.said_of

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def said_of(self, pin: Pin) -> tuple[int, bytes]:
        return 200, json.dumps({"vulns": self.known[pin]} if pin in self.known else {}).encode()


class Asked(BaseHTTPRequestHandler):
    server: Advisories

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        pin = (query["package"]["name"], query["version"])
        self.server.asked.append(pin)
        status, body = self.server.answer(pin)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `asked` tells."""


@pytest.fixture
def advisories() -> Iterator[Advisories]:
    with Advisories() as server:
        Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def audit(advisories: Advisories, tmp_path: Path) -> Audit:
    """Audits these pins, or those of a file, by the made-up source or by another."""

    def auditing(
        *pins: str, constraints: Path = tmp_path / "pins.txt", url: str = advisories.url
    ) -> subprocess.CompletedProcess[str]:
        if pins:
            constraints.write_text("\n".join(pins))
        return subprocess.run(
            [sys.executable, ROOT / "tools" / "audit.py", constraints, "--osv-url", url],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return auditing


def test_pins_against_which_nothing_is_known_pass(audit):
    ended = audit("# made by hand", "Flask==3.1.3", "typing_extensions==4.16.0")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "2 pins audited: none with a known vulnerability\n"


def test_a_known_vulnerability_fails_and_says_where_it_is_fixed(audit, advisories):
    advisories.known["flask", "3.1.3"] = [
        advisory("flask", "2026-1", "3.1.4"), advisory("flask", "2026-2")
    ]  # fmt: skip
    ended = audit("Flask==3.1.3", "typing_extensions==4.16.0")

    assert ended.returncode == 1
    assert ended.stdout.splitlines() == [
        "flask 3.1.3: PYSEC-2026-1, CVE-2026-1; fixed in 3.1.4",
        "flask 3.1.3: PYSEC-2026-2, CVE-2026-2; fixed in no version yet",
        "2 pins audited: 1 with a known vulnerability",
    ]


def test_pins_for_other_pythons_than_this_one_are_audited_too(audit, advisories):
    advisories.known["flask", "2.0.0"] = [advisory("flask", "2026-1", "3.0.0")]
    ended = audit(
        "Flask==2.0.0 ; python_version < '3'", "Flask==3.1.3 ; python_version >= '3'", "idna==3.20"
    )

    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == "3 pins audited: 1 with a known vulnerability"


@pytest.mark.parametrize("why", ["nobody listens", "asked too much", "out of order"])
def test_where_the_data_cannot_be_reached_that_is_said_and_no_more(audit, advisories, why):
    url = DEAD_END if why == "nobody listens" else advisories.url
    advisories.answer = lambda pin: (429 if why == "asked too much" else 503, b"")
    ended = audit("Flask==3.1.3", url=url)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.fullmatch(rf"NOT AUDITED: \S+pins.txt: {UNREACHABLE}\n", ended.stdout)


def test_data_that_breaks_off_is_not_half_believed(audit, advisories):
    advisories.known["flask", "3.1.3"] = [advisory("flask", "2026-1", "3.1.4")]
    advisories.answer = lambda pin: (503, b"") if pin[0] == "idna" else advisories.said_of(pin)
    ended = audit("Flask==3.1.3", "idna==3.20")

    assert ended.stdout.startswith("NOT AUDITED: ")


@pytest.mark.parametrize(
    ("answer", "pin", "reason"),
    [
        ((200, b"{}"), "Flask==3.1.3", "the data knows nothing against sqlparse==0.4.1"),
        ((200, b"<html>Log in"), "Flask==3.1.3", "JSONDecodeError"),
        ((404, b""), "Flask==3.1.3", "ServiceError"),
        (None, "Flask>=3", "requirement Flask is not pinned"),
        (None, "Fla sk=3", "invalid specifier at line 2"),
        (None, "-e git+https://example.org/flask", "pip-audit left out "),
    ],
    ids=["knows nothing", "no data", "not there", "no pin", "no line", "no package"],
)
def test_an_audit_that_proves_nothing_fails_with_the_reason(audit, advisories, answer, pin, reason):
    if answer:
        advisories.answer = lambda pin: answer
    ended = audit(pin)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "could not be audited: " in ended.stderr
    assert reason in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_all_that_a_fresh_install_takes_is_asked_for(audit, advisories):
    constraints = ROOT / "constraints.txt"
    pins = re.findall(r"^([\w.-]+)==([\w.]+)", constraints.read_text(), re.MULTILINE)
    ended = audit(constraints=constraints)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == f"{len(pins)} pins audited: none with a known vulnerability\n"
    assert set(advisories.asked) >= {
        (re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in pins
    }
