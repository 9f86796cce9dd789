"""The commands in the documentation: every ```console block of every page, with what it shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[3]
PAGES = [
    path.relative_to(ROOT).as_posix()
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
]
BLOCK = re.compile(r"^ *```console\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#{2,} (.+)$", re.MULTILINE)
COMMENT = re.compile(r"\s{2,}# .*$")
PROMPT = "$ "


@dataclass(frozen=True)
class Step:
    """A command of a page, the lines that the page shows below it, and the section it is in."""

    command: str
    shown: tuple[str, ...]
    section: str


def steps_of(page: str) -> list[Step]:
    """Return the steps of a page, in their order. The part before the first section is `""`."""
    text = (ROOT / page).read_text()
    steps = []
    for block in BLOCK.finditer(text):
        sections = HEADING.findall(text[: block.start()])
        steps += steps_in(dedent(block[1]), sections[-1] if sections else "")
    return steps


def steps_in(block: str, section: str) -> Iterator[Step]:
    """Yield the steps of one block. A command that ends in a backslash has another line."""
    lines = block.replace("\\\n", " ").splitlines()
    starts = [place for place, line in enumerate(lines) if line.startswith(PROMPT)]
    if not starts or starts[0] != 0:
        raise ValueError(f"a block does not begin with a command: {lines[:1]}")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        command = COMMENT.sub("", lines[start].removeprefix(PROMPT)).strip()
        shown = tuple(line.rstrip() for line in lines[start + 1 : end])
        yield Step(re.sub(r"\s+", " ", command), shown, section)
