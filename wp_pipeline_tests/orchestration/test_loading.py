import json
import logging

import dagster as dg
import pytest
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)
from dagster.components.core.component_tree import ComponentTreeException

from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import DEAD_END


def names_in(defs: dg.Definitions) -> set[str]:
    """Return the assets that are endpoints: all but the site itself and the report."""
    keys = defs.resolve_asset_graph().get_all_asset_keys()
    return {key.path[-1] for key in keys} - {"wordpress", "report"}


@pytest.fixture
def warnings(caplog):
    """Returns the warnings that an action logs."""

    def of(action) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING, "wp_pipeline"):
            action()
        return [record.getMessage() for record in caplog.records if record.name == "wp_pipeline"]

    return of


def test_every_endpoint_of_the_parameter_is_an_asset(world, load, warnings):
    loaded = []

    assert warnings(lambda: loaded.append(load())) == []
    assert names_in(loaded[0]) == {"posts", "tags", "raw_terms"}


def test_a_changed_list_takes_effect_when_the_code_location_is_reloaded(world, load):
    load()
    world.extract_these("posts", "comments", raw=["posts"])

    assert names_in(load()) == {"posts", "comments", "raw_posts"}


def test_the_parameters_below_a_path_are_assets(world, load, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_ENDPOINTS_PARAMETER", "/site/endpoints/")
    world.aws.put_parameters(
        {f"/site/endpoints/kind_{n}": world.url("wp/v2/posts") for n in range(12)}
    )

    assert names_in(load()) == {f"kind_{n}" for n in range(12)}


def test_the_last_known_names_are_used_while_parameter_store_is_down(
    world, load, warnings, monkeypatch, site_name
):
    load()
    monkeypatch.setenv("AWS_ENDPOINT_URL", DEAD_END)
    loaded = []

    assert warnings(lambda: loaded.append(load())) == [
        f"{site_name}: using the last known endpoints, because Parameter Store: AWS can't be"
        " reached; check the network and AWS_ENDPOINT_URL"
    ]
    assert names_in(loaded[0]) == {"posts", "tags", "raw_terms"}


@pytest.mark.parametrize(
    "text", ["nonsense", "https://a.example/posts_1,https://a.example/posts_2", " , "]
)
def test_the_last_known_names_are_used_while_the_list_is_malformed(world, load, warnings, text):
    load()
    world.put_endpoints(text)
    loaded = []

    (message,) = warnings(lambda: loaded.append(load()))
    assert f"because parameter {Settings().endpoints_parameter} " in message
    assert "a.example" not in message
    assert names_in(loaded[0]) == {"posts", "tags", "raw_terms"}


@pytest.mark.parametrize("is_reachable", [True, False], ids=["no parameter", "unreachable"])
def test_without_a_known_name_there_is_one_asset_that_says_what_to_do(
    aws, load, warnings, monkeypatch, site_name, is_reachable
):
    if not is_reachable:
        monkeypatch.setenv("AWS_ENDPOINT_URL", DEAD_END)
    loaded = []

    why, what_to_do = warnings(lambda: loaded.append(load()))
    assert ("does not exist: create it" if is_reachable else "can't be reached") in why
    assert what_to_do == (
        f"{site_name}: no endpoints found, so there are no assets. Put the endpoints' URLs into"
        f" Parameter Store under {Settings().endpoints_parameter}, give this process access to it"
        " (AWS_PROFILE, AWS_DEFAULT_REGION), and reload the code location."
    )
    assert names_in(loaded[0]) == {"no_endpoints_found"}
    (asset,) = loaded[0].resolve_all_asset_specs()
    assert asset.description == what_to_do  # Otherwise the UI would show nothing.


def test_the_state_file_holds_names_and_no_urls(world, load, state_file):
    world.put_endpoints(
        f"{world.url('wp/v2/posts')}?key=s3cr3t,{world.url('mo/v1/statistics_pages_s3cr3t')}"
    )
    load()

    kept = state_file.read_text()
    assert json.loads(kept) == [
        {"name": "posts", "is_known_kind": True},
        {"name": "statistics_pages", "is_known_kind": False},
    ]
    for secret in ("s3cr3t", "127.0.0.1", "http", "/"):
        assert secret not in kept


def test_a_truncated_state_file_does_not_stop_the_code_location(
    world, load, state_file, monkeypatch
):
    load()
    state_file.write_text(state_file.read_text()[:20])
    monkeypatch.setenv("AWS_ENDPOINT_URL", DEAD_END)

    assert names_in(load()) == {"no_endpoints_found"}


def test_the_processes_of_a_run_do_not_read_the_names_again(world, load):
    load()
    world.aws.operations.clear()

    context = DefinitionsLoadContext(DefinitionsLoadType.RECONSTRUCTION)
    with DefinitionsLoadContext.scoped(context):
        assert names_in(load()) == {"posts", "tags", "raw_terms"}
    assert world.aws.operations == []


def test_a_run_on_a_host_without_the_names_reads_them(
    world, load, warnings, state_file, monkeypatch
):
    context = DefinitionsLoadContext(DefinitionsLoadType.RECONSTRUCTION)
    loaded = []
    with DefinitionsLoadContext.scoped(context):
        assert names_in(load()) == {"posts", "tags", "raw_terms"}
        monkeypatch.setenv("AWS_ENDPOINT_URL", DEAD_END)
        told = warnings(lambda: loaded.append(load()))
    assert names_in(loaded[0]) == {"no_endpoints_found"}
    assert ": no endpoints found here, because Parameter Store: AWS can't be reached" in told[0]
    assert not state_file.exists()


def test_loading_sends_no_request_to_the_site_and_reads_only_the_endpoints(world, load):
    world.aws.operations.clear()
    load()

    assert world.server.requests == []
    assert world.aws.operations == ["GetParameters"]


def test_the_definitions_report_an_invalid_setting(world, load, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_CONCURRENCY", "many")

    with pytest.raises(ComponentTreeException) as error:
        load()
    assert str(error.value.__cause__) == "WP_PIPELINE_CONCURRENCY must be a valid integer"
