import socket
import subprocess
import sys

import boto3
import pytest

from wp_pipeline.sandbox.local_aws import (
    BUCKET,
    CHOSEN_PORTS,
    LocalAws,
    SandboxError,
    free_port,
    is_free,
    stop,
    wait_for,
)
from wp_pipeline_tests.support.dagster_api import wait_until


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lake")


@pytest.fixture(scope="module")
def local_aws(folder):
    with LocalAws(folder) as aws:
        yield aws


@pytest.fixture
def client(local_aws, monkeypatch):
    """Builds clients from the environment alone."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    return lambda service: boto3.session.Session().client(service)


def test_parameters_are_put_and_read_back_decrypted(local_aws, client):
    local_aws.put_parameters({"/a": "one", "/b": "two"})
    local_aws.put_parameters({"/a": "changed"})

    found = client("ssm").get_parameters(Names=["/a", "/b"], WithDecryption=True)["Parameters"]
    assert {one["Name"]: one["Value"] for one in found} == {"/a": "changed", "/b": "two"}
    assert {one["Type"] for one in found} == {"SecureString"}


def test_objects_are_plain_files_in_the_folder(client, folder):
    s3 = client("s3")
    s3.put_object(Bucket=BUCKET, Key="wordpress-api/posts.json", Body=b"[1]",
                  Metadata={"sha256": "abc"})  # fmt: skip

    assert (folder / BUCKET / "wordpress-api" / "posts.json").read_bytes() == b"[1]"
    head = s3.head_object(Bucket=BUCKET, Key="wordpress-api/posts.json")
    assert {key.lower(): value for key, value in head["Metadata"].items()}["sha256"] == "abc"


def test_the_environment_leads_to_this_machine_and_no_account(local_aws):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        assert local_aws.environment[name].startswith("http://127.0.0.1:")
    assert local_aws.environment["AWS_EC2_METADATA_DISABLED"] == "true"
    assert "sandbox" in local_aws.environment["AWS_ACCESS_KEY_ID"]


def test_the_servers_stop_with_the_context(tmp_path):
    with LocalAws(tmp_path) as aws:
        urls = [aws.environment[name] for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")]
    ports = [int(url.rpartition(":")[2]) for url in urls]

    for port in ports:
        with socket.socket() as attempt:
            assert attempt.connect_ex(("127.0.0.1", port)) != 0


def test_a_port_in_use_is_not_free():
    port = free_port()
    assert is_free(port)

    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)


def test_a_chosen_port_is_none_that_the_system_gives_to_others():
    with socket.create_server(("127.0.0.1", 0)) as given:
        assert free_port() < CHOSEN_PORTS.stop <= given.getsockname()[1]


def test_a_server_that_does_not_start_is_reported_in_one_line():
    process = subprocess.Popen([sys.executable, "-c", ""])

    with pytest.raises(SandboxError, match=r"the local S3 .* did not start"):
        wait_for(free_port(), process)
    stop(process)


SANDBOX = """
import sys, time
from pathlib import Path
from wp_pipeline.sandbox.local_aws import LocalAws
with LocalAws(Path(sys.argv[1])) as aws:
    print(aws.environment["AWS_ENDPOINT_URL_S3"], flush=True)
    time.sleep(60)
"""


@pytest.mark.processes
def test_the_local_s3_ends_when_the_sandbox_is_killed(tmp_path):
    command = [sys.executable, "-c", SANDBOX, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        port = int(sandbox.stdout.readline().strip().rpartition(":")[2])
        assert not is_free(port)
        sandbox.kill()

    wait_until(lambda: is_free(port), 20)
