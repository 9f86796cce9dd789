"""What all sites share: AWS, and how their runs are executed."""

import warnings

import dagster as dg
from dagster_aws.s3 import S3Resource
from dagster_aws.ssm import SSMResource

from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.steps.executor import executor_of_location


@dg.definitions
def shared() -> dg.Definitions:
    # It would be printed for every run; dagster-aws is pinned to the minor version that we know.
    warnings.filterwarnings("ignore", message="Class `SSMResource` is currently in beta")
    return dg.Definitions(
        resources={
            "configuration": ConfigurationResource(ssm=SSMResource()),
            "lake": LakeResource(s3=S3Resource()),
        },
        executor=executor_of_location(),
    )
