"""A site and an AWS together, and what a test wants to know of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws


def small_site() -> SampleSite:
    """A site that is read in a moment and says the same twice."""
    counts = {"posts": 7, "tags": 4, "comments": 9, "categories": 3}
    return SampleSite(counts, volatile=False)


@dataclass
class World:
    """A site, and the account that it is extracted into."""

    aws: FakeAws
    server: SampleSiteServer

    @classmethod
    def ready(cls, aws: FakeAws, server: SampleSiteServer) -> "World":
        """A world whose parameters name posts, tags and raw terms as the endpoints."""
        world = cls(aws, server)
        world.extract_these("posts", "tags", raw=["terms"])
        aws.put_parameters({Settings().bucket_parameter: BUCKET})
        return world

    @property
    def site(self) -> SampleSite:
        return self.server.site

    def url(self, route: str) -> str:
        return f"{self.server.url}/wp-json/{route}"

    def extract_these(self, *collections: str, raw: Iterable[str] = (), also: str = "") -> None:
        """Put the URLs of collections, of a plugin's tables and of anything else as endpoints."""
        urls = [self.url(f"wp/v2/{name}") for name in collections]
        urls += [f"raw_{name}={self.url(f'mo/v1/{name}_4821')}" for name in raw]
        self.put_endpoints(",".join([*urls, *filter(None, [also])]))

    def put_endpoints(self, text: str) -> None:
        self.aws.put_parameters({Settings().endpoints_parameter: text})

    def stored(self, name: str) -> bytes:
        return self.aws.object(f"wordpress-api/{name}.json")

    def rows(self, name: str) -> Any:
        return json.loads(self.stored(name))

    def uploads(self) -> list[str]:
        """The names of the objects that were put so far, each time that they were."""
        puts = [one for one in self.aws.operations if one.startswith("PUT /")]
        return sorted(one.rpartition("/")[2].removesuffix(".json") for one in puts)

    def say(self, route: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Let the site answer so to a route below /wp-json/, and as before to all others."""
        others = self.server.answers

        def answers(request: Request) -> Answer:
            if request.path == f"/wp-json/{route}":
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return Answer(status, {"Content-Type": "application/json", **named}, body)
            return others(request)

        self.server.answers = answers
