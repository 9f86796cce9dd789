"""One whole extraction as its settings say, for where Dagster is not: a terminal, AWS Lambda."""

from collections.abc import Iterator

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_configuration
from wp_pipeline.extraction.extract import Progress, Tell, extract, site_client
from wp_pipeline.extraction.outcomes import Outcome
from wp_pipeline.settings import Settings


def run(
    settings: Settings,
    progress: Progress = lambda name, rows: None,
    tell: Tell = lambda line: None,
) -> Iterator[Outcome]:
    """Read Parameter Store, and yield how each endpoint ended, as it ends.

    Raises ConfigurationError, before anything is asked of the site.
    """
    configuration = load_configuration(settings, ParameterStore(lambda: build_client("ssm")))
    lake = Lake(lambda: build_client("s3"), configuration.bucket, settings.prefix)
    client = site_client(settings, configuration)
    yield from extract(configuration.endpoints, client, lake, settings, progress, tell)
