from wp_pipeline.extraction.alerts import WHOLE
from wp_pipeline.orchestration.sensors.ended_runs import RunResult
from wp_pipeline.orchestration.sensors.reported import ReportedFailures

DENIED, GONE = "tags: HTTP 403: not allowed", "tags: HTTP 404: no route"
STORED = RunResult(stored=frozenset({"tags"}))


def failed(line: str) -> RunResult:
    return RunResult({line.partition(":")[0]: line})


def subjects(*results: RunResult) -> list[str]:
    """What is told of these runs, one after another; an empty text where nothing is."""
    told, found = ReportedFailures(0), []
    for position, result in enumerate(results, 1):
        told = ReportedFailures.parse(told.dump()) or ReportedFailures(0)
        alert = told.alert_for(result, "shop", "run 1")
        found.append(alert.subject.removeprefix("shop: ") if alert else "")
        told = told.after(result, position)
    return found


def test_a_failure_is_reported_once_for_each_reason():
    assert subjects(failed(DENIED), failed(DENIED), failed(GONE), failed(DENIED)) == [
        "failed: tags", "", "failed: tags", "",
    ]  # fmt: skip


def test_a_recovery_is_reported_once_and_the_next_failure_again():
    assert subjects(failed(DENIED), STORED, STORED, failed(DENIED)) == [
        "failed: tags", "recovered: tags", "", "failed: tags",
    ]  # fmt: skip


def test_numbers_in_a_reason_do_not_make_it_another():
    def waits(text):
        return failed(f"tags: the site asks to wait until {text}; run again then")

    assert subjects(waits("2100-12-31 23:59:59 UTC"), waits("2101-1-1 0:00 UTC"))[1] == ""
    assert subjects(failed("tags: 1,234 rows of 5"), failed("tags: 12 rows of 1.5"))[1] == ""


def test_an_endpoint_that_was_not_read_has_not_recovered():
    other = RunResult(stored=frozenset({"posts"}))

    assert subjects(failed(DENIED), other) == ["failed: tags", ""]


def test_the_extraction_has_recovered_when_endpoints_were_read():
    crash = failed(f"{WHOLE}: no bucket")

    assert subjects(crash, RunResult(), failed(DENIED)) == [
        f"failed: {WHOLE}", "", f"failed: tags; recovered: {WHOLE}",
    ]  # fmt: skip


def test_a_part_of_the_site_recovers_by_a_step_of_its_own_only():
    crash, tables = failed(f"{WHOLE}: no bucket"), failed("the tables: posts: full disk")
    built = RunResult(succeeded=frozenset({"the tables"}))

    assert subjects(crash, tables, STORED, built) == [
        f"failed: {WHOLE}", "failed: the tables", f"recovered: {WHOLE}", "recovered: the tables",
    ]  # fmt: skip


def test_a_table_recovers_when_it_is_built_and_not_with_others():
    posts, nothing = failed("the table posts: full disk"), failed("the tables: no bucket")
    tags = RunResult(built=frozenset({"the table tags"}), succeeded=frozenset({"the tables"}))
    all_of_them = RunResult(built=frozenset({"the table posts", "the table tags"}))

    assert subjects(nothing, posts, tags, all_of_them) == [
        "failed: the tables", "failed: the table posts; recovered: the tables", "",
        "recovered: the table posts",
    ]  # fmt: skip


def test_a_name_that_is_no_asset_key_recovers_too():
    stored = RunResult(stored=frozenset({"beitr_ge"}))

    assert subjects(failed("beiträge: HTTP 403"), stored) == ["1 failed", "1 recovered"]


def test_an_endpoint_that_left_the_list_is_forgotten():
    told = ReportedFailures(0).after(failed(DENIED), 1).after(failed(f"{WHOLE}: no bucket"), 2)

    assert set(told.only(["posts"]).reasons) == {WHOLE}
    assert set(told.only(["posts", "tags"]).reasons) == {WHOLE, "tags"}


def test_only_a_few_reasons_are_kept():
    told = ReportedFailures(0)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        told = told.after(failed(f"tags: {letter}"), 1)

    assert len(told.reasons["tags"]) == 10
