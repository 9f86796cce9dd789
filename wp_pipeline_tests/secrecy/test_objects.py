"""The repr and str of our objects hold no secret, since a debugger or a log may show them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event

import pytest

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline_tests.conftest import OpenWorld
from wp_pipeline_tests.support.object_texts import PLANTED
from wp_pipeline_tests.support.planted_secrets import AWS, PASSWORD, RANDOM_PART, SECRETS, USER
from wp_pipeline_tests.support.secret_search import Search

LOGIN = "/login"
OF_AN_EXTRACTION = {
    "Settings", "SiteConfiguration", "SiteOptions", "Credentials", "Endpoint", "Address", "Site",
    "HttpClient", "RetryingClient", "PageFetcher", "Collection", "Window", "Items", "Payload",
    "Lake",
}  # fmt: skip
OF_A_RUN = OF_AN_EXTRACTION | {"SiteStep", "EndpointName", "ConfigurationResource", "LakeResource"}


def held_back(server: SampleSiteServer, released: Event) -> Callable[[Request], Answer]:
    """Answer only the first pages of a collection until it is released.

    Everything else is answered when the collection has got that far.
    """
    reached = Event()

    def answers(request: Request) -> Answer:
        if int(request.query.get("offset", "0")) > 300:
            reached.set()
            released.wait(60)
        elif request.path.endswith(f"/terms_{RANDOM_PART}"):
            reached.wait(60)
        return server.site.answer(request)

    return answers


@dataclass(frozen=True)
class ObjectTexts:
    """Texts of objects: during what, the type, and the text. With the search for secrets."""

    all: list[tuple[str, str, str]]
    search: Search


@pytest.fixture(scope="module")
def texts(open_world: OpenWorld) -> Iterator[ObjectTexts]:
    """The texts of all objects during an extraction and a Dagster run that are held."""
    released = Event()
    site = SampleSite(
        {"posts": 900, "tags": 3}, suffix=RANDOM_PART, user=USER, application_password=PASSWORD
    )
    with open_world() as world, SampleSiteServer(site) as server:
        server.answers = held_back(server, released)
        posts = f"{server.url}/wp-json/wp/v2/posts?lang={RANDOM_PART}"
        world.put_endpoints(f"{posts},{server.url}/wp-json/mo/v1/terms_{RANDOM_PART}")
        world.aws.put_parameters({LOGIN: f"{USER}:{PASSWORD}"})
        objects = in_a_process({**AWS, "WP_PIPELINE_CREDENTIALS_PARAMETER": LOGIN})
        secrets = SECRETS | {"host": server.url.removeprefix("http://"), "planted": PLANTED}
        yield ObjectTexts(objects, Search(secrets))
        released.set()


def in_a_process(environment: Mapping[str, str]) -> list[tuple[str, str, str]]:
    ended = subprocess.run(
        [sys.executable, "-m", "wp_pipeline_tests.support.object_texts"],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    lines = ended.stdout.splitlines()
    return [json.loads(line) for line in lines if line.startswith(b"[")]


@pytest.mark.parametrize("when", ["extraction", "run_of_dagster"])
def test_only_the_leaking_object_shows_a_secret(texts, when):
    found = [
        (kind, texts.search.found_in(text.encode())) for at, kind, text in texts.all if at == when
    ]

    assert [one for one in found if one[1]] == [("LeakingObject", {"planted"})]


@pytest.mark.parametrize(
    ("when", "kinds"), [("extraction", OF_AN_EXTRACTION), ("run_of_dagster", OF_A_RUN)]
)
def test_all_types_that_could_show_a_secret_were_searched(texts, when, kinds):
    assert {kind for at, kind, _ in texts.all if at == when} >= kinds
