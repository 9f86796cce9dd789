"""Thousands of parameters are read in few calls, and never more than is wanted."""

import socket
import time

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsUnavailable
from wp_pipeline.aws.parameter_tree import Deadline, read_tree, read_values
from wp_pipeline.aws.parameters import ParameterStore

SECRET = "s3cr3t"
DENIED = (400, "AccessDeniedException")


@pytest.fixture
def store(aws) -> ParameterStore:
    return ParameterStore(lambda: build_client("ssm", 2.0))


def tree_of(store: ParameterStore, seconds: float = 10.0):
    def is_wanted(name: str) -> bool:
        return not name.endswith("/credentials")

    return read_tree("/sites/", is_wanted, store, Deadline(seconds, 2.0))


def test_only_requested_parameters_are_decrypted(aws, store):
    aws.put_parameters({f"/sites/s{n}/endpoints": f"list {n}" for n in range(12)})
    aws.put_parameters({f"/sites/s{n}/credentials": SECRET for n in range(12)})
    aws.put_parameters({"/sites/s0/settings": "{}", "/sitesx/y": "not below"}, "String")
    aws.operations.clear()
    tree = tree_of(store)

    assert aws.operations.count("GetParametersByPath") == 3
    assert aws.operations.count("GetParameters") == 2
    assert {name: text for name, text in tree.values.items() if text is not None} == {
        **{f"/sites/s{n}/endpoints": f"list {n}" for n in range(12)},
        "/sites/s0/settings": "{}",
    }
    assert tree.values["/sites/s0/credentials"] is None
    assert SECRET not in repr(tree)


def test_a_refused_batch_does_not_stop_the_others(aws, store):
    names = [f"/sites/s{n:02}/endpoints" for n in range(20)]
    aws.put_parameters(dict.fromkeys(names, "list"))
    answers = [DENIED]
    aws.faults = lambda operation: answers.pop() if answers else None
    values, unread = read_values(names, store, Deadline(10.0, 2.0))

    assert len(values) == len(unread) == 10
    assert {*values, *unread} == {*names}


def test_a_throttled_call_is_repeated_and_nothing_is_left_out(aws, store):
    aws.put_parameters({f"/sites/s{n}/endpoints": "list" for n in range(12)}, "String")
    calls = []

    def faults(operation):
        calls.append(operation)
        return (400, "ThrottlingException") if len(calls) == 2 else None

    aws.faults = faults
    assert len(tree_of(store).values) == 12
    assert len(calls) == 3


def test_no_call_begins_when_the_time_is_nearly_over(aws, store):
    with pytest.raises(AwsUnavailable, match=r"^Parameter Store: not all was read in time; check"):
        tree_of(store, seconds=1.0)
    assert aws.operations == []


def test_a_parameter_store_that_does_not_answer_is_called_once(monkeypatch, no_account):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        store = ParameterStore(lambda: build_client("ssm", 1.0))
        began = time.monotonic()
        with pytest.raises(AwsUnavailable):
            tree_of(store)
        assert time.monotonic() - began < 3
