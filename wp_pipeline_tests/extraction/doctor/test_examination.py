"""What the doctor says of a world in which nothing is wrong, and of one in which much is."""

from dataclasses import asdict

import pytest

from sample_site.messages import Answer
from wp_pipeline.extraction.doctor import registry
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import LOOK_AT, MEND, OK
from wp_pipeline.extraction.doctor.registry import checks_for, findings_of
from wp_pipeline.settings import DECLARED, Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.support.recorded_needs import STATEMENTS, listed, not_allowed, recorded

pytestmark = pytest.mark.faults

OPTIONAL = [action for one in STATEMENTS["doctor"] for action in listed(one["Action"])]


def test_without_a_fault_every_line_is_ok_and_nothing_is_stored(well, examined):
    found = examined()

    assert [one for one in found if one.state != OK] == []
    assert [
        (one.check, one.detail) for one in found if one.check in ("posts", "tags", "topic")
    ] == [
        ("topic", "tells 1 confirmed subscription of failures"),
        ("posts", "collection of 7 items, completeness proven"),
        ("tags", "collection of 4 items, completeness proven"),
    ]
    assert well.aws.keys() == []
    assert {one.split()[0] for one in well.aws.operations if " " in one} == {"HEAD", "GET", "PUT"}


def test_the_settings_tell_where_their_values_come_from(monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_CONCURRENCY", "3")
    monkeypatch.setenv("WP_PIPELINE_CREDENTIALS_PARAMETER", "hush")
    given = {"site": "shop", "prefix": None}
    examination = Examination(Settings.from_environment(**given), given)
    (check,) = [one for one in checks_for(examination) if one.name == "settings"]

    (found,) = check.run(examination)
    assert found.detail == (
        f"--site=shop (option); WP_PIPELINE_CREDENTIALS_PARAMETER (environment);"
        f" WP_PIPELINE_CONCURRENCY=3 (environment); {len(DECLARED) - 3} settings have"
        " their defaults"
    )


def test_checks_that_need_missing_parameters_are_named_in_one_line(aws, examined):
    found = examined()

    assert [(one.check, one.detail) for one in found if one.state == MEND] == [
        ("parameters", f"parameter {Settings().endpoints_parameter} does not exist"),
        ("parameters", f"parameter {Settings().bucket_parameter} does not exist"),
    ]
    assert [one.command for one in found if one.state == MEND] == [
        "wp-pipeline discover example.org --write",
        "aws ssm put-parameter --overwrite --type String --name /s3/lakehouse/name/raw"
        " --value 'my-bucket'",
    ]
    assert found[-1].check == "not checked"
    assert found[-1].detail == (
        "bucket, writing, protection, login, endpoints, secrecy: they need the parameters"
    )


def test_the_bucket_is_checked_even_if_the_endpoints_are_wrong(well, examined):
    well.put_endpoints("nonsense")
    found = examined()

    assert "writing" in [one.check for one in found]
    assert found[-1].detail == "login, endpoints, secrecy: they need the parameters"


def test_each_malformed_entry_of_a_list_has_a_line_with_what_to_do(well, examined):
    well.put_endpoints("ftp://hush.example/1,b=https://u:hush@b.example/2,c=https://c.example/3")

    subject = f"parameter {Settings().endpoints_parameter} entry"
    assert [(one.detail, one.cure) for one in examined() if one.state == MEND] == [
        (f"{subject} 1 is not an http(s) URL", "correct it"),
        (
            f"{subject} 2 carries a user or password",
            "keep it in the credentials parameter instead",
        ),
    ]


def test_categories_are_ok_although_they_ignore_offset(well, examined):
    well.extract_these("categories")

    (found,) = [one for one in examined() if one.check == "categories"]
    assert found.state == OK


def test_a_common_cause_of_several_faults_is_reported_once(well, examined, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    found = [one for one in examined() if one.state == MEND]
    assert [(one.check, one.cure) for one in found] == [("AWS", "correct AWS_PROFILE")]


def test_endpoints_with_the_same_fault_have_a_line_each(well, examined):
    well.put_endpoints(",".join(f"{name}={well.url('mo/v1/gone')}" for name in ("a", "b")))

    assert [one.check for one in examined() if one.state == MEND] == ["a", "b"]


def test_a_run_and_the_optional_actions_are_all_that_is_needed(well, examined):
    with recorded() as needs:
        examined()

    assert not_allowed(not_allowed(needs, "run"), "doctor") == set()


def test_each_optional_action_may_be_denied_and_is_named(well, examined):
    assert len(OPTIONAL) > 4
    for action in OPTIONAL:
        with recorded(action):
            found = [one for one in examined() if one.state != OK]
        assert [one.detail for one in found] == [f"not allowed to look: needs {action}"]


def test_a_bug_in_a_check_is_reported_without_its_message():
    def run(examination):
        raise KeyError("https://example.org/hush")

    (found,) = findings_of(Check("odd", 1, run), Examination(Settings()))
    assert found.state == MEND
    assert found.detail.startswith("a bug in wp_pipeline (KeyError in test_examination.py, line ")


def test_every_module_beside_the_checks_has_a_check_with_a_place_of_its_own():
    found = [check for folder in registry.FOLDERS for check in registry.checks_in(folder)]

    assert len(found) > 10
    assert len({check.order for check in found}) == len(found)


def test_a_site_with_plain_permalinks_has_its_routes_in_the_index_too(well, examined):
    well.put_endpoints(f"terms={well.server.url}/?rest_route=/mo/v1/terms_4821")

    (found,) = [one for one in examined() if one.check == "secrecy"]
    assert found.detail.endswith(": terms")


def test_another_store_may_lack_features_of_s3(well, examined):
    lacking = {"GetCallerIdentity": (501, "NotImplemented"), f"GET /{BUCKET}": (405, "NotAllowed")}
    well.aws.faults = lacking.get

    found = examined()
    assert [one for one in found if one.state != OK] == []
    assert [one.detail for one in found if one.check == "AWS"] == [
        "this AWS has no STS, and does not tell who asks"
    ]
    assert [one.detail for one in found if one.check == "lifecycle"] == [
        "this S3 store does not tell"
    ]


def test_an_access_point_is_not_checked_for_bucket_settings(well, examined):
    well.aws.put_parameters({Settings().bucket_parameter: f"{BUCKET}-s3alias"})

    (found,) = [one for one in examined() if one.check == "protection"]
    assert found.state == OK


def test_an_index_that_is_closed_shows_no_route(well, examined):
    well.put_endpoints(f"terms={well.url('mo/v1/terms_4821')}")
    others = well.server.answers
    well.server.answers = lambda request: (
        Answer(403, {}, b"<html>") if request.path == "/wp-json/" else others(request)
    )

    (found,) = [one for one in examined() if one.check == "secrecy"]
    assert found.state == OK


@pytest.mark.parametrize("login", ["s3cr3tabcdef", "editor:s3cr3tabcdef", "ck_s3cr3t:cs_s3cr3t"])
@pytest.mark.parametrize("setting", ["CREDENTIALS", "ENDPOINTS", "BUCKET", "ALERTS"])
def test_a_login_in_the_place_of_a_parameters_name_is_in_no_finding(
    well, examined, monkeypatch, login, setting
):
    monkeypatch.setenv(f"WP_PIPELINE_{setting}_PARAMETER", login)

    found = examined()

    missing = [] if setting == "ALERTS" else ["parameters"]  # Nobody need be told of failures.
    assert [one.check for one in found if one.state == MEND] == missing
    for one in found:
        assert "s3cr3t" not in str(asdict(one))


def test_a_note_beside_a_fault_is_worth_a_look_and_the_fault_has_the_command(well, examined):
    well.aws.put_parameters({Settings().endpoints_parameter: "ftp://x.example/1\u200b"})

    faults = [one for one in examined() if one.check == "parameters"]

    assert [(one.state, bool(one.command)) for one in faults] == [(MEND, True), (LOOK_AT, False)]
    assert "invisible characters" in faults[1].detail
