"""Where the commands of a page are run: sites, an AWS account, and a shell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.api_sites import Answers
from wp_pipeline_tests.fakes.aws import REGION, FakeAws
from wp_pipeline_tests.support.documentation.page_shell import Shell

SUFFIX = "83920473"
MY_BUCKET = "my-bucket"
API = "/wp-json/"


@dataclass
class PageEnvironment:
    """Sites that stand for those of a page, and the fake AWS. `folder` is where commands run."""

    aws: FakeAws
    serve: Callable[..., SampleSiteServer]
    variables: pytest.MonkeyPatch
    folder: Path
    shell: Shell = field(init=False)

    def __post_init__(self) -> None:
        self.shell = Shell(self.aws, self.variables, self.folder)

    def open(self, site: SampleSite | None = None, host: str = "example.org") -> SampleSiteServer:
        """Serve a site in the place of this host; `LOGIN` is a login that it knows."""
        server = self.serve(site or SampleSite(suffix=SUFFIX, volatile=False))
        self.stand_for(host, server.url)
        login = f"{server.site.user}:{server.site.application_password}"
        self.variables.setenv("LOGIN", login)
        return server

    def stand_for(self, host: str, url: str) -> None:
        self.shell.instead |= {f"https://{host}": url, host: url.partition("://")[2]}

    def create_bucket(self, *, is_named: bool = True) -> None:
        """Create the bucket of the pages, and the parameter that names it."""
        self.aws.client("s3").create_bucket(
            Bucket=MY_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        if is_named:
            self.aws.put_parameters({Settings().bucket_parameter: MY_BUCKET}, "String")

    def put_endpoints(self, **routes: str) -> None:
        """Store a list with these routes of example.org."""
        root = self.shell.instead["https://example.org"]
        text = ",".join(f"{name}={root}{API}{route}" for name, route in routes.items())
        self.aws.put_parameters({Settings().endpoints_parameter: text})


def answer_with(server: SampleSiteServer, route: str, answers: Answers) -> None:
    """Answer a route below /wp-json/ otherwise."""
    others = server.answers

    def answering(request: Request) -> Answer:
        return answers(request) if request.path == f"{API}{route}" else others(request)

    server.answers = answering
