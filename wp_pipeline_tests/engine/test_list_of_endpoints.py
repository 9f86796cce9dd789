"""The daemon's sensor notices another list of endpoints, and reloads the code location."""

from wp_pipeline_tests.browser.local_dagster import SECRET
from wp_pipeline_tests.engine.watched import SECONDS
from wp_pipeline_tests.support.dagster_api import wait_until


def test_another_list_of_endpoints_is_noticed_and_loaded(watched):
    watched.start("endpoints")
    local = watched.local
    assert watched.shown("endpoints")[0].startswith("Each endpoint has its asset: ")
    local.put_endpoints([url for url in local.urls if not url.endswith("/tags")])

    wait_until(lambda: "tags" not in local.dagster.assets(), SECONDS)
    newest = wait_until(
        lambda: [text for text in watched.shown("endpoints")[:1] if "tags" not in text], SECONDS
    )
    assert newest[0].startswith("Each endpoint has its asset: ")
    log = local.log.read_text()
    assert "differs from the assets: drop tags" in " ".join([*watched.shown("endpoints"), log])
    assert SECRET not in log
