"""Pages of the documentation, carried out on a real WordPress: logins and plain permalinks."""

import json
from collections.abc import Callable

import pytest

from wp_pipeline_tests.docs.play import STEPS, steps_with_failures
from wp_pipeline_tests.docs.stage import MY_BUCKET, Stage
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.wordpress import WordPress

Play = Callable[..., None]
DISCOVER = "discover example.org"
WITHOUT = " --without mo/v1/broken_…"  # A route of the rig that always fails.


@pytest.fixture
def play(aws, serve, monkeypatch, tmp_path) -> Play:
    """Runs the commands of a page on a site; each must fail if, and only if, the page says so."""
    stage = Stage(aws, serve, monkeypatch, tmp_path)
    stage.create_bucket()

    def playing(page: str, site: WordPress, *sections: str) -> None:
        stage.stand_for("example.org", site.url)
        stage.shell.typed = f"admin:{site.credentials['admin']}"
        for step, fails in steps_with_failures(STEPS[page]):
            if not sections or step.section in sections:
                printed = stage.shell.run(step.command.replace(DISCOVER, DISCOVER + WITHOUT))
                assert (stage.shell.status != 0) == fails, printed

    return playing


@pytest.fixture
def stored(aws) -> Callable[[str], list[int]]:
    """The ids in the object of an endpoint."""

    def ids(name: str) -> list[int]:
        found = aws.client("s3").get_object(Bucket=MY_BUCKET, Key=f"wordpress-api/{name}.json")
        return [item["id"] for item in json.loads(found["Body"].read())]

    return ids


@pytest.mark.parametrize("version", ["wordpress", "newest_wordpress"])
def test_the_page_about_private_content_brings_drafts(play, stored, request, version):
    site = request.getfixturevalue(version)
    play("docs/private-content.md", site)

    assert stored("posts") == sorted(database.readable_ids(site, "posts"))
    assert set(stored("all_posts")) >= {*stored("posts"), *site.expected["drafts"]}


def test_the_page_about_plain_permalinks_reads_a_site_that_has_them(play, stored, plain_wordpress):
    play("docs/permalinks.md", plain_wordpress, "Plain permalinks")

    assert stored("posts") == sorted(database.readable_ids(plain_wordpress, "posts"))
