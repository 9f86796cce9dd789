"""Sites with every fault of a server or a parameter, and one without, all with marked secrets."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.extraction.refresh.state import State, request_of
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline_tests.fakes.aws import BUCKET, DEAD_END, NOBODY, FakeAws, Fault
from wp_pipeline_tests.faults.fault_servers import misbehaving
from wp_pipeline_tests.faults.site import ALL_SITE_FAULTS, SITE_FAULTS
from wp_pipeline_tests.support.planted_secrets import (
    AWS,
    PASSWORD,
    RANDOM_PART,
    SECRETS,
    USER,
    WRONG_PASSWORD,
)

AN_OBJECT = b'[{"id": 1, "modified_gmt": "2026-01-02T03:04:05"}]'
BUCKET_PARAMETER = "/bucket"
# Faults that make every request to their site wait. They have a site of their own.
DELAYING = ("maintenance", "asked_too_much")
HASTE = {"deadline": 10, "timeout": 1, "concurrency": 32, "largest_body": 1 << 20, "retry_delay": 0}


@dataclass(frozen=True)
class Site:
    """A site: the attributes of its defs.yaml, its parameters, and those that change after loading.

    A value of None deletes the parameter.
    """

    name: str
    parameters: Mapping[str, str]
    later: Mapping[str, str | None] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def attributes(self) -> dict[str, Any]:
        return {
            "site": self.name,
            "endpoints_parameter": f"/{self.name}/endpoints",
            "bucket_parameter": BUCKET_PARAMETER,
            "prefix": f"raw/{self.name}",
            **HASTE,
            **self.given,
        }

    @property
    def environment(self) -> dict[str, str]:
        return {f"WP_PIPELINE_{name.upper()}": str(x) for name, x in self.attributes.items()}


@dataclass(frozen=True)
class FaultySites:
    """The sites, and the hosts with ports that serve them."""

    sites: Sequence[Site]
    hosts: frozenset[str]

    @property
    def secrets(self) -> dict[str, str]:
        ports = {host.rpartition(":")[2] for host in self.hosts}
        return (
            SECRETS
            | {host: host for host in self.hosts}
            # As urllib3 logs it. Ports with fewer digits also occur as a part of other numbers.
            | {f"port {port}": f"port={port}" for port in ports if len(port) == 5}
        )

    def put_first_parameters(self, aws: FakeAws) -> None:
        """Set all parameters to their first values."""
        aws.put_parameters({BUCKET_PARAMETER: BUCKET})
        for site in self.sites:
            aws.put_parameters(site.parameters)

    def store_objects_of(self, name: str, aws: FakeAws) -> None:
        """Store what an earlier extraction of a site could have, for a refresh to compare."""
        (site,) = (one for one in self.sites if one.name == name)
        kept = {"row-count": "1", "sha256": sha256(AN_OBJECT).hexdigest()}
        for endpoint in parse_endpoints(site.parameters[f"/{name}/endpoints"]):
            state = State(request_of(endpoint, None), datetime.now(timezone.utc))
            key = f"{site.attributes['prefix']}/{endpoint.name}.json"
            aws.put_object(key, AN_OBJECT, Metadata=state.metadata | kept)

    def put_later_parameters(self, aws: FakeAws) -> None:
        """Set the later values, and let AWS deny what some sites need."""
        for site in self.sites:
            for name, value in site.later.items():
                if value is None:
                    aws.client("ssm").delete_parameter(Name=name)
                else:
                    aws.put_parameters({name: value})
        aws.faults = refused


def environment(aws: FakeAws) -> dict[str, str]:
    """Return an environment for this AWS, with marked credentials."""
    ours = ("AWS_", "DAGSTER_", "WP_PIPELINE_")
    others = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return {**others, **NOBODY, **AWS, "AWS_ENDPOINT_URL": aws.url}


@contextmanager
def faulty_sites() -> Iterator[FaultySites]:
    """Serve every site and every fault."""
    well = SampleSite(
        {"posts": 7, "tags": 4},
        suffix=RANDOM_PART,
        volatile=False,
        user=USER,
        application_password=PASSWORD,
    )
    with SampleSiteServer(well) as server, misbehaving(ALL_SITE_FAULTS) as urls:
        addresses = [server.url, DEAD_END, *urls.values()]
        hosts = frozenset(urlsplit(address).netloc for address in addresses)
        yield FaultySites([*sites_of(server.url), *misbehaving_sites(urls)], hosts)


def misbehaving_sites(urls: Mapping[str, str]) -> Iterator[Site]:
    """Yield a site for each group of faults."""
    for group, names in groups_of_faults().items():
        listed = ",".join(f"{name}={urls[name]}" for name in names)
        yield Site(group, {f"/{group}/endpoints": listed})


def groups_of_faults() -> Mapping[str, list[str]]:
    """Group faults by how long they take, so that the deadline ends none of them."""
    groups = {"waiting": [*DELAYING]}
    for kind, faults in SITE_FAULTS.items():
        group = kind.lower() if kind in ("Connection", "Collections") else "answers"
        names = [fault.name for fault in faults if fault.name not in DELAYING]
        groups.setdefault(group, []).extend(names)
    return groups


def sites_of(url: str) -> list[Site]:
    """Build the sites with wrong parameters, and one without a fault, all at one address."""
    posts = f"posts={url}/wp-json/wp/v2/posts?lang={RANDOM_PART}"
    drafts = f"posts={url}/wp-json/wp/v2/posts?context=edit&lang={RANDOM_PART}"
    terms = f"terms={url}/wp-json/mo/v1/terms_{RANDOM_PART}#{RANDOM_PART}"
    return [
        Site(
            "well",
            {"/well/endpoints": f"{drafts},{terms}", "/login/right": f"{USER}:{PASSWORD}"},
            given={"credentials_parameter": "/login/right"},
        ),
        Site(
            "down",
            {
                "/down/endpoints": f"posts={DEAD_END}/wp-json/wp/v2/posts_{RANDOM_PART},"
                f"pages={url}/wp-json/wp/v2/pages_{RANDOM_PART}"
            },
        ),
        Site(
            "unknown_user",
            {"/unknown_user/endpoints": posts, "/login/wrong": f"{USER}:{WRONG_PASSWORD}"},
            given={"credentials_parameter": "/login/wrong"},
        ),
        Site("vanished", {"/vanished/endpoints": posts}, {"/vanished/endpoints": None}),
        Site(
            "garbled",
            {"/garbled/endpoints": posts, "/login/garbled": f"{USER}:{PASSWORD}"},
            {"/garbled/endpoints": garbled(url), "/login/garbled": PASSWORD},
            given={"credentials_parameter": "/login/garbled"},
        ),
        Site(
            "forbidden",
            {"/forbidden/posts": posts.removeprefix("posts=")},
            given={"endpoints_parameter": "/forbidden/"},
        ),
        Site("unwritable", {"/unwritable/endpoints": f"{posts},{terms}"}),
        Site("never_known", {"/never_known/endpoints": garbled(url)}),
    ]


def garbled(url: str) -> str:
    """Return malformed endpoints with secrets in every part that an error could quote."""
    host = urlsplit(url).netloc
    route = f"wp-json/mo/v1/terms_{RANDOM_PART}"
    return ",".join(
        [
            f"a=ftp://{host}/{route}",
            f"b=https://{USER}:{PASSWORD.replace(' ', '')}@{host}/{route}",
            f"c=http://[{host}/{route}",
            f"d=http://{host}:99999/{route}",
            f"e=http://{host}/{route} and more",
            f"=http://{host}/{route}",
            f"<a href='http://{host}/{route}'>",
            f"/{route}",
            RANDOM_PART,
        ]
    )


def refused(operation: str) -> Fault | None:
    return {
        "GetParametersByPath": (400, "AccessDeniedException"),
        f"PUT /{BUCKET}/raw/unwritable/posts.json": (403, "AccessDenied"),
        f"HEAD /{BUCKET}/raw/unwritable/terms.json": (403, "AccessDenied"),
    }.get(operation)
