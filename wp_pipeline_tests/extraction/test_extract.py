import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone

import pytest

from sample_site.content import DEFAULT_COUNTS
from sample_site.messages import Request
from sample_site.rest.raw_rows import TABLES
from sample_site.site import SampleSite
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import ConfigurationError, load_configuration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored, totals
from wp_pipeline.extraction.run import run
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.answers.items import items_of
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World

SINGLE = "mo/v1/other_7"  # A plugin's route that the sample site does not have.


def outcomes(**settings: object) -> Mapping[str, Outcome]:
    """Run one extraction, and return the outcome of each endpoint."""
    return {outcome.name: outcome for outcome in run(Settings.from_environment(**settings))}


def without_published(found: Mapping[str, Outcome]) -> Mapping[str, Outcome]:
    return {
        name: outcome
        for name, outcome in found.items()
        if isinstance(outcome, Refused) or outcome.unchanged
    }


def test_every_item_of_a_site_is_stored(aws, world, serve):
    world = World(aws, serve(SampleSite()))
    world.extract_these(*DEFAULT_COUNTS, raw=TABLES)

    found = outcomes()
    assert totals(found.values()) == {"total": 14, "published": 14, "unchanged": 0, "refused": 0}
    for name in DEFAULT_COUNTS:
        assert [item["id"] for item in world.rows(name)] == world.site.readable_ids(name)
    for name, outcome in found.items():
        assert outcome.rows == len(world.rows(name)) > 0
        assert outcome.size == len(world.stored(name))
        assert outcome.uri == f"s3://{BUCKET}/wordpress-api/{name}.json"


def test_items_are_stored_as_sent_in_ascending_order_of_id(aws, world, serve):
    world = World(aws, serve(SampleSite({"posts": 230}, volatile=False)))
    world.extract_these("posts")
    outcomes()

    sent = []
    for page in (1, 2, 3):
        query = f"per_page=100&page={page}&orderby=id&order=asc"
        answer = world.site.answer(Request.parse("GET", f"/wp-json/wp/v2/posts?{query}"))
        sent += [bytes(item.raw) for item in items_of(answer.body)]
    assert len(sent) == 230
    assert world.stored("posts") == b"[\n" + b",\n".join(sent) + b"\n]\n"


@pytest.mark.parametrize(
    "body",
    [
        b'[ {"post_id" : "7",  "name":"caf\\u00e9 \xc3\xa9"},\n{"post_id":"3"}]\n',
        b'{"name": "An object", "routes": {}}',
    ],
    ids=["rows", "object"],
)
def test_a_single_answer_is_stored_as_sent(world, body):
    world.respond(SINGLE, body)
    world.put_endpoints(world.url(SINGLE))

    assert isinstance(outcomes()["other"], Stored)
    assert world.stored("other") == body


def test_a_wrapped_list_is_stored_as_sent_without_its_wrapper(world):
    rows = b'[ {"a":1e400},{"a":12345678901234567890123}]'
    world.respond(SINGLE, b'{"status":"SUCCESS","data":%b }' % rows)
    world.put_endpoints(world.url(SINGLE))

    assert isinstance(outcomes()["other"], Stored)
    assert world.stored("other").strip() == rows


def test_the_metadata_describe_the_stored_object(world):
    began = datetime.now(timezone.utc).replace(microsecond=0)
    found = outcomes()

    for name, rows in (("posts", 7), ("tags", 4), ("raw_terms", 7)):
        head = world.aws.head(f"wordpress-api/{name}.json")
        metadata = head["Metadata"]
        assert metadata["sha256"] == hashlib.sha256(world.stored(name)).hexdigest()
        assert metadata["sha256"] == found[name].sha256
        assert metadata["row-count"] == str(rows)
        extracted_at = datetime.fromisoformat(metadata["extracted-at"])
        assert extracted_at.utcoffset() == timedelta(0)
        assert began <= extracted_at <= datetime.now(timezone.utc)
        assert head["ContentType"] == "application/json"


REFUSALS: Mapping[str, tuple[Callable[[World], None], str]] = {
    "no route": (
        lambda world: None,
        "other: HTTP 404 rest_no_route: the site does not serve this route; correct the endpoint",
    ),
    "login wanted": (
        lambda world: world.respond(SINGLE, b'{"code": "rest_forbidden"}', 401),
        "other: HTTP 401 rest_forbidden: the site wants a login; set credentials or correct them",
    ),
    "web page": (
        lambda world: world.respond(SINGLE, b"<!DOCTYPE html><p>Hi"),
        "other: HTTP 200 with ",
    ),
    "error as 200": (
        lambda world: world.respond(SINGLE, b'{"code": "x", "message": "no"}'),
        "other: HTTP 200 with an error or an empty object instead of data",
    ),
    "cut off": (lambda world: world.respond(SINGLE, b'[{"a": 1}, {"a"'), "other: HTTP 200 with "),
    "elsewhere": (
        lambda world: world.respond(SINGLE, b"", 301, Location="https://other.example/s3cr3t"),
        "other: redirects to another scheme, host or port",
    ),
    "no rows": (
        lambda world: world.respond(SINGLE, b"[]"),
        "other: the site sent no rows; the stored",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refused_endpoint_keeps_its_object_and_the_others_are_published(world, case):
    arrange, reason = REFUSALS[case]
    arrange(world)
    world.extract_these(
        "posts", raw=["terms"], also=f"{world.url(SINGLE)},{world.url('wp/v2/tags')}"
    )
    world.aws.put_object("wordpress-api/other.json", b"former", Metadata={"sha256": "former"})

    found = outcomes()
    refused = found.pop("other")
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(reason)
    assert "\n" not in refused.reason
    assert "://" not in refused.reason
    assert "s3cr3t" not in refused.reason
    assert refused.stats.requests >= 1
    assert sorted(found) == ["posts", "raw_terms", "tags"]
    assert without_published(found) == {}
    assert world.stored("other") == b"former"
    assert world.aws.head("wordpress-api/other.json")["Metadata"] == {"sha256": "former"}


def test_an_empty_collection_leaves_the_stored_object_unchanged(world):
    outcomes()
    before = world.stored("tags")
    for tag in world.site.readable_ids("tags"):
        world.site.delete("tags", tag)

    refused = outcomes()["tags"]
    assert isinstance(refused, Refused)
    assert refused.reason == (
        "tags: the site sent no rows; the stored object is kept."
        " If that is right, add the endpoint to WP_PIPELINE_MAY_BE_EMPTY"
    )
    assert world.stored("tags") == before


@pytest.mark.parametrize(
    ("empty", "body", "stored"),
    [
        ("tags", b"[]", b"[]\n"),
        ("other", b"[ ]", b"[ ]"),
        ("other", b'{"status":"SUCCESS","data":[]}', b"[]"),
    ],
)
def test_an_endpoint_that_may_be_empty_is_published_empty(world, empty, body, stored):
    world.respond(SINGLE, body)
    world.extract_these("posts", "tags", also=world.url(SINGLE))
    for tag in world.site.readable_ids("tags"):
        world.site.delete("tags", tag)

    found = outcomes(may_be_empty=frozenset({empty}))
    assert isinstance(found[empty], Stored)
    assert found[empty].rows == 0
    assert world.stored(empty) == stored
    assert world.aws.head(f"wordpress-api/{empty}.json")["Metadata"]["row-count"] == "0"
    assert {name for name, one in found.items() if isinstance(one, Refused)} == {
        "tags", "other",
    } - {empty}  # fmt: skip


def test_an_unchanged_site_is_not_uploaded_again_although_its_bytes_vary(aws, world, serve):
    world = World(aws, serve(SampleSite(volatile=True)))
    world.extract_these(*DEFAULT_COUNTS, raw=["posts"])
    comments = Request.parse("GET", "/wp-json/wp/v2/comments?per_page=100")
    assert len({world.site.answer(comments).body for _ in range(3)}) == 3

    first = outcomes()
    world.aws.operations.clear()
    again = outcomes()
    assert world.uploads() == []
    assert all(outcome.unchanged for outcome in again.values())
    assert {n: (o.sha256, o.size, o.rows) for n, o in again.items()} == {
        n: (o.sha256, o.size, o.rows) for n, o in first.items()
    }
    assert again["comments"].sha256 == hashlib.sha256(world.stored("comments")).hexdigest()


CHANGES: Mapping[str, Callable[[SampleSite], object]] = {
    "edited": lambda site: site.edit("tags", site.readable_ids("tags")[1]),
    "added": lambda site: site.publish("tags"),
    "deleted": lambda site: site.delete("tags", site.readable_ids("tags")[0]),
    "replaced": lambda site: site.delete("tags", site.publish("tags") - 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_changed_collections_are_uploaded(world, change):
    world.extract_these("users", "tags", "comments", "categories")
    world.site.publish("users")
    outcomes()
    world.aws.operations.clear()
    CHANGES[change](world.site)

    assert {name for name, one in outcomes().items() if not one.unchanged} == {"tags"}
    assert world.uploads() == ["tags"]
    assert [tag["id"] for tag in world.rows("tags")] == world.site.readable_ids("tags")


def test_a_changed_row_of_a_single_answer_is_uploaded(world):
    world.respond(SINGLE, b'[{"a":1},{"a":2}]')
    world.put_endpoints(world.url(SINGLE))
    outcomes()

    world.respond(SINGLE, b'[{"a":1},{"a":3}]')
    assert not outcomes()["other"].unchanged
    assert world.stored("other") == b'[{"a":1},{"a":3}]'


@pytest.mark.parametrize("metadata", [{}, {"sha256": "x", "row-count": "7"}, {"fingerprint": "x"}])
def test_an_object_without_a_fingerprint_is_published_again(world, metadata):
    outcomes()
    whole = world.stored("posts")
    world.aws.put_object("wordpress-api/posts.json", whole, Metadata=metadata)
    world.aws.operations.clear()

    assert not outcomes()["posts"].unchanged
    assert world.uploads() == ["posts"]
    stored = world.aws.head("wordpress-api/posts.json")["Metadata"]
    assert stored["sha256"] == hashlib.sha256(whole).hexdigest()


def test_a_deleted_object_is_published_again(world):
    outcomes()
    whole = world.stored("posts")
    world.aws.client("s3").delete_object(Bucket=BUCKET, Key="wordpress-api/posts.json")

    assert not outcomes()["posts"].unchanged
    assert world.stored("posts") == whole


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("PUT", "posts: S3: access denied; allow s3:PutObject"),
        (
            "HEAD",
            "posts: S3: access denied; allow s3:GetObject, and s3:ListBucket for objects that",
        ),
    ],
)
def test_a_failure_of_s3_refuses_only_its_endpoint(world, operation, reason):
    world.aws.put_object("wordpress-api/posts.json", b"former")
    place = f"{operation} /{BUCKET}/wordpress-api/posts.json"
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked == place else None

    found = outcomes()
    assert found["posts"].reason.startswith(reason)
    assert "\n" not in found["posts"].reason
    assert sorted(without_published(found)) == ["posts"]
    assert world.stored("posts") == b"former"


def test_a_missing_bucket_refuses_every_endpoint_with_the_reason(world):
    world.aws.put_parameters({Settings().bucket_parameter: "no-such-bucket"})

    found = outcomes()
    assert {one.reason for one in found.values()} == {
        f"{name}: S3: the bucket does not exist; create it or correct the bucket parameter"
        for name in ("posts", "tags", "raw_terms")
    }


def test_a_bad_configuration_sends_no_request_to_the_site(world):
    world.put_endpoints("nonsense")

    with pytest.raises(ConfigurationError, match="entry 1 is not an http"):
        outcomes()
    assert world.server.requests == []
    assert world.uploads() == []


def test_credentials_give_access_to_private_data(world):
    edit = world.url("wp/v2/posts?context=edit")
    world.put_endpoints(edit)
    password = f"{world.site.user}:{world.site.application_password}"
    world.aws.put_parameters({"/wp/login": password})

    assert "HTTP 401 rest_forbidden_context" in outcomes()["posts"].reason
    assert isinstance(outcomes(credentials_parameter="/wp/login")["posts"], Stored)
    assert all("raw" in post["content"] for post in world.rows("posts"))


WRONG_PASSWORD = (
    "the site does not accept the user or the application password in the credentials"
    " parameter; set a valid one (wp/v2/users/me: HTTP 401 rest_not_logged_in)"
)


def test_a_wrong_application_password_refuses_every_endpoint_before_any_read(world):
    world.aws.put_parameters({"/wp/login": f"{world.site.user}:not the passw0rd"})

    found = outcomes(credentials_parameter="/wp/login")
    assert sorted(found) == ["posts", "raw_terms", "tags"]
    for name, one in found.items():
        assert isinstance(one, Refused)
        assert one.reason == f"{name}: {WRONG_PASSWORD}"
    assert not any("/posts" in asked or "/tags" in asked for asked in world.server.requests)
    assert world.uploads() == []


class RowsRead(Observer):
    def __init__(self) -> None:
        self.reported: list[tuple[str, int]] = []

    def rows_read(self, endpoint: str, rows: int, total: int | None = None) -> None:
        self.reported.append((endpoint, rows))


def test_progress_is_reported_up_to_the_last_row(aws, world, serve):
    world = World(aws, serve(SampleSite({"posts": 230})))
    world.extract_these("posts", raw=["terms"])
    progress = RowsRead()

    found = {one.name: one for one in run(Settings(), progress)}
    rows = [count for name, count in progress.reported if name == "posts"]
    assert rows == sorted(rows)
    assert rows[-1] == found["posts"].rows == 230
    assert len(set(rows)) > 1


def test_requests_and_seconds_are_counted(aws, world, serve):
    world = World(aws, serve(SampleSite({"posts": 230, "tags": 3})))
    world.extract_these("posts", "tags")

    found = outcomes()
    for name, outcome in found.items():
        asked = [one for one in world.server.requests if f"/wp/v2/{name}?" in one]
        assert outcome.stats.requests == len(asked)
        assert 0 < outcome.stats.seconds < 60
    assert found["posts"].stats.requests > found["tags"].stats.requests


def test_nothing_is_stored_after_the_iterator_is_closed(aws, world, serve):
    world = World(aws, serve(world.site, latency=0.2))
    world.extract_these("posts", "tags", "comments", "categories")
    settings = Settings(concurrency=1)
    configuration = load_configuration(settings, ParameterStore(lambda: world.aws.client("ssm")))
    lake = Lake(lambda: world.aws.client("s3"), BUCKET, "")
    running = extract(
        configuration.endpoints, site_options(settings, configuration), lake, settings
    )
    next(running)
    running.close()

    uploads = world.uploads()
    assert 1 <= len(uploads) < 4
    asked = len(world.server.requests)
    time.sleep(0.5)
    assert (world.uploads(), len(world.server.requests)) == (uploads, asked)


def test_an_endpoint_keeps_the_query_of_its_url(world):
    world.put_endpoints(world.url("wp/v2/posts?_fields=id,slug"))
    outcomes()

    assert all(set(post) == {"id", "slug"} for post in world.rows("posts"))


def test_an_outcome_has_columns_and_a_preview(world):
    posts = outcomes()["posts"]

    assert posts.columns["id"] == "integer"
    assert posts.columns["title"] == "object"
    first = world.rows("posts")[0]
    assert f"| {first['id']} | {first['title']['rendered'][:20]}" in posts.preview


class Notes(Observer):
    """Keeps what the user was told."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, str]] = []

    def noticed(self, endpoint: str, note: str) -> None:
        self.notes.append((endpoint, note))


def test_invisible_characters_in_the_list_are_ignored_with_a_note(world):
    world.put_endpoints(world.url("wp/v2/po\u00adsts"))
    told = Notes()

    (posts,) = run(Settings(), told)
    assert posts.name == "posts"
    assert len(world.rows("posts")) == 7
    ((endpoint, note),) = told.notes
    assert endpoint == ""
    assert note.endswith("contains invisible characters (U+00AD), which are ignored: remove them")


def test_a_name_in_another_script_is_the_name_of_the_object(world):
    world.put_endpoints(f"beiträge={world.url('wp/v2/posts')}\n記事={world.url('wp/v2/tags')}")

    assert {one.name for one in run(Settings())} == {"beiträge", "記事"}
    assert sorted(world.aws.keys()) == ["wordpress-api/beiträge.json", "wordpress-api/記事.json"]
    assert {one.unchanged for one in run(Settings())} == {True}


def test_uploads_use_the_encryption_of_the_setting(world):
    assert {type(one) for one in run(Settings(encryption="aws:kms:alias/lake"))} == {Stored}

    head = world.aws.head("wordpress-api/posts.json")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/lake")
