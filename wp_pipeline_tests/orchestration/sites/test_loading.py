"""Sites below a Parameter Store path become assets, whatever is wrong with some of them."""

import json

import dagster as dg
import pytest

from wp_pipeline.orchestration.schedules import spread_time
from wp_pipeline_tests.fakes.aws import DEAD_END
from wp_pipeline_tests.orchestration.sites.conftest import PATH, keys_of

pytestmark = pytest.mark.dagster_runs

URL = "https://a.example/wp-json/wp/v2/"
SECRET = "s3cr3t"


def test_each_endpoint_of_each_site_is_an_asset(project):
    project.add("shop", f"{URL}posts,{URL}pages")
    project.add("blog", "", **{"endpoints/news": f"{URL}posts", "endpoints/tags": f"{URL}tags"})
    defs = project.load()

    assert keys_of(defs) == {"shop/posts", "shop/pages", "blog/news", "blog/tags"}
    assert {one.name for one in defs.sensors} == {
        "sites_changes", "sites_endpoints", "sites_failures", "sites_report"
    }  # fmt: skip
    assert [one.name for one in defs.schedules] == ["sites_daily"]


def test_sites_can_have_jobs_schedules_and_sensors_of_their_own(new_project):
    project = new_project(sensors="per site")
    project.add("shop")
    defs = project.load()

    assert keys_of(defs) == {"shop/posts"}
    assert {job.name for job in defs.jobs} == {"shop_extraction"}
    assert {one.name for one in defs.sensors} == {
        "shop_changes", "shop_endpoints", "shop_failures", "shop_report", "sites_endpoints"
    }  # fmt: skip


def test_all_sites_are_read_with_the_fewest_calls(project, aws):
    for n in range(25):
        aws.put_parameters({f"{PATH}site{n}/endpoints": f"{URL}posts"}, "String")
    aws.operations.clear()
    project.load()
    assert aws.operations == ["GetParametersByPath"] * 3


def test_encrypted_endpoints_need_a_call_for_ten_sites_and_credentials_none(project, aws):
    for n in range(24):
        project.add(f"site{n}", credentials=f"user:{SECRET}")
    aws.operations.clear()
    defs = project.load()

    assert aws.operations.count("GetParametersByPath") == 5
    assert aws.operations.count("GetParameters") == 3
    assert len(aws.operations) == 8
    assert len(keys_of(defs)) == 24


def test_the_settings_of_a_site_come_before_those_of_the_component(new_project):
    project = new_project(timezone="Europe/London", prefix="raw")
    project.add("shop", settings=json.dumps({"timezone": "Asia/Tokyo", "daily_at": "23:05"}))
    project.add("blog", bucket="other-bucket", credentials="user:word")
    defs = project.load()

    zones = {one.name: (one.execution_timezone, one.cron_schedule) for one in defs.schedules}
    minute = int(spread_time("blog")[3:])
    assert zones == {
        "sites_daily": ("Europe/London", [f"{minute} 7 * * *"]),
        "sites_daily_Asia_Tokyo": ("Asia/Tokyo", ["5 23 * * *"]),
    }
    described = {
        spec.key.path[0]: spec.description for spec in specs(defs) if spec.key.path[-1] == "posts"
    }
    assert "`raw/shop/posts.json`" in described["shop"]
    assert f"`{PATH}blog/bucket`" in described["blog"]


def test_time_zones_whose_names_are_alike_have_schedules_of_their_own(project):
    for site, zone in (("east", "Etc/GMT-5"), ("west", "Etc/GMT+5")):
        project.add(site, settings=json.dumps({"timezone": zone}))

    schedules = project.load().get_repository_def().schedule_defs
    assert {one.execution_timezone for one in schedules} == {"Etc/GMT-5", "Etc/GMT+5"}


def specs(defs: dg.Definitions) -> list[dg.AssetSpec]:
    return [*defs.resolve_all_asset_specs()]


@pytest.mark.dagster_runs
@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"url": "nonsense"}, f"parameter {PATH}bad/endpoints entry 1 "),
        ({"url": ""}, f"parameter {PATH}bad/endpoints does not exist: create it"),
        ({"settings": "[1]"}, f"parameter {PATH}bad/settings is no JSON object"),
        ({"settings": '{"concurency": 2}'}, f"parameter {PATH}bad/settings has concurency"),
        ({"settings": '{"site": "x"}'}, f"parameter {PATH}bad/settings has site, which is no"),
        ({"settings": '{"concurrency": "many"}'}, "WP_PIPELINE_CONCURRENCY must be a valid"),
        ({"settings": '{"timezone": "Europe/Londn"}'}, "WP_PIPELINE_TIMEZONE is no time zone such"),
        ({"settings": '{"timezone": "Europe"}'}, "WP_PIPELINE_TIMEZONE is no time zone such"),
        ({"settings": '{"owners": "a@b.c"}'}, "WP_PIPELINE_OWNERS takes e-mail addresses as"),
        ({"endpoint": "x"}, f"parameter {PATH}bad/endpoint is none of endpoints, settings,"),
        ({"endpoints/posts": "x"}, f"{PATH}bad/endpoints is a list, and has parameters below it"),
    ],
    ids=["list", "no list", "no object", "unknown", "site", "value", "zone", "folder", "owner",
         "part", "both"],
)  # fmt: skip
def test_a_wrong_site_is_shown_with_the_reason_and_the_others_load(
    project, warnings, parts, reason
):
    project.add("shop")
    project.add("bad", **({"note": "x"} if parts == {"url": ""} else {}) | parts)
    if parts == {"url": ""}:
        project.aws.client("ssm").delete_parameter(Name=f"{PATH}bad/note")
        project.add("bad", "", bucket="b-ucket")
    loaded = []
    (line,) = warnings(lambda: loaded.append(project.load()))

    assert line.startswith(f"sites: 1 of 2 sites are wrong or not up to date: bad: {reason}")
    assert keys_of(loaded[0]) == {"shop/posts", "sites/bad/no_endpoints_found"}
    (advice,) = [one for one in specs(loaded[0]) if one.key.path[-1] == "no_endpoints_found"]
    assert advice.description.startswith(f"bad: {reason}")
    assert advice.group_name == "bad"


def test_a_site_that_became_wrong_keeps_its_assets_with_the_reason(project, warnings):
    project.add("shop", f"{URL}posts,{URL}pages")
    project.load()
    project.add("shop", f"nonsense{SECRET},{URL}posts?key={SECRET}")
    loaded = []

    (line,) = warnings(lambda: loaded.append(project.load()))
    assert keys_of(loaded[0]) == {"shop/posts", "shop/pages"}
    described = [one.description for one in specs(loaded[0]) if one.key.path[-1] == "posts"]
    reason = f"parameter {PATH}shop/endpoints entry 1 "
    assert f"Last known, because this site is wrong:** {reason}" in described[0]
    for text in (line, described[0]):
        assert SECRET not in text
        assert "://a.example" not in text


def test_the_last_known_sites_are_used_while_parameter_store_is_down(
    project, warnings, monkeypatch
):
    for n in range(12):
        project.add(f"site{n}")
    project.load()
    monkeypatch.setenv("AWS_ENDPOINT_URL", DEAD_END)
    loaded = []

    assert warnings(lambda: loaded.append(project.load())) == [
        "sites: using the last known sites and endpoints, because Parameter Store: AWS can't be"
        " reached; check the network and AWS_ENDPOINT_URL"
    ]
    assert len(keys_of(loaded[0])) == 12


def test_sites_that_can_not_be_decrypted_keep_their_last_known_state_with_one_log_line(
    project, aws, warnings
):
    for n in range(12):
        project.add(f"site{n}")
    project.load()
    aws.faults = lambda operation: (500, "made up") if operation == "GetParameters" else None
    project.aws.put_parameters({f"{PATH}plain/endpoints": f"{URL}posts"}, "String")
    loaded = []

    (line,) = warnings(lambda: loaded.append(project.load()))
    assert line.startswith("sites: 12 of 13 sites are wrong or not up to date: site0, site1, ")
    assert "and 7 more: not all of its parameters could be read: Parameter Store: " in line
    assert len(keys_of(loaded[0])) == 13


def test_too_many_requests_are_repeated(project, aws):
    project.add("shop")
    answers = [(400, "ThrottlingException"), None]
    aws.faults = lambda operation: answers.pop(0) if answers else None

    assert keys_of(project.load()) == {"shop/posts"}


def test_without_a_site_there_is_an_asset_that_says_what_to_do(project, warnings):
    loaded = []
    (line,) = warnings(lambda: loaded.append(project.load()))

    assert f"no parameter lies below {PATH}: put {PATH}<site>/endpoints for each site" in line
    assert keys_of(loaded[0]) == {"sites/sites/no_endpoints_found"}


def test_two_sites_never_share_a_prefix(project, warnings):
    """The new site is refused, and the one that was there stays."""
    project.add("zoo", settings='{"prefix": "raw"}')
    project.load()
    project.add("ant", settings='{"prefix": "/raw/"}')
    loaded = []

    (line,) = warnings(lambda: loaded.append(project.load()))
    assert line.endswith(
        "ant: its objects would lie among those of zoo: both have the prefix /raw/; give it"
        " another one"
    )
    assert keys_of(loaded[0]) == {"zoo/posts", "sites/ant/no_endpoints_found"}


def test_the_assets_of_a_deleted_site_are_removed(project):
    project.add("shop")
    project.add("blog")
    project.load()
    project.aws.client("ssm").delete_parameter(Name=f"{PATH}blog/endpoints")

    assert keys_of(project.load()) == {"shop/posts"}
