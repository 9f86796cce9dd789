"""An asset for each table of a site, in one step, and the sensor that rebuilds them.

They have runs of their own and are not in the site's job: Dagster executes nothing downstream of a
failed step, so after one refused endpoint no table would be built.
"""

import logging
from collections.abc import Iterator, Sequence
from importlib.util import find_spec

import dagster as dg

from wp_pipeline.orchestration.recovery.failures import build_retry_policy
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.steps.names import tables_step_name
from wp_pipeline.orchestration.tables.plan import TablesPlan
from wp_pipeline.orchestration.tables.step import Event, TablesStep
from wp_pipeline.settings import Settings
from wp_pipeline.tables.kept import CODE_VERSION

KINDS = {"parquet", "duckdb"}
LIBRARY = "duckdb"  # Of the extra `tables`.

log = logging.getLogger("wp_pipeline")


def has_tables(settings: Settings) -> bool:
    """Whether the site has tables: they are turned on, and DuckDB is installed."""
    if not settings.tables:
        return False
    if find_spec(LIBRARY) is None:
        log.warning(
            "%s: there are no tables, because DuckDB is not installed; run: pip install"
            " 'wp-pipeline[tables]'",
            settings.site,
        )
        return False
    return True


def job_name(settings: Settings) -> str:
    return f"{settings.site}_tables"


def tables_definitions(plan: TablesPlan) -> dg.Definitions:
    """Build the assets, the job that builds them all, and the sensor that rebuilds them."""
    settings = plan.settings
    return dg.Definitions(
        assets=[build_tables(plan)],
        jobs=[
            dg.define_asset_job(
                job_name(settings),
                selection=dg.AssetSelection.assets(*plan.keys),
                description=f"Builds every table of {settings.site} whose object changed.",
            )
        ],
        sensors=[build_tables_sensor(settings.site, plan.keys)],
    )


def build_tables_sensor(
    name: str, keys: list[dg.AssetKey]
) -> dg.AutomationConditionSensorDefinition:
    """Build the sensor that rebuilds the tables of a site, or of many. It is off at first."""
    return dg.AutomationConditionSensorDefinition(
        name=f"{name}_tables",
        target=keys,
        description=f"Rebuilds the tables of {name} whose objects changed.",
    )


def build_tables(plan: TablesPlan) -> dg.AssetsDefinition:
    """Build the step that makes a site's tables, and checks them. Any can be selected alone."""

    @dg.multi_asset(
        name=tables_step_name(plan.settings),
        specs=[*endpoint_specs(plan), *join_specs(plan)],
        check_specs=[
            dg.AssetCheckSpec(rule.name, asset=plan.key(rule.table), description=rule.description)
            for rule in plan.rules
        ],
        can_subset=True,
        retry_policy=build_retry_policy(plan.settings),
    )
    def tables_of_site(
        context: dg.AssetExecutionContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> Iterator[Event]:
        step = TablesStep(plan, context, configuration, lake)
        yield from step.build()
        yield from step.check()
        step.raise_failures()

    return tables_of_site


def build_condition(needed: Sequence[dg.AssetKey] = ()) -> dg.AutomationCondition:
    """Rebuild a table when the data of an asset that it is made of changed, in any run.

    A missing table is built as soon as the assets that are `needed` exist; without `needed`, all
    that it is made of. A table whose build failed is not built again before the next change, unless
    somebody materializes it. When the sensor is turned on, each table is requested once: what
    changed before is not known. A change after a table was requested or built, within the same
    tick, leads to another build.
    """
    condition = dg.AutomationCondition
    newly_changed = condition.any_deps_match(condition.data_version_changed())
    newly_built = condition.newly_updated()
    is_older = condition.any_deps_match(condition.newly_updated()).since(newly_built)
    handled = (condition.newly_requested() & ~newly_changed) | (newly_built & ~is_older)
    changed = (newly_changed | condition.initial_evaluation()).since(handled)
    missing = condition.missing() & ~condition.execution_failed()
    lacks = condition.any_deps_missing()
    if needed:
        lacks = lacks.allow(dg.AssetSelection.assets(*needed))
    return (
        (changed | missing) & ~lacks & ~condition.any_deps_in_progress() & ~condition.in_progress()
    )


def endpoint_specs(plan: TablesPlan) -> Iterator[dg.AssetSpec]:
    settings, condition = plan.settings, build_condition()
    for name in plan.names:
        yield spec(
            plan,
            name.name,
            [name.key(settings)],
            condition,
            f"{name.name} of the site {settings.site}: a typed table of the object",
        )


def join_specs(plan: TablesPlan) -> Iterator[dg.AssetSpec]:
    for join in plan.joins:
        read = join.reads(plan.tables)
        needed = [plan.key(table) for table in join.waits_for(plan.tables)]
        yield spec(
            plan,
            join.name,
            [plan.key(table) for table in read],
            build_condition(needed),
            f"{join.name} of the site {plan.settings.site}: joins {', '.join(read)}",
            f"The statement of `{join.file}`:\n\n```sql\n{join.sql.strip()}\n```\n\n",
        )


def spec(
    plan: TablesPlan,
    table: str,
    deps: list[dg.AssetKey],
    condition: dg.AutomationCondition,
    first_line: str,
    statement: str = "",
) -> dg.AssetSpec:
    """Build the spec of a table. `first_line` is plain: lists of assets show only that line."""
    settings = plan.settings
    return dg.AssetSpec(
        key=plan.key(table),
        deps=deps,
        group_name=f"{settings.site}_tables",
        kinds=KINDS,
        owners=sorted(settings.owners),
        code_version=CODE_VERSION,
        skippable=True,  # A table that fails does not stop the others.
        automation_condition=condition,
        description=f"{first_line}\n\n{statement}{how_to_read(settings, table)}",
    )


def how_to_read(settings: Settings, table: str) -> str:
    """Return how to read a table, as Markdown."""
    key = f"{settings.prefix}-tables/{table}/{table}.parquet"
    snippet = f"FROM read_parquet('s3://<bucket>/{key}')"
    return (
        f"One Parquet object, `{key}`, in the bucket that the parameter"
        f" `{settings.bucket_parameter}` names. In DuckDB:\n\n"
        f"```sql\n{snippet};\n```\n\n"
        f"At a terminal: `wp-pipeline sql 'FROM {table} LIMIT 10'`. The sensor"
        f" `{settings.site}_tables` keeps it up to date while it is turned on."
    )
