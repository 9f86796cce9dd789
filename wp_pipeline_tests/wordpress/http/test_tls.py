"""Certificates are verified, and the environment cannot turn that off."""

import pytest

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import SiteNotTrusted
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline_tests.fakes.raw_server import RawServer, http_answer
from wp_pipeline_tests.support.certificates import Certificate, without_intermediate
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


NO_CERTIFICATES = (
    "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is missing, or has no certificates;"
    " correct the variable"
)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    "text", [None, "", "hush\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_certificates_is_not_taken_for_a_fault_of_the_site(
    server, client, deadline, tmp_path, monkeypatch, variable, text
):
    if text is not None:
        (tmp_path / "hush.pem").write_text(text)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "hush.pem"))

    with pytest.raises(SiteNotTrusted) as refusal:
        client.get(Address(f"{server.url}/hush"), deadline)

    assert str(refusal.value) == NO_CERTIFICATES
    assert not refusal.value.retry_may_help
    assert_holds_no_secret(refusal.value, "hush", str(server.port))


@pytest.fixture
def refusal_of(client, deadline, tmp_path, monkeypatch):
    """Returns the reason why a server's certificate is refused, though its authority is trusted."""

    def refusing(trusted: Certificate, shown: Certificate) -> str:
        (tmp_path / "trusted.pem").write_bytes(trusted.pem)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "trusted.pem"))
        server = RawServer(http_answer(), context=shown.context)
        with pytest.raises(SiteNotTrusted) as refusal:
            client.get(Address(f"{server.url}/hush"), deadline)
        server.stop()
        assert_holds_no_secret(refusal.value, "hush", str(server.port))
        return str(refusal.value)

    return refusing


EXPIRED = "the certificate is not valid: it has expired; renew it"
ANOTHER_HOST = "the certificate is not valid for this host; correct the endpoint or the certificate"


def test_an_expired_certificate_of_a_trusted_issuer_is_named(refusal_of):
    root = Certificate(name="Root")

    assert refusal_of(root, Certificate(ended=True, issuer=root)) == EXPIRED


@pytest.mark.parametrize("host", ["lantern.example", "127.0.0.2"])
def test_a_trusted_certificate_for_another_host_is_named(refusal_of, host):
    root = Certificate(name="Root")

    assert refusal_of(root, Certificate(host, issuer=root)) == ANOTHER_HOST


def test_an_incomplete_chain_and_an_invalid_certificate_have_different_messages(refusal_of):
    reason = refusal_of(*without_intermediate())

    assert reason.startswith("the server does not send its certificate's issuer")
    assert "not valid" not in reason
