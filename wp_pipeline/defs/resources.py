"""What all sites share: AWS, and how their runs are executed."""

import warnings

import dagster as dg
from dagster_aws.s3 import S3Resource
from dagster_aws.ssm import SSMResource

from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource


@dg.definitions
def shared() -> dg.Definitions:
    # It would be printed for every run; dagster-aws is pinned to the minor version that we know.
    warnings.filterwarnings("ignore", message="Class `SSMResource` is currently in beta")
    return dg.Definitions(
        resources={
            "configuration": ConfigurationResource(ssm=SSMResource()),
            "lake": LakeResource(s3=S3Resource()),
        },
        # All of a site is one step with threads of its own: a process for a step would only cost.
        executor=dg.in_process_executor,
    )
