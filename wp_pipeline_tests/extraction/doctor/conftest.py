"""A world in which the doctor finds nothing, and the doctor."""

import json
from collections.abc import Callable

import pytest

from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding
from wp_pipeline.extraction.doctor.registry import examine
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.subscriber import Subscriber
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.recorded_needs import DOCS

Examine = Callable[[], list[Finding]]


@pytest.fixture
def well(world: World) -> World:
    """A world that needs no cure: posts and tags, a protected bucket, and a subscriber."""
    world.extract_these("posts", "tags")
    protect(world, BUCKET)
    Subscriber(world.aws.client)
    return world


def protect(world: World, bucket: str) -> None:
    """Set everything of a bucket that the doctor looks at."""
    s3 = world.aws.client("s3")
    parts = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(parts, True)
    )
    encrypt = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [encrypt]})
    rules = json.loads((DOCS / "lifecycle.json").read_text())
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules)


@pytest.fixture
def examined() -> Examine:
    """Examines everything, with the settings of the environment."""
    return lambda: list(examine(Examination(Settings.from_environment())))
