"""Opens the tables of a site by its settings and Parameter Store, without Dagster."""

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_bucket
from wp_pipeline.settings import Settings
from wp_pipeline.tables.store import TableStore


def tables_of(settings: Settings) -> TableStore:
    """Return the tables of a site. Raises ConfigurationError, or an AwsError."""
    bucket = load_bucket(settings, ParameterStore(lambda: build_client("ssm")))
    return TableStore(Lake(lambda: build_client("s3"), bucket, settings.prefix))
