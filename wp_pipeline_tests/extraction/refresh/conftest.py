"""A site of several pages, and a way to extract it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_configuration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome, Stored
from wp_pipeline.extraction.run_options import CHANGES, RunOptions
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World

COUNTS = {"posts": 250, "comments": 230, "tags": 4}


class LargeWorld(World):
    """A world whose endpoints are posts, comments and tags, of which the first two have pages."""

    settings = Settings()

    def extract(self, mode: str = "full", **options: object) -> dict[str, Outcome]:
        settings = self.settings
        store = ParameterStore(lambda: self.aws.client("ssm"))
        configuration = load_configuration(settings, store)
        lake = Lake(lambda: self.aws.client("s3"), BUCKET, settings.prefix)
        chosen = RunOptions.of(mode=mode, **options)
        self.server.requests.clear()
        found = extract(
            configuration.endpoints,
            replace(site_options(settings, configuration), backoff=0.001),
            lake,
            settings,
            run_options=chosen,
        )
        return {outcome.name: outcome for outcome in found}

    def refresh(self, **options: object) -> dict[str, Outcome]:
        return self.extract(CHANGES, **options)

    def before_each_request(self, act: Callable[[Request], None]) -> None:
        def answers(request: Request) -> Answer:
            act(request)
            return self.site.answer(request)

        self.server.answers = answers

    def move_post(self, post: int) -> None:
        """Give a post another address, and its comments with it."""
        (link,) = [one["link"] for one in self.rows("posts") if one["id"] == post]
        before = link.replace("/", "\\/").encode()
        answers = self.server.answers

        def moved(request: Request) -> Answer:
            found = answers(request)
            return replace(found, body=found.body.replace(before, before + b"moved\\/"))

        self.site.edit("posts", post)
        self.server.answers = moved

    def requests_for(self, name: str) -> list[str]:
        return [one for one in self.server.requests if f"/{name}?" in one]


@pytest.fixture
def large(aws) -> Iterator[LargeWorld]:
    with SampleSiteServer(SampleSite(COUNTS, volatile=False)) as server:
        world = LargeWorld(aws, server)
        world.extract_these(*COUNTS)
        aws.put_parameters({Settings().bucket_parameter: BUCKET})
        yield world


def prepared(world: LargeWorld) -> None:
    """Extract everything, and once more, so that a probe is kept with each object."""
    world.extract()
    found = world.refresh()
    assert all(isinstance(one, Stored) for one in found.values())
