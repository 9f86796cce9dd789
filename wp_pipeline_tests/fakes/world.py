"""A sample site and a fake AWS together, with the parameters that lead from one to the other."""

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
    """A site that is read quickly and renders its items the same each time."""
    counts = {"posts": 7, "tags": 4, "comments": 9, "categories": 3}
    return SampleSite(counts, volatile=False)


@dataclass
class World:
    """A site, and the AWS account that it is extracted into."""

    aws: FakeAws
    server: SampleSiteServer

    @classmethod
    def ready(cls, aws: FakeAws, server: SampleSiteServer) -> "World":
        """Return a world whose endpoints are posts, tags and raw terms."""
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
        """Set the endpoints: collections, tables of a plugin, and `also`, which may be anything."""
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
        """The endpoint names of all uploads so far, sorted; a name occurs once for each upload."""
        puts = [one for one in self.aws.operations if one.startswith("PUT /")]
        return sorted(one.rpartition("/")[2].removesuffix(".json") for one in puts)

    def respond(self, route: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Set the site's answer to a route below /wp-json/; other routes are answered as before."""
        others = self.server.answers

        def answers(request: Request) -> Answer:
            if request.path == f"/wp-json/{route}":
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return Answer(status, {"Content-Type": "application/json", **named}, body)
            return others(request)

        self.server.answers = answers
