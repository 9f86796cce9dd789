"""A Glue with a database."""

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.glue import Catalog
from wp_pipeline_tests.support.tables.glue import DATABASE


@pytest.fixture
def glue(aws):
    """Glue with a database."""
    client = aws.client("glue")
    client.create_database(DatabaseInput={"Name": DATABASE})
    aws.operations.clear()
    return client


@pytest.fixture
def catalog(aws):
    return Catalog(DATABASE, lambda: build_client("glue"))
