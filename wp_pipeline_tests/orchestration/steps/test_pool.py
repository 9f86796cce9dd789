"""Steps x requests of a step never exceed the site's limit."""

import dagster as dg
import pytest
import yaml
from msgspec.structs import replace

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.dagster_internals.instance import PoolLimit, limit_of_pool
from wp_pipeline.orchestration.steps.pool import share
from wp_pipeline.settings import Settings

SITE = Settings(site="magazine", steps="endpoint", concurrency=4)


@pytest.mark.parametrize("concurrency", range(1, 9))
@pytest.mark.parametrize("steps", range(1, 9))
def test_all_steps_together_stay_below_the_limit(concurrency, steps):
    settings = Settings(site="magazine", steps="endpoint", concurrency=concurrency)
    if steps > concurrency:
        with pytest.raises(ConfigurationError, match=f"lets {steps} steps ask the site"):
            share(settings, PoolLimit(steps))
    else:
        assert 1 <= share(settings, PoolLimit(steps)) * steps <= concurrency


def test_a_pool_that_keeps_no_limit_is_reported_with_the_command_that_helps():
    with pytest.raises(ConfigurationError) as error:
        share(SITE, None)
    assert str(error.value) == (
        "magazine: the pool magazine has no limit, so too many steps could ask the site at the same"
        " time: run `dagster instance concurrency set magazine 4`, or a lower number"
    )
    with pytest.raises(ConfigurationError, match="counts runs, not steps: set"):
        share(SITE, PoolLimit(2, counts_steps=False))


def test_sites_on_one_host_share_a_pool():
    with pytest.raises(ConfigurationError, match="the pool small_host has no limit"):
        share(replace(SITE, pool="small_host"), None)


@pytest.mark.dagster_runs  # Each makes a database.
@pytest.mark.parametrize(
    ("pools", "set_to", "limit"),
    [
        ({}, None, None),
        ({}, 3, PoolLimit(3)),
        ({"default_limit": 2}, None, PoolLimit(2)),
        ({"default_limit": 2}, 3, PoolLimit(3)),
        ({"default_limit": 2, "granularity": "op"}, None, PoolLimit(2)),
        ({"default_limit": 2, "granularity": "run"}, None, PoolLimit(2, counts_steps=False)),
    ],
)
def test_the_limit_is_that_of_the_instance(tmp_path, pools, set_to, limit):
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({"concurrency": {"pools": pools}}))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        if set_to:
            instance.event_log_storage.set_concurrency_slots("magazine", set_to)

        assert limit_of_pool(instance, "magazine") == limit


def test_an_instance_without_storage_has_no_limit(instance):
    assert limit_of_pool(instance, "magazine") is None
