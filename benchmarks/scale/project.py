"""A copy of the project with many sites: one component for all, or a folder for each."""

import shutil
from pathlib import Path

from benchmarks import REPOSITORY

PATH = "/wordpress/sites/"
KINDS = (
    "posts", "pages", "media", "categories", "tags", "comments", "users", "statuses", "types",
    "blocks",
)  # fmt: skip
COMPONENTS = "wp_pipeline.orchestration"


def site_names(count: int) -> list[str]:
    return [f"site{number:04}" for number in range(count)]


def secure_strings(sites: int) -> dict[str, str]:
    """Return the list of endpoints of each site, below the path and on its own."""
    urls = ",".join(f"http://127.0.0.1:9/wp-json/wp/v2/{kind}" for kind in KINDS)
    names = site_names(sites)
    return {
        **{f"{PATH}{site}/endpoints": urls for site in names},
        **{f"/folders/{site}": urls for site in names},
    }


def copy_project(folder: Path, layout: str, sites: int) -> Path:
    """Copy the package into the folder; `layout` is `path` or `folders`."""
    project = folder / f"{layout}-{sites}"
    shutil.copytree(
        REPOSITORY / "wp_pipeline",
        project / "wp_pipeline",
        ignore=shutil.ignore_patterns("amazonwebshark", ".local_defs_state"),
    )
    defs = project / "wp_pipeline" / "defs"
    if layout == "path":
        write(defs / "sites", f"type: {COMPONENTS}.sites.component.WordPressSites\n")
    else:
        for site in site_names(sites):
            write(
                defs / site,
                f"type: {COMPONENTS}.site.WordPressSite\nattributes:\n  site: {site}\n"
                f"  prefix: {site}\n  endpoints_parameter: /folders/{site}\n",
            )
    return project


def write(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "defs.yaml").write_text(text)
