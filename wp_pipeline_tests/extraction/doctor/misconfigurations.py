"""Everything that the doctor knows to be wrong: how to cause it, what it says, what heals it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from time import time
from typing import Any

import pytest

from sample_site.messages import Answer, Request
from wp_pipeline.aws.clients import build_client
from wp_pipeline.extraction.doctor.finding import LOOK_AT, MEND
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.api_sites import answer, items
from wp_pipeline_tests.fakes.aws import BUCKET, DEAD_END, KEY, REGION
from wp_pipeline_tests.fakes.world import World

DEFAULTS = Settings()
ENDPOINTS, BUCKET_NAME = DEFAULTS.endpoints_parameter, DEFAULTS.bucket_parameter
ALERTS, LOGIN = DEFAULTS.alerts_parameter, "/wordpress/amazonwebshark/login"
LEFT = "wordpress-api/wp-pipeline-doctor.json"
TRIAL = f"PUT /{BUCKET}/{LEFT}"
SECRET = "q7hzv3nk"
POLICY = "; docs/iam/run.json has the statement"
PASSWORD = "lamp wick tide mark bell rope"  # Of the sample site.
FIREWALL = "exclude /wp-json/ from the cache in front of the site, and check its plugins"

FOR_EVERYBODY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
    ],
}

Change = Callable[[World, pytest.MonkeyPatch], object]


@dataclass(frozen=True)
class Wrong:
    """A misconfiguration: the check that finds it, its state, its cure; whether it has a command.

    `heal` is what a user does then; without it, the command is carried out, with the values of
    `instead` in the place of those that the user must know.
    """

    name: str
    cause: Change
    check: str
    state: str
    cure: str
    heal: Change | None = None
    instead: Mapping[str, str] = field(default_factory=dict)


def variables(**values: str | None) -> Change:
    """Set environment variables; None deletes one."""

    def change(world: World, environment: pytest.MonkeyPatch) -> None:
        for name, value in values.items():
            if value is None:
                environment.delenv(name)
            else:
                environment.setenv(name, value)

    return change


def parameter(name: str, value: str, kind: str = "SecureString") -> Change:
    def change(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.client("ssm").delete_parameters(Names=[name])
        world.aws.put_parameters({name: value}, kind)
        if name == LOGIN:
            environment.setenv("WP_PIPELINE_CREDENTIALS_PARAMETER", LOGIN)

    return change


def without_parameter(name: str) -> Change:
    return lambda world, environment: world.aws.client("ssm").delete_parameter(Name=name)


def endpoint(route: str) -> Change:
    return lambda world, environment: world.put_endpoints(f"posts={world.url(route)}")


def faults(operations: Mapping[str, Any]) -> Change:
    """Let AWS answer some operations otherwise."""

    def change(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.faults = operations.get

    return change


def s3(operation: str, **parameters: Any) -> Change:
    return lambda world, environment: getattr(world.aws.client("s3"), operation)(
        Bucket=BUCKET, **parameters
    )


def refusing(header: str, fault: tuple[int, str]) -> Change:
    """Let S3 refuse uploads that have a header."""

    def change(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.refuses = lambda operation, sent: fault if header in sent else None

    return change


def demanding(header: str, fault: tuple[int, str, str]) -> Change:
    """Let S3 refuse uploads that lack a header."""

    def change(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.refuses = lambda operation, sent: (
            fault if operation.startswith("PUT /") and header not in sent else None
        )

    return change


def ignoring(*headers: str, delete: tuple[int, str] | None = None) -> Change:
    """Let S3 ignore headers of requests, and refuse to delete objects."""

    def change(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.ignores = frozenset(headers)
        world.aws.faults = lambda operation: delete if operation.startswith("DELETE") else None

    return change


def as_amazon(world: World, environment: pytest.MonkeyPatch) -> None:
    """Let AWS behave again."""
    world.aws.faults = lambda operation: None
    world.aws.refuses = lambda operation, sent: None
    world.aws.hides = lambda headers: None
    world.aws.ignores = frozenset()
    world.aws.seconds_ahead = 0.0


def site(answers: Callable[[World, Request], Answer | None]) -> Change:
    """Let the site answer otherwise, where this gives an answer."""

    def change(world: World, environment: pytest.MonkeyPatch) -> None:
        others = world.server.site.answer
        world.server.answers = lambda request: answers(world, request) or others(request)

    return change


def hour_off(world: World, environment: pytest.MonkeyPatch) -> None:
    world.aws.seconds_ahead = -3600.0


def far_away(world: World, environment: pytest.MonkeyPatch) -> None:
    """Create a bucket in another region."""
    where = {"LocationConstraint": "us-west-2"}
    client = build_client("s3", region="us-west-2")
    client.create_bucket(Bucket="far-away", CreateBucketConfiguration=where)


def as_wordpress(world: World, environment: pytest.MonkeyPatch) -> None:
    """Let the site behave again."""
    world.server.answers = world.server.site.answer


def at_posts(sent: Callable[[Request], Answer]) -> Change:
    return site(lambda world, request: sent(request) if request.path.endswith("/posts") else None)


def with_query(change: Callable[[dict[str, str]], object]) -> Change:
    """Let something change the query before WordPress sees it."""

    def answers(world: World, request: Request) -> Answer:
        query = dict(request.query)
        change(query)
        changed = Request(request.method, request.path, query, request.headers)
        return world.server.site.answer(changed)

    return site(answers)


def with_header(name: str, value: Callable[[], str]) -> Change:
    def answers(world: World, request: Request) -> Answer:
        found = world.server.site.answer(request)
        return Answer(found.status, {**found.headers, name: value()}, found.body)

    return site(answers)


def one_page(request: Request) -> Answer:
    """A cache that keeps the headers, and sends the same page for any query."""
    return answer(items(7), X_WP_Total=7, X_WP_TotalPages=1)


def several(*changes: Change) -> Change:
    return lambda world, environment: [change(world, environment) for change in changes]


def hidden_index(world: World, request: Request) -> Answer | None:
    return answer({"routes": {"/wp/v2": {}}}) if request.path == "/wp-json/" else None


MACHINE = (
    Wrong("typo", variables(WP_PIPELINE_SITES="x"), "settings", LOOK_AT,
          "did you mean WP_PIPELINE_SITE? Rename it", variables(WP_PIPELINE_SITES=None)),
    Wrong("unknown", variables(WP_PIPELINE_Q="x"), "settings", LOOK_AT,
          "remove it", variables(WP_PIPELINE_Q=None)),
    Wrong("mars", variables(WP_PIPELINE_TIMEZONE="Mars"), "time zone", MEND,
          "set one of the IANA's names"),
    Wrong("londn", variables(WP_PIPELINE_TIMEZONE="Europe/Londn"), "time zone", MEND,
          "did you mean Europe/London?"),
    Wrong("clock", hour_off, "clock", MEND,
          "set this machine's clock", as_amazon),
    Wrong("clock_of_the_site",
          with_header("Date", lambda: formatdate(time() + 900, usegmt=True)), "clock", LOOK_AT,
          "set the clock of the site's server", as_wordpress),
    Wrong("no_dagster_home", variables(DAGSTER_HOME="dagster"), "Dagster", MEND,
          "create it, and put deploy/dagster.yaml there", variables(DAGSTER_HOME=None)),
)  # fmt: skip
AWS = (
    Wrong("no_key", variables(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None), "AWS", MEND,
          "set AWS_PROFILE or run where a role provides them",
          variables(AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=KEY)),
    Wrong("no_region", variables(AWS_DEFAULT_REGION=None), "AWS", MEND,
          "set AWS_DEFAULT_REGION", variables(AWS_DEFAULT_REGION=REGION)),
    Wrong("no_profile", variables(AWS_PROFILE="nobody"), "AWS", MEND,
          "correct AWS_PROFILE", variables(AWS_PROFILE=None)),
    Wrong("expired", faults({"GetCallerIdentity": (403, "ExpiredToken"),
                             "GetParameters": (400, "ExpiredTokenException")}), "AWS", MEND,
          "renew them", as_amazon),
    Wrong("no_sts", faults({"GetCallerIdentity": (403, "AccessDenied")}), "AWS", LOOK_AT,
          "allow it, as docs/iam/doctor.json does, or look yourself", as_amazon),
    Wrong("sts_out_of_reach", variables(AWS_ENDPOINT_URL_STS=DEAD_END), "AWS", LOOK_AT,
          "check the network", variables(AWS_ENDPOINT_URL_STS=None)),
    Wrong("no_endpoints", without_parameter(ENDPOINTS), "parameters", MEND,
          "create it in this region", instead={"example.org": "{site}"}),
    Wrong("no_bucket_name", without_parameter(BUCKET_NAME), "parameters", MEND,
          "create it in this region", instead={"my-bucket": BUCKET}),
    Wrong("nothing_below", variables(WP_PIPELINE_ENDPOINTS_PARAMETER="/wordpress/none/"),
          "parameters", MEND, "put one for each endpoint", instead={"example.org": "{site}"}),
    Wrong("no_login", variables(WP_PIPELINE_CREDENTIALS_PARAMETER=LOGIN), "parameters", MEND,
          "create it in this region", instead={"user:application password": f"editor:{PASSWORD}"}),
    Wrong("malformed_endpoints", parameter(ENDPOINTS, f"ftp://{SECRET}"), "parameters", MEND,
          "correct it", instead={"https://…": "{posts}"}),
    Wrong("called_alike", parameter(ENDPOINTS, f"a=https://{SECRET}/1,a=https://{SECRET}/2"),
          "parameters", MEND, "write name=URL", instead={"https://…": "{posts}"}),
    Wrong("malformed_bucket", parameter(BUCKET_NAME, "A_B"), "parameters", MEND,
          "correct it", instead={"my-bucket": BUCKET}),
    Wrong("malformed_login", parameter(LOGIN, SECRET), "parameters", MEND,
          "correct it", instead={"user:application password": f"editor:{PASSWORD}"}),
    Wrong("invisible", parameter(BUCKET_NAME, f"{BUCKET}\u200b"), "parameters", LOOK_AT,
          "remove them", parameter(BUCKET_NAME, BUCKET)),
    Wrong("not_encrypted", parameter(LOGIN, f"editor:{PASSWORD}", "String"), "parameters", LOOK_AT,
          "delete it, and put it again as a SecureString",
          parameter(LOGIN, f"editor:{PASSWORD}")),
    Wrong("in_the_clear",
          several(parameter(LOGIN, f"editor:{SECRET}"),
                  parameter(ENDPOINTS, f"http://{SECRET}.invalid/wp-json/wp/v2/posts")),
          "parameters", MEND, "change the endpoints to https", endpoint("wp/v2/posts")),
    Wrong("several_hosts",
          several(parameter(LOGIN, f"editor:{SECRET}"),
                  parameter(ENDPOINTS, f"a=https://{SECRET}.invalid/1,b=https://{SECRET}/2")),
          "parameters", MEND, "correct it", instead={"https://…": "{posts}"}),
    Wrong("no_parameters", faults({"GetParameters": (400, "AccessDeniedException")}),
          "parameters", MEND, "allow ssm:GetParameters", as_amazon),
    Wrong("no_decryption",
          faults({"GetParameters": (400, "AccessDeniedException", "The ciphertext refers to a")}),
          "parameters", MEND, "allow kms:Decrypt on the key of the parameters, in this region",
          as_amazon),
)  # fmt: skip
S3 = (
    Wrong("no_bucket", parameter(BUCKET_NAME, "not-there-yet"), "bucket", MEND,
          "create it or correct the bucket parameter"),
    Wrong("other_region",
          several(far_away, parameter(BUCKET_NAME, "far-away")), "bucket", LOOK_AT,
          "a run works, but requests are redirected: use a bucket in the region of the parameters,"
          " or put those into us-west-2 and set AWS_DEFAULT_REGION to it",
          parameter(BUCKET_NAME, BUCKET)),
    Wrong("not_our_bucket", faults({f"HEAD /{BUCKET}": (403, "")}), "bucket", MEND,
          "allow s3:ListBucket (docs/iam/run.json has the statement), or correct the bucket"
          " parameter: it may be that of another account", as_amazon),
    Wrong("no_reading", faults({f"HEAD /{BUCKET}/wordpress-api/posts.json": (403, "")}), "bucket",
          MEND, f"allow s3:GetObject, and s3:ListBucket for objects that may not exist yet{POLICY}",
          as_amazon),
    Wrong("no_writing", faults({TRIAL: (403, "AccessDenied")}), "writing", MEND,
          f"allow s3:PutObject{POLICY}", as_amazon),
    Wrong("encryption_demanded",
          demanding("x-amz-server-side-encryption",
                    (403, "AccessDenied", "x with an explicit deny in a resource-based policy")),
          "writing", MEND,
          "meet its conditions, or change it; if it demands encryption, set WP_PIPELINE_ENCRYPTION"
          + POLICY, variables(WP_PIPELINE_ENCRYPTION="AES256")),
    Wrong("no_kms_key", faults({TRIAL: (400, "KMS.NotFoundException")}), "writing", MEND,
          "correct its name", as_amazon),
    Wrong("no_conditions", refusing("if-match", (501, "NotImplemented")), "writing", LOOK_AT,
          "accept that, or use a store that has them", as_amazon),
    Wrong("no_checksums", refusing("x-amz-checksum-sha256", (400, "InvalidArgument")), "writing",
          LOOK_AT, "accept that, or use a store that has them", as_amazon),
    Wrong("ignored_conditions", ignoring("if-match"), "writing", LOOK_AT,
          "accept that, or use a store that has them", as_amazon),
    Wrong("left_over", ignoring("if-match", delete=(403, "AccessDenied")), "writing", MEND,
          "delete it", several(as_amazon, s3("delete_object", Key=LEFT))),
    Wrong("public", s3("put_bucket_policy", Policy=json.dumps(FOR_EVERYBODY)), "public access",
          MEND, "remove the statement with Principal * from it"),
    Wrong("not_blocked", s3("delete_public_access_block"), "public access", LOOK_AT,
          "block it, unless your account does"),
    Wrong("not_encrypted_bucket", s3("delete_bucket_encryption"), "encryption", LOOK_AT,
          "turn it on"),
    Wrong("no_lifecycle", s3("delete_bucket_lifecycle"), "lifecycle", LOOK_AT,
          "add a rule; this replaces the bucket's own"),
    Wrong("no_topic", parameter(ALERTS, f"arn:aws:sns:{REGION}:123456789012:gone"), "topic", MEND,
          "create it or correct the alerts parameter", without_parameter(ALERTS)),
    Wrong("no_arn", parameter(ALERTS, SECRET), "topic", MEND, "correct it",
          without_parameter(ALERTS)),
    Wrong("nobody_subscribed",
          lambda world, environment: world.aws.put_parameters(
              {ALERTS: world.aws.client("sns").create_topic(Name="new")["TopicArn"]}),
          "topic", LOOK_AT, "subscribe, and open the link in the mail", without_parameter(ALERTS)),
)  # fmt: skip
SITE = (
    Wrong("wrong_password", parameter(LOGIN, f"editor:{SECRET}"), "login", MEND,
          "set a valid one (wp/v2/users/me: HTTP 401 rest_not_logged_in)",
          instead={"user:application password": f"editor:{PASSWORD}"}),
    Wrong("keys_for_plugins", parameter(LOGIN, "ck_a1:cs_b2"), "login", LOOK_AT,
          "all others are read as a visitor reads them",
          variables(WP_PIPELINE_CREDENTIALS_PARAMETER=None)),
    Wrong("gone", endpoint(f"mo/v1/gone_{SECRET}"), "posts", MEND, "correct the endpoint",
          endpoint("wp/v2/posts")),
    Wrong("wants_a_login", endpoint("wp/v2/posts?context=edit"), "posts", MEND,
          "set credentials or correct them",
          instead={"user:application password": f"editor:{PASSWORD}"}),
    Wrong("empty", endpoint("wp/v2/pages"), "posts", MEND, "if that is right, say so"),
    Wrong("down", parameter(ENDPOINTS, f"posts={DEAD_END}/{SECRET}"), "posts", MEND,
          "check that the site is up and accepts connections from this machine",
          endpoint("wp/v2/posts")),
    Wrong("web_page", at_posts(lambda request: Answer(200, {}, b"<!DOCTYPE html>hush")), "posts",
          MEND, "open the endpoint in a browser to see what it says", as_wordpress),
    Wrong("cached_page", at_posts(one_page), "posts", LOOK_AT, FIREWALL, as_wordpress),
    Wrong("order_ignored", with_query(lambda query: query.update(order="asc")), "posts", LOOK_AT,
          FIREWALL, as_wordpress),
    Wrong("include_ignored", with_query(lambda query: query.pop("include", None)), "posts", LOOK_AT,
          FIREWALL, as_wordpress),
    Wrong("fields_ignored", with_query(lambda query: query.pop("_fields", None)), "posts", LOOK_AT,
          FIREWALL, as_wordpress),
    Wrong("pages_ignored", with_query(lambda query: query.pop("offset", query.pop("page", None))),
          "posts", LOOK_AT, FIREWALL, as_wordpress),
    Wrong("cached", with_header("X-Cache", lambda: "HIT from edge"), "posts", LOOK_AT, FIREWALL,
          as_wordpress),
    Wrong("aged", with_header("Age", lambda: "340"), "posts", LOOK_AT, FIREWALL, as_wordpress),
    Wrong("public_route", endpoint("mo/v1/terms_4821"), "secrecy", LOOK_AT,
          "do not rely on the URL being secret: let the plugin demand a login, or hide the index",
          site(hidden_index)),
)  # fmt: skip
ALL = (*MACHINE, *AWS, *S3, *SITE)
