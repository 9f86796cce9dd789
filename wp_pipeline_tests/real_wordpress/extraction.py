"""Runs our extraction of a real site into a bucket of the fake AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome
from wp_pipeline.extraction.run_options import RunOptions
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress.access_log import Request, requests_to
from wp_pipeline_tests.real_wordpress.wordpress import WordPress


@dataclass(frozen=True)
class Extraction:
    """One extraction of a whole site, and the requests that the site got."""

    site: WordPress
    bucket: ExtractionBucket
    outcomes: dict[str, Outcome]
    requests: list[Request]

    @classmethod
    def of(cls, site: WordPress, bucket: ExtractionBucket) -> "Extraction":
        with requests_to(site) as asked:
            outcomes = extracted(all_endpoints(site), bucket)
        return cls(site, bucket, outcomes, asked)


def all_endpoints(wordpress: WordPress) -> dict[str, str]:
    """The URLs of the public collections and, as `posts_rows`, of the raw-row routes."""
    rows = {rows_of(name): url for name, url in wordpress.raw_rows.items()}
    return wordpress.endpoints | rows


def rows_of(name: str) -> str:
    """The name of a raw-row route in all_endpoints; a collection may have the same name."""
    return f"{name}_rows"


def as_parameter(endpoints: Mapping[str, str]) -> str:
    """The list of endpoints as the text of the parameter."""
    return ",".join(f"{name}={url}" for name, url in endpoints.items())


def extracted(
    endpoints: Mapping[str, str],
    bucket: ExtractionBucket,
    credentials: Credentials | None = None,
    observer: Observer | None = None,
    run_options: Mapping[str, Any] | None = None,
    **settings: Any,
) -> dict[str, Outcome]:
    """Extract the endpoints into the bucket; return the outcomes by name."""
    configuration = SiteConfiguration(
        parse_endpoints(as_parameter(endpoints)), bucket.name, credentials
    )
    set_so = Settings(**settings)
    lake = Lake(lambda: bucket.aws.client("s3"), bucket.name, set_so.prefix)
    options = site_options(set_so, configuration)
    chosen = RunOptions.of(**run_options or {})
    outcomes = extract(configuration.endpoints, options, lake, set_so, observer, chosen)
    return {outcome.name: outcome for outcome in outcomes}
