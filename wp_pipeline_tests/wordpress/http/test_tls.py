"""Certificates are verified, and the environment cannot turn that off."""

import pytest

from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.errors import SiteNotTrusted
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline_tests.fakes.raw_server import RawServer, http_answer
from wp_pipeline_tests.support.certificates import Certificate
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret


@pytest.fixture
def certificate() -> Certificate:
    return Certificate()


@pytest.fixture
def server(certificate):
    server = RawServer(http_answer(b'[{"id":1}]'), context=certificate.context)
    yield server
    server.stop()


def test_a_certificate_of_a_configured_authority_is_accepted(
    server, certificate, client, deadline, tmp_path, monkeypatch
):
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificate.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))

    assert bytes(client.get(Address(server.url), deadline).body) == b'[{"id":1}]'


@pytest.mark.parametrize(
    "environment",
    [{}, {"REQUESTS_CA_BUNDLE": ""}, {"CURL_CA_BUNDLE": ""}, {"PYTHONHTTPSVERIFY": "0"}],
    ids=str,
)
def test_no_environment_variable_disables_verification(server, deadline, monkeypatch, environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    login = Credentials("editor", "hush")
    client = HttpClient("tests", credentials=login, origin=Address(server.url).origin)

    with pytest.raises(SiteNotTrusted, match="certificate is not valid") as refusal:
        client.get(Address(f"{server.url}/hush"), deadline)

    assert server.heads == []
    assert_holds_no_secret(refusal.value, "hush", str(server.port))
