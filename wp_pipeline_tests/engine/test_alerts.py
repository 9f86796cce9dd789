"""The daemon's sensor tells a topic what fails and what recovers."""

from wp_pipeline_tests.engine.watched import SITE


def test_a_failure_and_its_recovery_are_told(watched):
    watched.answer(403, b'{"code": "rest_forbidden", "message": "http://a.example/"}')
    run_id = watched.run("tags")
    assert watched.message() == (
        f"{SITE}: failed: tags\nFailed in run {run_id}:\ntags: HTTP 403 rest_forbidden: this user"
        " may not read it; grant the permission or remove the endpoint"
    )

    watched.heal()
    run_id = watched.run("tags")
    assert watched.message() == f"{SITE}: recovered: tags\nRecovered in run {run_id}: tags"
