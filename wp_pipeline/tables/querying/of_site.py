"""The tables of a site where its settings and Parameter Store say, without Dagster."""

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_bucket
from wp_pipeline.settings import Settings
from wp_pipeline.tables.store import TableStore


def tables_of(settings: Settings) -> TableStore:
    """Raises ConfigurationError, or an AwsError."""
    bucket = load_bucket(settings, ParameterStore(lambda: build_client("ssm")))
    return TableStore(Lake(lambda: build_client("s3"), bucket, settings.prefix))
