"""What the world of each page is like at its beginning, and what happens before a section of it."""

import re
import shutil
from collections.abc import Callable, Mapping
from zipfile import ZipFile

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.outcomes import refusals
from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings
from wp_pipeline.tables.build import build_table
from wp_pipeline.tables.joins.build import build_join
from wp_pipeline.tables.joins.built_in import joins_of
from wp_pipeline.tables.store import TableStore
from wp_pipeline_tests.docs.pages import ROOT
from wp_pipeline_tests.docs.stage import API, MY_BUCKET, SUFFIX, Stage, answer_with
from wp_pipeline_tests.fakes.api_sites import (
    always_bytes,
    answer,
    items,
    newest_from_a_cache,
    wordpress,
)
from wp_pipeline_tests.fakes.aws import REGION
from wp_pipeline_tests.fakes.plugins import KEYS, in_languages, open_shop

Scene = Callable[[Stage], object]
HTML = {"Content-Type": "text/html"}
FIREWALL = Answer(403, {**HTML, "cf-ray": "1"}, b"<html>Forbidden</html>")
NOT_FOR_VISITORS = answer({"code": "rest_forbidden_context", "message": "No."}, 401)
COLLECTIONS = ("posts", "categories", "tags", "users", "comments")
TABLES = ("posts", "statistics_pages", "term_relationship", "term_taxonomy", "terms")


def a_site(stage: Stage) -> SampleSiteServer:
    """A site, and a bucket that a parameter names."""
    stage.create_bucket()
    return stage.open()


def a_site_of_an_empty_account(stage: Stage) -> None:
    stage.open()


def a_site_and_a_bucket(stage: Stage) -> None:
    stage.open()
    stage.create_bucket(is_named=False)


def a_site_with_a_list(stage: Stage) -> SampleSiteServer:
    server = a_site(stage)
    stage.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")
    return server


def drafts(stage: Stage) -> None:
    """A site with two drafts, which `status=any` shows to those who are logged in."""
    server = a_site_with_a_list(stage)
    stage.shell.typed = f"{server.site.user}:{server.site.application_password}"
    published, every = server.answers, wordpress(items(122))
    login = (server.site.user, server.site.application_password.replace(" ", ""))

    def answers(request: Request) -> Answer:
        if request.query.get("status") != "any":
            return published(request)
        return every(request) if request.credentials() == login else NOT_FOR_VISITORS

    answer_with(server, "wp/v2/posts", answers)


def shop(stage: Stage) -> None:
    orders = items(250, date_modified_gmt="2026-11-20T10:00:00")
    open_shop(a_site(stage), {"orders": orders, "customers": items(40), "products": items(12)})
    stage.shell.typed = ":".join(KEYS)


def languages(stage: Stage) -> None:
    rows = {"en": items(130, lang="en"), "de": items(40, first=201, lang="de")}
    answer_with(a_site(stage), "wp/v2/posts", in_languages(rows, "en"))


def two_sites(stage: Stage) -> None:
    a_site_with_a_list(stage)
    stage.open(host="magazine.example")
    stage.open(host="shop.example")


def defs_yaml_of_the_page(stage: Stage) -> None:
    """Write what the page shows, if the project is there."""
    page = (ROOT / "docs" / "several-sites.md").read_text()
    text, *_ = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    folder = stage.folder / "wp_pipeline" / "defs" / "magazine"
    if folder.exists():
        (folder / "defs.yaml").write_text(text)


def a_firewall(stage: Stage) -> None:
    """Cloudflare refuses the tags to everybody but one User-Agent."""
    server = a_site_with_a_list(stage)
    site = server.answers

    def answers(request: Request) -> Answer:
        is_allowed = request.header("User-Agent").startswith("example-archive")
        return site(request) if is_allowed else FIREWALL

    answer_with(server, "wp/v2/tags", answers)


def a_cache(stage: Stage) -> None:
    answer_with(stage.open(), "wp/v2/posts", newest_from_a_cache(items(250)))
    stage.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def a_cache_that_obeys(stage: Stage) -> None:
    server = stage.open()
    site = server.answers

    def answers(request: Request) -> Answer:
        found = site(request)
        return Answer(found.status, {**found.headers, "X-Cache": "HIT"}, found.body)

    server.answers = answers
    stage.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def plain_permalinks(stage: Stage) -> None:
    stage.create_bucket()
    stage.open(SampleSite(suffix=SUFFIX, volatile=False, plain_permalinks=True))


def another_prefix(stage: Stage) -> None:
    server = stage.open()
    site = server.answers

    def answers(request: Request) -> Answer:
        if request.path == "/":
            return Answer(200, {"Link": f'<{server.url}/api/>; rel="https://api.w.org/"'}, b"")
        path = request.path.replace("/api/", API, 1)
        return site(Request(request.method, path, request.query, request.headers))

    server.answers = answers


def no_wordpress(stage: Stage) -> None:
    stage.open().answers = always_bytes(b"<html>Our shop</html>", 404, Content_Type="text/html")


def the_scripts_parameters(stage: Stage) -> None:
    """The parameters as the script reads them: bare URLs with a slash at their end, and a topic."""
    server = a_site(stage)
    urls = ",".join(f"{server.url}{API}mo/v1/{name}_{SUFFIX}/" for name in TABLES)
    topic = stage.aws.client("sns").create_topic(Name="wordpress")["TopicArn"]
    stage.aws.put_parameters({Settings().endpoints_parameter: urls}, "StringList")
    stage.aws.put_parameters({Settings().alerts_parameter: topic}, "String")


def two_faults(stage: Stage) -> None:
    """Uploads are denied, and a route of a plugin is gone."""
    a_site(stage)
    stage.put_endpoints(posts="wp/v2/posts", statistics="mo/v1/statistics_pages_1")
    stage.aws.faults = lambda operation: (
        (403, "AccessDenied") if operation.startswith("PUT /") else None
    )


def a_home_of_dagster(stage: Stage) -> None:
    stage.environment.setenv("DAGSTER_HOME", str(stage.folder))


def no_faults(stage: Stage) -> None:
    stage.environment.delenv("DAGSTER_HOME")
    stage.environment.delenv("WP_PIPELINE_SITES")
    stage.aws.faults = lambda operation: None
    stage.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def a_new_endpoint(stage: Stage) -> None:
    stage.put_endpoints(posts="wp/v2/posts", statistics=f"mo/v1/statistics_pages_{SUFFIX}")


def fewer_posts(stage: Stage) -> None:
    stage.open(SampleSite({"posts": 20, "tags": 45}, volatile=False))
    stage.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def tables(stage: Stage) -> None:
    """Tables of a site's collections and of its views, and what is joined of them."""
    a_site(stage)
    stage.put_endpoints(
        **{name: f"wp/v2/{name}" for name in COLLECTIONS},
        statistics=f"mo/v1/statistics_pages_{SUFFIX}",
    )
    assert refusals(list(run(Settings()))) == []
    lake = Lake(lambda: stage.aws.client("s3"), MY_BUCKET, Settings().prefix)
    for name in (*COLLECTIONS, "statistics"):
        build_table(name, lake, {})
    for join in joins_of(COLLECTIONS, ["statistics"]):
        build_join(join, TableStore(lake))


def a_bucket_for_code(stage: Stage) -> None:
    """The project with a zip, and a bucket in which CloudFormation finds it."""
    stage.open()
    stage.aws.client("s3").create_bucket(
        Bucket="my-code", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    shutil.copytree(ROOT / "deploy", stage.folder / "deploy")
    (stage.folder / "dist").mkdir()
    with ZipFile(stage.folder / "dist" / "lambda.zip", "w") as zipped:
        zipped.writestr("wp_pipeline/lambda_function.py", "")


# By page and section; "" is the beginning of the page.
SCENES: Mapping[str, Mapping[str, Scene]] = {
    "README.md": {"": a_site_and_a_bucket},
    "docs/endpoints.md": {"": a_site},
    "docs/firewalls-and-caches.md": {
        "": a_firewall,
        "A cache answers in place of the site": a_cache,
        "Old rows": a_cache_that_obeys,
    },
    "docs/first-site.md": {"": a_site_of_an_empty_account},
    "docs/from-the-script.md": {"": the_scripts_parameters},
    "docs/iam/README.md": {"": a_site},
    "docs/lambda.md": {"": a_bucket_for_code},
    "docs/languages.md": {"": languages},
    "docs/operations.md": {
        "": two_faults,
        "Dagster on a host": a_home_of_dagster,
        "Automation": no_faults,
        "What to watch": a_new_endpoint,
        "An endpoint is refused": fewer_posts,
    },
    "docs/permalinks.md": {
        "": plain_permalinks,
        "Another prefix": another_prefix,
        "What can go wrong": no_wordpress,
    },
    "docs/plugins.md": {"": a_site},
    "docs/private-content.md": {"": drafts},
    "docs/settings.md": {"": a_site_with_a_list},
    "docs/tables-queries.md": {"": tables},
    "docs/several-sites.md": {"": two_sites, "Extract it": defs_yaml_of_the_page},
    "docs/woocommerce.md": {"": shop},
}
