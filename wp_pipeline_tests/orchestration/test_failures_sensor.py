import dagster as dg
import pytest

from wp_pipeline_tests.fakes.aws import BUCKET, DEAD_END
from wp_pipeline_tests.fakes.subscriber import Subscriber
from wp_pipeline_tests.orchestration.tables.test_runs import build
from wp_pipeline_tests.support.dagster_in_process import execute
from wp_pipeline_tests.support.planted_secrets import AWS, SECRETS
from wp_pipeline_tests.support.secret_search import Search

pytestmark = pytest.mark.dagster_runs

NOTHING_NEW = "Nothing failed and nothing recovered since the last tick."
FORBIDDEN = b'{"code": "rest_forbidden", "message": "Sorry, s3cr3t http://a.example/"}'
NOT_FOUND = b'{"code": "rest_no_route"}'


class Deployment:
    """A site whose runs are executed here, and the failures sensor."""

    def __init__(self, defs: dg.Definitions, site: str, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self._defs = defs
        self._site = site
        self._job = defs.resolve_job_def(f"{site}_extraction")
        self.cursor: str | None = None
        self.tick()

    def tick(self) -> str:
        """Evaluate a tick; return what the UI shows of it."""
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            repository_def=self._defs.get_repository_def(),
        )
        with context:
            data = self._defs.resolve_sensor_def(f"{self._site}_failures").evaluate_tick(context)
        self.cursor = data.cursor
        assert data.run_requests == []
        return data.skip_message or ""

    def run(self, *names: str):
        return execute(self._defs, self._site, self.instance, names)

    def run_all_assets(self):
        """Execute what `Materialize all` in the UI executes."""
        job = self._defs.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(instance=self.instance, raise_on_error=False)

    def run_report(self):
        """Execute what the sensor of the report requests."""
        job = self._defs.resolve_implicit_global_asset_job_def()
        report = job.get_subset(asset_selection={dg.AssetKey([self._site, "report"])})
        return report.execute_in_process(instance=self.instance, raise_on_error=False)

    def crash(self, *path: str) -> dg.DagsterRun:
        """A run whose process was killed; with a path, a run of that asset alone."""
        job = self._job
        if path:
            keys = {dg.AssetKey([self._site, *path])}
            every = self._defs.resolve_implicit_global_asset_job_def()
            job = every.get_subset(asset_selection=keys)
        run = self.instance.create_run_for_job(
            job, status=dg.DagsterRunStatus.STARTED, asset_selection=job.asset_selection or None
        )
        self.instance.report_run_failed(run, "was terminated by signal 9 at http://s3cr3t.example")
        return run

    def cancel(self) -> None:
        run = self.instance.create_run_for_job(self._job, status=dg.DagsterRunStatus.STARTED)
        self.instance.report_run_canceled(run)


@pytest.fixture
def deployment(world, defs, site_name, instance) -> Deployment:
    return Deployment(defs, site_name, instance)


@pytest.fixture
def subscriber(world) -> Subscriber:
    return Subscriber(world.aws.client)


@pytest.fixture
def heal(world):
    """Lets the site answer as at first."""
    sound = world.server.answers
    return lambda: setattr(world.server, "answers", sound)


def test_a_refused_endpoint_is_told_once_with_its_reason_and_then_its_recovery(
    deployment, world, subscriber, site_name, heal
):
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    run = deployment.run()
    assert deployment.tick() == f"Sent: {site_name}: failed: tags"
    (message,) = subscriber.messages()
    assert message["Subject"] == f"{site_name}: failed: tags"
    assert message["Message"] == (
        f"Failed in run {run.run_id}:\ntags: HTTP 403 rest_forbidden: this user may not read it;"
        " grant the permission or remove the endpoint"
    )

    deployment.run()
    assert deployment.tick() == NOTHING_NEW
    assert subscriber.messages() == []

    heal()
    run = deployment.run()
    assert deployment.tick() == f"Sent: {site_name}: recovered: tags"
    (message,) = subscriber.messages()
    assert message["Message"] == f"Recovered in run {run.run_id}: tags"

    deployment.run()
    assert deployment.tick() == NOTHING_NEW
    assert subscriber.messages() == []


def test_one_message_a_run_tells_of_all_its_endpoints(deployment, world, subscriber, heal):
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    deployment.run()
    deployment.tick()
    subscriber.messages()
    deployment.run("posts")  # It says nothing of the tags.
    assert deployment.tick() == NOTHING_NEW

    world.respond("wp/v2/posts", NOT_FOUND, 404)
    deployment.run()
    deployment.tick()
    (message,) = subscriber.messages()
    assert message["Message"].splitlines()[1:] == [
        "posts: HTTP 404 rest_no_route: the site does not serve this route; correct the endpoint",
        "Still failing as told before: tags",
    ]

    heal()
    deployment.run()
    deployment.tick()
    (message,) = subscriber.messages()
    assert "recovered: posts, tags" in message["Subject"]


def test_checks_that_could_not_run_are_reported_with_their_endpoint(
    deployment, world, subscriber, site_name
):
    place = f"GET /{BUCKET}/wordpress-api/tags.json"
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked == place else None
    deployment.run("tags")
    assert deployment.tick() == f"Sent: {site_name}: failed: tags"
    (message,) = subscriber.messages()
    (line,) = message["Message"].splitlines()[1:]
    checks = line.split("; tags: ")
    assert checks[0].startswith("tags: ids_are_unique could not run: S3: access denied; allow")
    assert len(checks) > 2


def test_a_run_that_fails_as_a_whole_is_told(deployment, world, subscriber, site_name, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", DEAD_END)
    deployment.run()
    monkeypatch.delenv("AWS_ENDPOINT_URL_SSM")
    deployment.tick()
    (message,) = subscriber.messages()
    assert message["Subject"] == f"{site_name}: failed: the extraction"
    assert "\nthe extraction: Parameter Store: AWS can't be reached; check" in message["Message"]

    deployment.run()
    deployment.tick()
    (message,) = subscriber.messages()
    assert message["Subject"] == f"{site_name}: recovered: the extraction"


def test_a_killed_run_is_reported_in_our_words(deployment, world, subscriber):
    run = deployment.crash()
    deployment.tick()

    (message,) = subscriber.messages()
    assert message["Message"] == (
        f"Failed in run {run.run_id}:\nthe extraction: its process was killed, or could not be"
        " started; see the run's events, and run it again"
    )


def test_a_report_is_no_recovery_of_the_extraction_or_an_endpoint(
    deployment, world, subscriber, monkeypatch
):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", DEAD_END)
    deployment.run()
    monkeypatch.delenv("AWS_ENDPOINT_URL_SSM")
    deployment.tick()
    subscriber.messages()

    assert deployment.run_report().success
    assert deployment.tick() == NOTHING_NEW


def test_a_report_that_fails_is_told_as_such_and_so_is_its_recovery(
    deployment, world, subscriber, site_name
):
    place = f"PUT /{BUCKET}/wordpress-api/report.html"
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked == place else None
    run = deployment.run_report()
    assert deployment.tick() == f"Sent: {site_name}: failed: the report"
    (message,) = subscriber.messages()
    assert message["Message"].startswith(
        f"Failed in run {run.run_id}:\nthe report: S3: access denied; allow s3:PutObject"
    )

    world.aws.faults = lambda asked: None
    deployment.run()
    assert deployment.tick() == NOTHING_NEW  # The report was not built.
    deployment.run_report()
    assert deployment.tick() == f"Sent: {site_name}: recovered: the report"


def test_a_table_that_fails_is_told_as_such_and_recovers_when_it_is_built(
    world, load, instance, subscriber, site_name, monkeypatch
):
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    defs = load()
    deployment = Deployment(defs, site_name, instance)
    deployment.run()
    place = f"PUT /{BUCKET}/wordpress-api-tables/posts/posts.parquet"
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked == place else None
    build(defs, site_name, instance, "posts", "tags")
    assert deployment.tick() == f"Sent: {site_name}: failed: the table posts"
    (message,) = subscriber.messages()
    assert "\nthe table posts: S3: access denied; allow s3:PutObject" in message["Message"]

    assert build(defs, site_name, instance, "tags").success
    assert deployment.tick() == NOTHING_NEW
    world.aws.faults = lambda asked: None
    assert build(defs, site_name, instance, "posts").success
    assert deployment.tick() == f"Sent: {site_name}: recovered: the table posts"


def test_a_killed_run_of_the_report_names_the_report(deployment, subscriber, site_name):
    deployment.crash("report")

    assert deployment.tick() == f"Sent: {site_name}: failed: the report"


def test_a_canceled_run_is_not_told(deployment, subscriber):
    deployment.cancel()

    assert deployment.tick() == NOTHING_NEW
    assert subscriber.messages() == []


def test_runs_of_the_ui_are_told_too(deployment, world, subscriber):
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    deployment.run_all_assets()
    deployment.tick()

    assert len(subscriber.messages()) == 1


def test_runs_of_another_job_are_not_told(deployment, subscriber):
    @dg.op
    def failing():
        raise ValueError("http://s3cr3t.example")

    @dg.job
    def other():
        failing()

    other.execute_in_process(instance=deployment.instance, raise_on_error=False)

    assert deployment.tick() == NOTHING_NEW
    assert subscriber.messages() == []


def test_failures_before_the_sensor_was_turned_on_are_not_reported(
    world, subscriber, defs, site_name, instance
):
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    execute(defs, site_name, instance)
    deployment = Deployment(defs, site_name, instance)  # Its first tick.

    assert deployment.tick() == NOTHING_NEW
    deployment.run()
    deployment.tick()
    assert len(subscriber.messages()) == 1


def test_without_the_parameter_nobody_is_told_until_it_exists(deployment, world):
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    deployment.run()
    assert deployment.tick() == (
        "Nobody is told: there is no parameter /sns/pipeline/wordpressapi/raw."
    )
    assert deployment.tick() == NOTHING_NEW
    assert "Publish" not in world.aws.operations

    subscriber = Subscriber(world.aws.client)
    deployment.run()
    deployment.tick()
    assert len(subscriber.messages()) == 1


def test_a_message_that_is_not_sent_is_a_warning_and_is_sent_by_the_next_tick(
    deployment, world, subscriber, capfd
):
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    deployment.run()
    denied = (403, "AuthorizationError")
    world.aws.faults = lambda operation: denied if operation == "Publish" else None
    reason = "o message was sent: SNS: access denied; allow sns:Publish"

    capfd.readouterr()
    assert deployment.tick() == f"N{reason}"
    assert capfd.readouterr().err.count(f"WARNING - n{reason}") == 1
    world.aws.faults = lambda operation: None
    deployment.tick()
    assert len(subscriber.messages()) == 1


def test_a_tick_in_which_nothing_happened_asks_nothing_of_aws(deployment, world):
    deployment.run()
    world.aws.operations.clear()

    assert deployment.tick() == NOTHING_NEW
    assert world.aws.operations == []


def test_more_runs_than_a_tick_reads_are_told_by_the_next(deployment, world, subscriber):
    for _ in range(30):
        deployment.cancel()
    world.respond("wp/v2/tags", FORBIDDEN, 403)
    deployment.run()

    assert deployment.tick() == NOTHING_NEW
    deployment.tick()
    assert len(subscriber.messages()) == 1


def test_a_cursor_of_another_format_counts_as_none(deployment):
    deployment.cursor = '{"position": "x"}'

    assert "From now on" in deployment.tick()


def test_no_message_and_no_cursor_holds_a_secret(
    world, load, subscriber, site_name, instance, monkeypatch
):
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)
    secret = SECRETS["random part"]
    world.extract_these("posts", also=f"a={world.url(f'x/a_{secret}')}")
    world.respond(
        "wp/v2/posts", f'{{"code": "http://{secret}/", "message": "{secret}"}}'.encode(), 400
    )
    deployment = Deployment(load(), site_name, instance)
    deployment.run()
    shown = deployment.tick()
    (message,) = subscriber.texts()

    assert "a: HTTP 404" in message
    for text in (message, shown, deployment.cursor):
        assert Search(SECRETS).found_in(text.encode()) == set()
        assert "://" not in text
        assert "127.0.0.1" not in text
