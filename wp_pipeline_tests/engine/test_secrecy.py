"""Nothing that Dagster stores or prints holds an endpoint's URL, a password or AWS credentials.

A deployment runs sites with every fault beside code that leaks secrets. The search must find what
the leaking code leaves, in each place, and nothing of ours.
"""

import json
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import product
from pathlib import Path

import pytest

from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws
from wp_pipeline_tests.fakes.faulty_sites import environment, faulty_sites
from wp_pipeline_tests.faults.fault_servers import PATIENT
from wp_pipeline_tests.faults.site import ALL_SITE_FAULTS
from wp_pipeline_tests.support.deployments.dagster_deployment import Deployment
from wp_pipeline_tests.support.deployments.leaking_code import PLANTED
from wp_pipeline_tests.support.planted_secrets import SECRETS
from wp_pipeline_tests.support.secret_search import Search

SENSORS = tuple(f"{name}_changes" for name in ("well", "down", "vanished", "garbled", "forbidden"))
RUNS_OF_ALL = 3
RUNS = RUNS_OF_ALL + 2  # the changes of the site without a fault; the leaking code
# The pauses between tries are longer in a real run than in the tests of the table.
TAKES_TOO_LONG = ("poisoned_item",)

PLACES = {
    "runs": "dagster/history/runs.db: runs.run_body",
    "runs' tags": "dagster/history/runs.db: run_tags.value",
    "snapshots of definitions": "dagster/history/runs.db: snapshots.snapshot_body",
    "events": "dagster/history/runs/*-*.db: event_logs.event",
    "events of assets": "dagster/history/runs/index.db: event_logs.event",
    "assets": "dagster/history/runs/index.db: asset_keys.last_materialization",
    "ticks of sensors": "dagster/schedules/schedules.db: job_ticks.tick_body",
    "cursors of sensors": "dagster/schedules/schedules.db: instigators.instigator_body",
    "logs of sensors": "dagster/storage/__repository__/*/*.err",
    "standard output of runs": "dagster/storage/*/compute_logs/*.out",
    "standard error of runs": "dagster/storage/*/compute_logs/*.err",
    "output of all processes": "output",
    "GraphQL: runs": "graphql/runsOrError.json",
    "GraphQL: events": "graphql/logsForRun *.json",
    "GraphQL: captured logs": "graphql/capturedLogs *.json",
    "GraphQL: sensors and ticks": "graphql/sensorsOrError leaking.json",
    "GraphQL: definitions": "graphql/repositoryOrError leaking.json",
    "GraphQL: errors while loading": "graphql/location leaking_when_loaded.json",
    "keys and metadata in the bucket": "bucket/objects.json",
    "tags in the bucket": "bucket/tags.json",
}
NOT_TAKEN_BY_S3 = ("tags in the bucket", "percent-encoded")  # A tag may not contain a percent sign.
PLANTED_IN = sorted(set(product(PLACES, PLANTED)) - {NOT_TAKEN_BY_S3})

UNKNOWN_USER = "posts: the site does not accept the user or the application password"
VANISHED = "parameter /vanished/endpoints does not exist"
GARBLED = "parameter /garbled/endpoints entry 1 is not an http(s) URL; entry 2 carries a user"
FORBIDDEN = "Parameter Store: access denied; allow ssm:GetParametersByPath"
OUR_SENSORS = "sensorsOrError wp_pipeline*"
OCCURRED = (
    ("runsOrError*", '"Run_status": "SUCCESS"'),
    ("runsOrError*", '"Run_status": "FAILURE"'),
    ("logsForRun*", "posts: published, 7 rows"),
    ("logsForRun*", UNKNOWN_USER),
    ("logsForRun*", VANISHED),
    ("logsForRun*", GARBLED),
    ("logsForRun*", FORBIDDEN),
    ("logsForRun*", "posts: S3: access denied; allow s3:PutObject"),
    ("logsForRun*", "terms: S3: access denied; allow s3:GetObject"),
    ("capturedLogs*", UNKNOWN_USER),
    (OUR_SENSORS, 'InstigationTick_cursor": "{\\"began'),
    (OUR_SENSORS, "; posts: the connection was refused or reset"),  # A reason to skip.
    (OUR_SENSORS, VANISHED),
    (OUR_SENSORS, GARBLED),
    (OUR_SENSORS, FORBIDDEN),
    ("sensorDryRun*", GARBLED),
    ("location misconfigured*", "Mars/Olympus"),
)


@dataclass(frozen=True)
class LeftBehind:
    folder: Path
    leaks: frozenset[tuple[str, str]]
    secrets: frozenset[str]

    def answers(self, names: str) -> str:
        """Return what the webserver answered, from the files of these names."""
        files = sorted((self.folder / "graphql").glob(names))
        assert files, names
        return "\n".join(path.read_text() for path in files)

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()


@pytest.fixture(scope="module")
def left(aws_server: FakeAws, tmp_path_factory: pytest.TempPathFactory) -> LeftBehind:
    aws_server.forget()
    deployment = Deployment(tmp_path_factory.mktemp("deployment"))
    with faulty_sites() as faulty:
        faulty.put_first_parameters(aws_server)
        faulty.store_objects_of("down", aws_server)
        deployment.prepare(faulty.sites)
        with deployment.running(environment(aws_server)):
            faulty.put_later_parameters(aws_server)
            deployment.reload()
            deployment.start_sensors(*SENSORS)
            deployment.launch_everything(RUNS_OF_ALL)
            deployment.try_sensor("garbled_changes")
            deployment.wait(RUNS)
            deployment.dump()
    keep_bucket(aws_server, deployment.left / "bucket")
    leaks = Search(faulty.secrets | PLANTED).leaks_below(deployment.left)
    return LeftBehind(deployment.left, frozenset(leaks), frozenset(faulty.secrets))


def keep_bucket(aws: FakeAws, folder: Path) -> None:
    """Save the metadata and tags of all objects, but not their content, which is the site's."""
    s3 = aws.client("s3")
    keys = aws.keys()
    heads = {key: aws.head(key) for key in keys}
    tags = [s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"] for key in keys]
    folder.mkdir()
    (folder / "tags.json").write_text(json.dumps(tags))
    (folder / "objects.json").write_text(json.dumps(heads, default=str))


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_in_no_place(left, secret):
    assert sorted(place for name, place in left.leaks if name == secret) == []


def test_no_host_and_port_of_a_site_is_in_any_place(left):
    assert sorted(leak for leak in left.leaks if leak[0] in left.secrets - set(SECRETS)) == []


@pytest.mark.parametrize(("place", "form"), PLANTED_IN)
def test_a_secret_that_code_leaks_is_found(left, place, form):
    places = [found for name, found in left.leaks if name == form]

    assert [found for found in places if fnmatch(found, PLACES[place])] != []


@pytest.mark.parametrize("fault", ALL_SITE_FAULTS, ids=lambda fault: fault.name)
def test_every_fault_of_a_site_occurred(left, fault):
    if fault.outcome == "published":
        expected = f"{fault.name}: published, "
    elif fault.settings == PATIENT and fault.name not in TAKES_TOO_LONG:
        expected = f"{fault.name}: {fault.message}"
    else:
        expected = f"{fault.name}: "

    assert json.dumps(expected, ensure_ascii=False)[1:-1] in left.answers("logsForRun *")


@pytest.mark.parametrize(("where", "what"), OCCURRED)
def test_every_other_expected_message_occurred(left, where, what):
    assert what in left.answers(where)


def test_logs_of_libraries_were_captured(left):
    assert "Found credentials in environment variables." in left.answers("logsForRun *")
    assert "DEBUG:urllib3.connectionpool:Starting new HTTP connection" in left.output


def test_the_code_location_was_loaded_without_parameter_store(left):
    denied = "Parameter Store: access denied; allow ssm:GetParametersByPath"
    assert f"forbidden: using the last known endpoints, because {denied}" in left.output
    assert "never_known: no endpoints found, so there are no assets." in left.output


def test_the_state_of_the_definitions_was_searched(left):
    (state,) = left.folder.glob("definitions state/wp_pipeline/*__well__/state")
    assert [entry["name"] for entry in json.loads(state.read_text())] == ["posts", "terms"]
