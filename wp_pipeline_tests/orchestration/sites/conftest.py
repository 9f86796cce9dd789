import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._utils.warnings import suppress_dagster_warnings as quietly  # as real loading does
from dagster.components.testing import create_defs_folder_sandbox

from wp_pipeline.defs.resources import shared
from wp_pipeline.orchestration.sites.component import WordPressSites
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws

PATH = "/wordpress/sites/"
TYPE = "wp_pipeline.orchestration.sites.component.WordPressSites"


class Project:
    """A project whose only component is WordPressSites, and the parameters below its path."""

    def __init__(self, sandbox: Any, aws: FakeAws) -> None:
        self._sandbox = sandbox
        self.aws = aws

    def add(self, site: str, url: str = "https://a.example/wp-json/wp/v2/posts", **parts: str):
        """Put the parameters of a site; those of endpoints lie in `endpoints`."""
        below = f"{PATH}{site}/"
        values = {"endpoints": url, **parts}
        self.aws.put_parameters({f"{below}{part}": text for part, text in values.items() if text})

    def state_files(self) -> list[Path]:
        return [*Path(self._sandbox.project_root).rglob("state")]

    def load(self) -> dg.Definitions:
        """Load like a new process."""
        with contextlib.ExitStack() as stack:
            loaded = quietly(stack.enter_context)(self._sandbox.build_all_defs())
            return dg.Definitions.merge(loaded, shared())


@pytest.fixture
def new_project(aws) -> Iterator[Callable[..., Project]]:
    """Makes a project; its arguments are attributes of the component."""
    aws.put_parameters({"/s3/lakehouse/name/raw": BUCKET})
    with contextlib.ExitStack() as stack:

        def make(**attributes: object) -> Project:
            sandbox = stack.enter_context(create_defs_folder_sandbox())
            quietly(sandbox.scaffold_component)(
                component_cls=WordPressSites,
                defs_path="sites",
                defs_yaml_contents={"type": TYPE, "attributes": {"path": PATH, **attributes}},
            )
            return Project(sandbox, aws)

        yield make


@pytest.fixture
def project(new_project) -> Project:
    return new_project()


@pytest.fixture
def warnings(caplog) -> Callable[[Callable[[], object]], list[str]]:
    """Returns the warnings that an action logs."""

    def of(action: Callable[[], object]) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING, "wp_pipeline"):
            action()
        return [record.getMessage() for record in caplog.records if record.name == "wp_pipeline"]

    return of


def keys_of(defs: dg.Definitions) -> set[str]:
    """The keys of assets that are endpoints, or advice, as `site/name`."""
    keys = defs.resolve_asset_graph().get_all_asset_keys()
    return {"/".join(key.path) for key in keys if key.path[-1] not in ("wordpress", "report")}
