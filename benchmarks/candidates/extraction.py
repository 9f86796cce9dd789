"""The project's extraction alone, told what to read as the others are, without Parameter Store."""

import argparse
import gc
import sys

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Refused
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.endpoints import Endpoint


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", required=True)
    parser.add_argument("collections", nargs="+")
    arguments = parser.parse_args()
    settings = Settings()
    endpoints = tuple(
        Endpoint(name, Address(f"{arguments.site}/wp-json/wp/v2/{name}"))
        for name in arguments.collections
    )
    configuration = SiteConfiguration(endpoints, "bench")
    lake = Lake(lambda: build_client("s3"), configuration.bucket, settings.prefix)
    outcomes = extract(endpoints, site_options(settings, configuration), lake, settings)
    is_refused = any([isinstance(outcome, Refused) for outcome in outcomes])
    gc.freeze()  # As the command does.
    return is_refused


if __name__ == "__main__":
    sys.exit(main())
