import dagster as dg

RAW_CHECKS = {"payload_is_not_empty", "row_count_has_not_dropped", "schema_has_not_changed"}
COLLECTION_CHECKS = {*RAW_CHECKS, "ids_are_unique", "total_agrees"}


def test_asset_keys_and_groups_contain_the_site(defs, site_name):
    graph = defs.resolve_asset_graph()

    report = dg.AssetKey([site_name, "report"])
    endpoints = {dg.AssetKey([site_name, name]) for name in ("posts", "tags", "raw_terms")}
    assert graph.materializable_asset_keys == {report, *endpoints}
    assert graph.get(report).group_name == site_name
    for key in endpoints:
        assert graph.get(key).group_name == site_name
        assert graph.get(key).kinds == {"wordpress", "s3", "json"}
        assert key.path[-1] in graph.get(key).description


def test_lineage_begins_with_the_site_itself(defs, site_name):
    graph = defs.resolve_asset_graph()
    source = graph.get(dg.AssetKey([site_name, "wordpress"]))

    assert source.is_external
    assert (source.group_name, source.kinds) == (site_name, {"wordpress"})
    assert {key.path[-1] for key in source.child_keys} == {"posts", "tags", "raw_terms"}


def test_an_endpoint_may_have_the_name_that_the_site_itself_has(world, load, site_name):
    world.put_endpoints(f"wordpress={world.url('wp/v2/posts')},tags={world.url('wp/v2/tags')}")

    graph = load().resolve_asset_graph()
    names = {key.path[-1] for key in graph.materializable_asset_keys}
    assert names == {"wordpress", "tags", "report"}
    assert graph.external_asset_keys == set()


def test_the_owners_of_the_settings_are_those_of_all_assets(world, load, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_OWNERS", "team:data, anna@example.org")

    graph = load().resolve_asset_graph()
    assert {tuple(node.owners) for node in graph.asset_nodes} == {("anna@example.org", "team:data")}


def test_characters_that_dagster_refuses_become_underscores(world, load, site_name):
    world.put_endpoints(f"tribe-events.2={world.url('wp/v2/posts')}")

    keys = load().resolve_asset_graph().materializable_asset_keys
    assert keys == {dg.AssetKey([site_name, name]) for name in ("tribe_events_2", "report")}


def test_each_asset_has_its_checks_and_raw_rows_need_no_ids(defs):
    checks: dict[str, set[str]] = {}
    for key in defs.resolve_asset_graph().asset_check_keys:
        checks.setdefault(key.asset_key.path[-1], set()).add(key.name)

    assert checks == {
        "posts": {"answered", *COLLECTION_CHECKS, "references_resolve"},
        "tags": {"answered", *COLLECTION_CHECKS},
        "raw_terms": {"answered", *RAW_CHECKS},
    }


def test_the_names_of_job_schedule_and_sensor_contain_the_site(defs, site_name):
    repository = defs.get_repository_def()

    assert {job.name for job in repository.get_all_jobs()} == {
        f"{site_name}_extraction", "__ASSET_JOB",
    }  # fmt: skip
    assert [schedule.name for schedule in repository.schedule_defs] == [f"{site_name}_daily"]
    assert {sensor.name for sensor in repository.sensor_defs} == {
        f"{site_name}_changes", f"{site_name}_endpoints", f"{site_name}_failures",
        f"{site_name}_report",
    }  # fmt: skip


def test_the_schedule_is_daily_at_seven_utc_and_stopped(defs, site_name):
    schedule = defs.resolve_schedule_def(f"{site_name}_daily")

    assert schedule.cron_schedule == "0 7 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.job_name == f"{site_name}_extraction"
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED


def test_the_schedule_uses_the_time_zone_of_the_site(world, load, site_name, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_TIMEZONE", "Europe/London")

    schedule = load().resolve_schedule_def(f"{site_name}_daily")
    assert schedule.execution_timezone == "Europe/London"


def test_all_sensors_are_stopped(defs):
    for sensor in defs.get_repository_def().sensor_defs:
        assert sensor.default_status is dg.DefaultSensorStatus.STOPPED


def test_the_changes_sensor_targets_the_job(defs, site_name):
    sensor = defs.resolve_sensor_def(f"{site_name}_changes")

    assert sensor.job_name == f"{site_name}_extraction"
    assert sensor.minimum_interval_seconds == 300


def test_the_whole_code_location_is_valid(defs):
    dg.Definitions.validate_loadable(defs)
