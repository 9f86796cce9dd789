"""One sensor of each kind for all sites."""

import json
from collections.abc import Callable
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from sample_site.site import SampleSite
from wp_pipeline_tests.fakes.raw_server import RawServer
from wp_pipeline_tests.fakes.subscriber import Subscriber
from wp_pipeline_tests.orchestration.sites.conftest import PATH, Project

pytestmark = pytest.mark.dagster_runs

RETRY = {"dagster/max_retries": "2", "dagster/retry_strategy": "FROM_ASSET_FAILURE"}


class Sites:
    """A project with sites, loaded, and its sensors."""

    def __init__(self, project: Project, serve: Callable, instance: dg.DagsterInstance) -> None:
        self.project = project
        self.instance = instance
        self.servers = {}
        self._serve = serve
        self._cursors: dict[str, str | None] = {}

    def add(self, site: str, **parts: str) -> None:
        server = self._serve(SampleSite({"posts": 3, "tags": 2}, volatile=False))
        self.servers[site] = server
        self.project.add(site, f"{server.url}/wp-json/wp/v2/posts", **parts)

    def load(self) -> None:
        self.defs = self.project.load()
        self.repository = self.defs.get_repository_def()

    def tick(self, kind: str):
        given = self.repository.get_top_level_resources()
        sensor = self.defs.resolve_sensor_def(f"sites_{kind}")
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self._cursors.get(kind),
            repository_def=self.repository,
            resources={name: given[name] for name in sensor.required_resource_keys},
        )
        with context:
            data = sensor.evaluate_tick(context)
        self._cursors[kind] = data.cursor
        return data

    def run(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        job = self.defs.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=request.asset_selection,
            run_config=request.run_config,
            tags=dict(request.tags),
            raise_on_error=False,
        )


@pytest.fixture
def sites(project, serve, instance) -> Sites:
    return Sites(project, serve, instance)


def test_there_is_one_run_for_each_site_that_changed_with_its_tag(sites):
    sites.add("shop")
    sites.add("blog")
    sites.load()
    requests = sites.tick("changes").run_requests

    assert {one.tags["wordpress/site"]: one.asset_selection for one in requests} == {
        "shop": [dg.AssetKey(["shop", "posts"])],
        "blog": [dg.AssetKey(["blog", "posts"])],
    }
    assert len({one.run_key for one in requests}) == 2
    for request in requests:
        assert request.tags.items() >= RETRY.items()
        assert sites.run(request).success
    assert sites.project.aws.keys() == [
        "wordpress-api/blog/posts.json",
        "wordpress-api/shop/posts.json",
    ]


def test_a_site_is_not_looked_at_again_before_its_interval_is_over(sites):
    sites.add("shop", settings='{"changes_interval": 3600}')
    sites.load()
    sites.tick("changes")
    sites.servers["shop"].requests.clear()

    assert sites.tick("changes").skip_message == "No site is due."
    assert sites.servers["shop"].requests == []


def test_a_site_without_collections_asks_for_no_run_when_its_outlines_are_due(sites):
    url = "https://a.example/wp-json/mo/v1/odd"
    sites.project.add("forms", url, settings='{"outline_interval": 0.001}')
    sites.load()

    assert sites.tick("changes").run_requests == []  # An empty one would be of all sites.


def test_a_site_with_a_run_is_left_alone(sites):
    sites.add("shop")
    sites.load()
    job = sites.defs.resolve_implicit_global_asset_job_def()
    sites.instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTED, tags={"wordpress/site": "shop"}
    )

    reason = sites.tick("changes").skip_message
    assert reason == "No site is due; runs of shop have not ended yet."


def test_a_site_that_fails_does_not_stop_the_others(sites, capfd):
    sites.add("shop")
    sites.add("bad")
    sites.load()
    sites.project.add("bad", "nonsense?key=s3cr3t")
    data = sites.tick("changes")
    logged = "".join(capfd.readouterr())

    assert [one.tags["wordpress/site"] for one in data.run_requests] == ["shop"]
    assert f"bad: parameter {PATH}bad/endpoints entry 1 " in logged
    assert "s3cr3t" not in data.cursor + logged


def test_a_changed_list_is_reported_in_one_line(sites):
    for site in ("shop", "blog", "old"):
        sites.add(site)
    sites.load()
    assert sites.tick("endpoints").skip_message.startswith("All 3 sites are loaded")

    sites.add("new")
    sites.project.add("shop", f"{sites.servers['shop'].url}/wp-json/wp/v2/tags")
    sites.project.add("blog", settings='{"concurrency": 2}', url="")
    sites.project.aws.client("ssm").delete_parameter(Name=f"{PATH}old/endpoints")
    reason = sites.tick("endpoints").skip_message
    assert reason.startswith(
        "The sites in Parameter Store differ from the assets: drop old, blog: other settings, add"
        " new, shop: add tags; drop posts. Reload the code location"
    )
    assert "://" not in reason


def test_a_site_whose_prefix_another_one_has_is_no_difference_until_it_has_its_own(sites):
    for site in ("shop", "blog"):
        sites.add(site, settings='{"prefix": "same"}')
    sites.load()
    assert sites.tick("endpoints").skip_message.startswith("All 1 sites are loaded")

    sites.project.add("shop", settings='{"prefix": "other"}', url="")
    assert ": add shop. Reload" in sites.tick("endpoints").skip_message


def test_failures_of_each_site_have_a_message_of_their_own(sites):
    subscriber = Subscriber(sites.project.aws.client)
    server = RawServer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
    for site in ("shop", "blog"):
        sites.project.add(site, f"{server.url}/wp-json/wp/v2/posts")
    sites.load()
    sites.tick("failures")
    for site in ("shop", "blog"):
        sites.run(dg.RunRequest(asset_selection=[dg.AssetKey([site, "posts"])]))

    reason = sites.tick("failures").skip_message
    server.stop()
    assert reason == "Sent: shop: failed: posts, Sent: blog: failed: posts"
    assert [mail["Subject"] for mail in subscriber.messages()] == [
        "shop: failed: posts", "blog: failed: posts"
    ]  # fmt: skip
    assert sites.tick("failures").skip_message.startswith("Nothing failed")


def test_a_site_whose_topic_is_wrong_does_not_hold_up_the_messages_of_others(sites):
    subscriber = Subscriber(sites.project.aws.client)
    sites.project.aws.put_parameters({"/sns/wrong": "no ARN"})
    server = RawServer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
    for site, topic in (("blog", "/sns/pipeline/wordpressapi/raw"), ("shop", "/sns/wrong")):
        settings = json.dumps({"alerts_parameter": topic})
        sites.project.add(site, f"{server.url}/wp-json/wp/v2/posts", settings=settings)
    sites.load()
    sites.tick("failures")
    for names in (["shop"], ["blog"], ["blog", "shop"]):
        keys = [dg.AssetKey([name, "posts"]) for name in names]
        sites.run(dg.RunRequest(asset_selection=keys))

    reason = sites.tick("failures").skip_message
    server.stop()
    assert reason.count("shop: no message was sent: parameter /sns/wrong") == 2
    assert [mail["Subject"] for mail in subscriber.messages()] == ["blog: failed: posts"]
    assert sites.tick("failures").skip_message.startswith("Nothing failed")


def test_what_was_told_is_not_told_again_while_the_message_of_another_site_is_not_sent(sites):
    subscriber = Subscriber(sites.project.aws.client)
    server = RawServer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
    for site in ("blog", "shop"):
        sites.project.add(site, f"{server.url}/wp-json/wp/v2/posts")
    sites.load()
    sites.tick("failures")
    keys = [dg.AssetKey([name, "posts"]) for name in ("blog", "shop")]
    sites.run(dg.RunRequest(asset_selection=keys))
    server.stop()
    published: list[str] = []

    def second_fails(operation: str) -> tuple[int, str] | None:
        published.extend([operation] if operation == "Publish" else [])
        return (400, "Throttled") if len(published) > 1 and operation == "Publish" else None

    sites.project.aws.faults = second_fails
    assert "shop: no message was sent" in sites.tick("failures").skip_message
    sites.project.aws.faults = lambda operation: None
    assert sites.tick("failures").skip_message == "Sent: shop: failed: posts"
    assert sorted(mail["Subject"] for mail in subscriber.messages()) == [
        "blog: failed: posts", "shop: failed: posts"
    ]  # fmt: skip


def test_the_schedule_asks_for_one_run_of_each_site_at_its_own_minute(sites):
    for n in range(6):
        sites.add(f"site{n}")
    sites.add("early", settings='{"daily_at": "05:30"}')
    sites.load()
    (schedule,) = sites.defs.schedules
    asked: dict[str, str] = {}
    for cron in schedule.cron_schedule:
        minutes, hour = cron.split()[:2]
        for minute in minutes.split(","):
            at = datetime(2026, 11, 26, int(hour), int(minute), tzinfo=timezone.utc)
            context = dg.build_schedule_context(scheduled_execution_time=at)
            for request in schedule.evaluate_tick(context).run_requests:
                asked[request.tags["wordpress/site"]] = f"{at:%H:%M}"
                assert request.run_key == f"{request.tags['wordpress/site']} 2026-11-26"

    assert asked.keys() == {*(f"site{n}" for n in range(6)), "early"}
    assert asked.pop("early") == "05:30"
    assert all(time.startswith("07:") for time in asked.values())
    assert len(set(asked.values())) > 3


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", "2026-03-29"),
        ("Europe/Berlin", "2026-10-25"),
        ("Africa/Cairo", "2026-04-24"),
    ],
)
def test_the_schedule_asks_for_each_site_once_on_days_with_23_or_25_hours(sites, zone, day):
    times = ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    for time in times:
        sites.add(
            f"at_{time.replace(':', '')}",
            settings=f'{{"daily_at": "{time}", "timezone": "{zone}"}}',
        )
    sites.load()
    (schedule,) = sites.defs.schedules
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    asked: dict[tuple[str, float], str] = {}  # Dagster knows a request by its key and time.
    for at in schedule_execution_time_iterator(begin.timestamp(), schedule.cron_schedule, zone):
        if at.timestamp() >= begin.timestamp() + 6 * 3600:
            break
        sent = datetime.fromtimestamp(at.timestamp(), timezone.utc)  # As the daemon sends it.
        context = dg.build_schedule_context(scheduled_execution_time=sent)
        for one in schedule.evaluate_tick(context).run_requests:
            asked[one.run_key or "", at.timestamp()] = one.tags["wordpress/site"]

    assert sorted(asked.values()) == sorted(f"at_{time.replace(':', '')}" for time in times)


def test_the_stored_state_holds_no_url_and_no_credential(sites):
    sites.add("shop", credentials="user:s3cr3t")
    sites.load()
    kept = [*sites.project.state_files()]

    assert kept
    for file in kept:
        text = file.read_text()
        assert json.loads(text)["shop"]["endpoints"] == {"posts": True}
        assert "s3cr3t" not in text
        assert "http" not in text
