"""botocore's descriptions of services, read faster than botocore does."""

import pytest
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader

from wp_pipeline.aws.service_descriptions import shared_loader

# That of this process may hold descriptions that botocore has changed for a client.
new_loader = shared_loader.__wrapped__


class BotocoresFileLoader(JSONFileLoader):
    """Reads each file anew, also while a fixture keeps descriptions that a client has changed."""

    load_file = JSONFileLoader.load_file  # Before any fixture replaces it.


def botocores_loader() -> Loader:
    return Loader(file_loader=BotocoresFileLoader())


@pytest.mark.parametrize("service", ["ssm", "s3", "sns", "sts", "glue", "sso-oidc"])
@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1"])
def test_a_description_is_that_of_botocores_own_loader(service, kind):
    found = new_loader(None).load_service_model(service, kind)

    assert found == botocores_loader().load_service_model(service, kind)


def test_every_service_of_botocore_is_known():
    known = set(new_loader(None).list_available_services("service-2"))

    assert known >= set(botocores_loader().list_available_services("service-2"))


def test_a_service_that_does_not_exist_is_refused():
    with pytest.raises(UnknownServiceError):
        new_loader(None).load_service_model("no-service", "service-2")


def test_a_description_that_a_service_lacks_is_refused():
    with pytest.raises(DataNotFoundError):
        new_loader(None).load_service_model("sts", "waiters-2")


def test_descriptions_are_found_in_folders_of_the_user(tmp_path):
    folder = tmp_path / "ours" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text('{"metadata": {}}')

    assert new_loader(str(tmp_path)).load_service_model("ours", "service-2") == {"metadata": {}}
