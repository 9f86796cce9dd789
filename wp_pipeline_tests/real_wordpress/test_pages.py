"""Pages of the documentation, carried out on a real WordPress: logins and plain permalinks."""

import json
from collections.abc import Callable

import pytest

from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.wordpress import WordPress
from wp_pipeline_tests.support.documentation.page_environment import MY_BUCKET, PageEnvironment
from wp_pipeline_tests.support.documentation.run_page import STEPS, steps_with_failures

Run = Callable[..., None]
DISCOVER = "discover example.org"
WITHOUT = " --without mo/v1/broken_…"  # A route of the rig that always fails.


@pytest.fixture
def run(aws, serve, monkeypatch, tmp_path) -> Run:
    """Runs the commands of a page on a site; each must fail if, and only if, the page says so."""
    environment = PageEnvironment(aws, serve, monkeypatch, tmp_path)
    environment.create_bucket()

    def running(page: str, site: WordPress, *sections: str) -> None:
        environment.stand_for("example.org", site.url)
        environment.shell.typed = f"admin:{site.credentials['admin']}"
        for step, fails in steps_with_failures(STEPS[page]):
            if not sections or step.section in sections:
                printed = environment.shell.run(step.command.replace(DISCOVER, DISCOVER + WITHOUT))
                assert (environment.shell.status != 0) == fails, printed

    return running


@pytest.fixture
def stored(aws) -> Callable[[str], list[int]]:
    """The ids in the object of an endpoint."""

    def ids(name: str) -> list[int]:
        found = aws.client("s3").get_object(Bucket=MY_BUCKET, Key=f"wordpress-api/{name}.json")
        return [item["id"] for item in json.loads(found["Body"].read())]

    return ids


@pytest.mark.parametrize("version", ["wordpress", "newest_wordpress"])
def test_the_page_about_private_content_brings_drafts(run, stored, request, version):
    site = request.getfixturevalue(version)
    run("docs/private-content.md", site)

    assert stored("posts") == sorted(database.readable_ids(site, "posts"))
    assert set(stored("all_posts")) >= {*stored("posts"), *site.expected["drafts"]}


def test_the_page_about_plain_permalinks_reads_a_site_that_has_them(run, stored, plain_wordpress):
    run("docs/permalinks.md", plain_wordpress, "Plain permalinks")

    assert stored("posts") == sorted(database.readable_ids(plain_wordpress, "posts"))
