"""The pages in docs/ tell the truth about the tree."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "wp_pipeline"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
WALKS = dict(re.findall(r"^## (Walk \d).*?\n(.*?)(?=^## |\Z)", ARCHITECTURE, re.M | re.S))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def floor_plan() -> Iterator[str]:
    """Yield the modules drawn in the floor plan, as paths below the package."""
    folders: list[str] = []
    for indent, name in re.findall(r"^([│ ]*)[├└]── (\S+)", ARCHITECTURE, re.MULTILINE):
        del folders[len(indent) // 4 :]
        if name.endswith("/"):
            folders.append(name)
        else:
            yield "".join([*folders, name])


def test_the_floor_plan_equals_the_tree():
    modules = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.name != "__init__.py"
    }

    assert sorted(floor_plan()) == sorted(modules)


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_names_modules_that_exist_and_none_twice(walk):
    files = re.findall(r"^\| \d+ \| `([^`]+)` \|", WALKS[walk], re.MULTILINE)

    assert len(files) > 5
    assert [file for file in files if not (PACKAGE / file).is_file()] == []
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`([\w/]+\.py)`", ARCHITECTURE))))
def test_the_architecture_page_names_files_that_exist(file):
    assert (PACKAGE / file).is_file() or (ROOT / file).is_file()


def test_the_architecture_page_names_the_folders_of_tests_that_mirror_no_package():
    folders = {path.name for path in (ROOT / "wp_pipeline_tests").iterdir() if path.is_dir()}
    mirrored = {path.name for path in PACKAGE.iterdir()} | {"deploy", "__pycache__"}

    assert set(rows_below("folder of the tests")) == {f"{name}/" for name in folders - mirrored}


def test_the_architecture_page_names_the_files_of_deploy():
    deploy = ROOT / "deploy"
    files = {path.relative_to(deploy).as_posix() for path in deploy.rglob("*") if path.is_file()}

    assert set(rows_below("file in `deploy/`")) == {file for file in files if ".pyc" not in file}


def rows_below(heading: str) -> list[str]:
    """Return the names in the first column of a table of the architecture page."""
    table = ARCHITECTURE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    first_cells = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    names = [name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)]
    return [name.removeprefix("deploy/") for name in names]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_what_exists(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_sections_that_exist(page):
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text())
    broken = [
        f"{path}#{anchor}"
        for path, anchor in links
        if anchor not in anchors_of(page.parent / path if path else page)
    ]

    assert broken == []


def anchors_of(page: Path) -> set[str]:
    """Return the names by which GitHub links to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_the_readme_lists_every_page():
    readme = (ROOT / "README.md").read_text()
    pages = [page for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in readme]

    assert pages == []
    assert len(readme.splitlines()) <= 150


def test_each_term_has_one_line():
    vocabulary = (ROOT / "docs" / "vocabulary.md").read_text()
    terms = re.findall(r"^\| ([^|]+?) \|", vocabulary, re.MULTILINE)
    listed = [term for term in terms if term not in ("term", "---")]

    assert len(listed) > 50
    assert len(set(listed)) == len(listed)


def test_the_runbook_quotes_messages_that_exist():
    runbook = (ROOT / "docs" / "production.md").read_text().partition("## Runbook")[2]
    quoted = re.findall(r"^\| `([^`]+)` \|", runbook, re.MULTILINE)
    messages = (ROOT / "docs" / "faults.md").read_text()

    assert len(quoted) == 10
    assert [message for message in quoted if message not in messages] == []
