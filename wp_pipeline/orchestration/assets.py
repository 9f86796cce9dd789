"""One asset for each endpoint. The whole site is one step, or each endpoint is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

import dagster as dg
from pydantic import Field

from wp_pipeline.extraction.run_options import (
    ACCEPT_DROP_HELP,
    CHANGES,
    FULL,
    MODE_HELP,
    OUTLINE_HELP,
    RunOptions,
)
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.dagster_internals.definitions import SharedIn, SharedOut
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.recovery.failures import build_retry_policy
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.schedules import build_freshness_policy
from wp_pipeline.orchestration.step import Event, SiteStep
from wp_pipeline.orchestration.steps.names import pool_of, priority_tags, step_name
from wp_pipeline.setting_types import STEP_OF_SITE
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import asset_name

KINDS = {"wordpress", "s3", "json"}
SOURCE = "wordpress"
# Of the op behind a site's assets; Dagster stores nothing of what it yields.
INPUT = SharedIn(dg.Nothing)
ASSET_OUTPUT = SharedOut(dg.Nothing, is_required=False)
CHECK_OUTPUT = SharedOut(is_required=False)


class Mode(Enum):
    """How a run brings the objects up to date."""

    full = FULL
    changes = CHANGES


class RunConfiguration(dg.Config):
    """The options of one run, in the launchpad of the UI."""

    mode: Mode = Field(default=Mode.full, description=MODE_HELP)
    outline: bool = Field(default=False, description=OUTLINE_HELP)
    accept_drop: list[str] = Field(default=[], description=ACCEPT_DROP_HELP)


def build_assets(settings: Settings, names: Sequence[EndpointName]) -> dg.AssetsDefinition:
    """Build the one step that extracts a site, and checks what is stored of it.

    The step yields each endpoint as soon as it has ended. Its assets and checks can be selected one
    by one.
    """
    return build_step(f"extract_{settings.site}", SiteChecks(settings, names))


def build_steps(settings: Settings, names: Sequence[EndpointName]) -> list[dg.AssetsDefinition]:
    """Build one step for the site, or one for each endpoint, as the setting `steps` says.

    Steps of endpoints may run on several workers, within the limit of their pool. Then checks that
    compare objects have steps of their own: steps/comparing.py.
    """
    if settings.steps == STEP_OF_SITE:
        return [build_assets(settings, names)]
    return [
        build_step(
            step_name(settings, name.name),
            SiteChecks(settings, [name], others=names, comparing=False),
            pool=pool_of(settings),
            tags=priority_tags(name.name),
        )
        for name in names
    ]


def build_step(name: str, checks: SiteChecks, **of_op: Any) -> dg.AssetsDefinition:
    settings = checks.settings

    def extract_site(
        context: dg.AssetExecutionContext,
        config: RunConfiguration,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> Iterator[Event]:
        options = RunOptions.of(config.accept_drop, config.mode.value, config.outline)
        options = replace(options, describe=True)
        step = SiteStep(checks, context, configuration, lake, options)
        yield from step.extract()
        yield from step.run_remaining_checks()
        step.raise_failures()

    of_assets = {f"stored__{asset_name(one.name)}": one.key(settings) for one in checks.names}
    of_checks = {f"{one.name}__{one.asset_key.path[-1]}": one for one in checks.specs()}
    of_inputs = {"__".join(key.path): key for key in source_keys(settings, checks.all_names)}
    op = dg.op(
        name=name,
        ins=dict.fromkeys(of_inputs, INPUT),
        out={**dict.fromkeys(of_assets, ASSET_OUTPUT), **dict.fromkeys(of_checks, CHECK_OUTPUT)},
        retry_policy=build_retry_policy(settings),
        **of_op,
    )
    # Like `dg.multi_asset`, in half of its time: 500 sites have 50,000 outputs.
    return dg.AssetsDefinition(
        node_def=op(extract_site),
        keys_by_input_name=of_inputs,
        keys_by_output_name=of_assets,
        check_specs_by_output_name=of_checks,
        specs=[build_spec(settings, one, checks.all_names) for one in checks.names],
        can_subset=True,
    )


def source_keys(settings: Settings, names: Sequence[EndpointName]) -> list[dg.AssetKey]:
    """Return the key of the asset that stands for the site itself; none if an endpoint has it."""
    key = dg.AssetKey([settings.site, SOURCE])
    return [] if key in {name.key(settings) for name in names} else [key]


def build_source_specs(settings: Settings, names: Sequence[EndpointName]) -> list[dg.AssetSpec]:
    """Build the asset that stands for the site itself: lineage begins there."""
    description = (
        f"The WordPress site {settings.site}, as its REST API shows it\n\n"
        "It is not materialized. The assets downstream hold what it serves."
    )
    return [
        dg.AssetSpec(
            key,
            group_name=settings.site,
            kinds={"wordpress"},
            owners=sorted(settings.owners),
            description=description,
        )
        for key in source_keys(settings, names)
    ]


def build_spec(
    settings: Settings, name: EndpointName, names: Sequence[EndpointName]
) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=name.key(settings),
        group_name=settings.site,
        kinds=KINDS,
        owners=sorted(settings.owners),
        deps=source_keys(settings, names),
        code_version="1",  # Of the format of the object.
        description=description_of(settings, name),
        skippable=True,  # A refused endpoint is not materialized, and does not stop the others.
        freshness_policy=build_freshness_policy(settings),
    )


def description_of(settings: Settings, name: EndpointName) -> str:
    """Return Markdown whose first line is plain: lists of assets show that one only."""
    of_site = f"{name.name} of the site {settings.site}"
    kind = (
        "all items, in order of id" if name.is_known_kind else "a plugin's answer, as it was sent"
    )
    key = f"{settings.prefix}/{name.name}.json"
    return (
        f"{of_site}: {kind}\n\n"
        f"One JSON object, `{key}`, in the bucket that the parameter `{settings.bucket_parameter}`"
        " names. In DuckDB:\n\n"
        f"```sql\nSELECT * FROM read_json('s3://<bucket>/{key}');\n```\n\n"
        f"The schedule `{settings.site}_daily` and the sensor `{settings.site}_changes` keep it up"
        " to date while they are turned on, under *Automation*."
    )
