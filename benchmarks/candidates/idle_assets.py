"""Dagster alone: as many assets as a blog has collections, which do nothing."""

import dagster as dg

from benchmarks.workloads import BLOG

SPECS = [dg.AssetSpec(dg.AssetKey(["idle", name]), group_name="idle") for name in BLOG]


@dg.multi_asset(specs=SPECS, can_subset=True)
def idle(context: dg.AssetExecutionContext):
    for key in context.selected_asset_keys:
        yield dg.MaterializeResult(asset_key=key)


defs = dg.Definitions(assets=[idle], executor=dg.in_process_executor)
