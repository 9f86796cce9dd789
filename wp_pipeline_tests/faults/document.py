"""Writes docs/faults.md from the tables that the tests run.

python -m wp_pipeline_tests.faults.document
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from wp_pipeline_tests.faults.aws import AWS_FAULTS
from wp_pipeline_tests.faults.fault_servers import Fault
from wp_pipeline_tests.faults.other_modules import OTHER_FAULTS
from wp_pipeline_tests.faults.other_stores import OTHER_STORES, OtherStore
from wp_pipeline_tests.faults.plugin_answers import ANSWER_CASES
from wp_pipeline_tests.faults.site import SITE_FAULTS

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
WHOLE_RUN, ENDPOINT = "Nothing is requested or stored", "Refused"
AWS_OUTCOMES = {"Parameter Store": WHOLE_RUN, "S3": ENDPOINT}

HEAD = """\
# Faults and their messages

Each row is a test: a server behaves like this, and the test compares outcome and message. This
page is generated from the tables in `wp_pipeline_tests/faults`, by
`python -m wp_pipeline_tests.faults.document`.

- **Published**: the stored object is replaced by what the site sent.
- **Retried**: the request is tried up to five times, with exponential backoff; `Retry-After` is
  obeyed. If a smaller page may help (the connection breaks off, nothing comes in time, 500, 502,
  504 and the like), a page of a collection is tried twice, and then requested in smaller parts. If
  the fault remains, the endpoint is refused with this message.
- **Published, counted** and **Published, single answer**: how complete the object is known to be;
  see [guarantees](guarantees.md#how-complete). Without a word, it is proven.
- **Refused**: the stored object is not changed, the other endpoints are published, and the run
  fails. The reason is one line: the endpoint's name and this message.

No message contains a URL or a credential, nor anything of a body except WordPress's own error
code. Seconds and sizes in the messages are those of the tests' settings."""


def page() -> str:
    parts = [HEAD, "## The site"]
    for title, faults in SITE_FAULTS.items():
        parts += [f"### {title}", table(row_of(fault) for fault in faults)]
    for title, cases in ANSWER_CASES.items():
        parts += [
            f"### {title}",
            table((one.what, one.outcome, code(one.message)) for one in cases),
        ]
    parts.append("## AWS")
    for title, faults in AWS_FAULTS.items():
        outcome = AWS_OUTCOMES[title]
        parts += [f"### {title}", table((one.what, outcome, code(one.message)) for one in faults)]
    parts += ["### S3 stores other than Amazon's", table(map(row_of_store, OTHER_STORES))]
    for title, faults in OTHER_FAULTS.items():
        parts += [
            f"## {title}",
            table((one.what, one.outcome, code(one.message)) for one in faults),
        ]
    return "\n\n".join(parts) + "\n"


def row_of(fault: Fault) -> tuple[str, str, str]:
    return fault.what, fault.outcome.capitalize(), code(fault.message)


def row_of_store(store: OtherStore) -> tuple[str, str, str]:
    outcome = "Published, with one warning" if store.message else "Published"
    return store.what, outcome, code(store.message)


def code(message: str) -> str:
    return f"`` {message} ``" if "`" in message else f"`{message}`" if message else ""


def table(rows: Iterable[tuple[str, str, str]]) -> str:
    return "\n".join(lines(rows))


def lines(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield "| what happens | outcome | message |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    PAGE.write_text(page())
