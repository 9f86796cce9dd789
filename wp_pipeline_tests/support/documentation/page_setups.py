"""What the sites and the AWS account of each page hold, at its beginning and before a section."""

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
from wp_pipeline_tests.fakes.api_sites import (
    always_bytes,
    answer,
    items,
    newest_from_a_cache,
    wordpress,
)
from wp_pipeline_tests.fakes.aws import REGION
from wp_pipeline_tests.fakes.shop_and_languages import KEYS, in_languages, open_shop
from wp_pipeline_tests.support.documentation.page_commands import ROOT
from wp_pipeline_tests.support.documentation.page_environment import (
    API,
    MY_BUCKET,
    SUFFIX,
    PageEnvironment,
    answer_with,
)

SetUp = Callable[[PageEnvironment], object]
HTML = {"Content-Type": "text/html"}
FIREWALL = Answer(403, {**HTML, "cf-ray": "1"}, b"<html>Forbidden</html>")
NOT_FOR_VISITORS = answer({"code": "rest_forbidden_context", "message": "No."}, 401)
COLLECTIONS = ("posts", "categories", "tags", "users", "comments")
TABLES = ("posts", "statistics_pages", "term_relationship", "term_taxonomy", "terms")


def a_site(environment: PageEnvironment) -> SampleSiteServer:
    """A site, and a bucket that a parameter names."""
    environment.create_bucket()
    return environment.open()


def a_site_of_an_empty_account(environment: PageEnvironment) -> None:
    environment.open()


def a_site_and_a_bucket(environment: PageEnvironment) -> None:
    environment.open()
    environment.create_bucket(is_named=False)


def a_site_with_a_list(environment: PageEnvironment) -> SampleSiteServer:
    server = a_site(environment)
    environment.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")
    return server


def drafts(environment: PageEnvironment) -> None:
    """A site with two drafts, which `status=any` shows to those who are logged in."""
    server = a_site_with_a_list(environment)
    environment.shell.typed = f"{server.site.user}:{server.site.application_password}"
    published, every = server.answers, wordpress(items(122))
    login = (server.site.user, server.site.application_password.replace(" ", ""))

    def answers(request: Request) -> Answer:
        if request.query.get("status") != "any":
            return published(request)
        return every(request) if request.credentials() == login else NOT_FOR_VISITORS

    answer_with(server, "wp/v2/posts", answers)


def shop(environment: PageEnvironment) -> None:
    orders = items(250, date_modified_gmt="2026-11-20T10:00:00")
    open_shop(
        a_site(environment), {"orders": orders, "customers": items(40), "products": items(12)}
    )
    environment.shell.typed = ":".join(KEYS)


def languages(environment: PageEnvironment) -> None:
    rows = {"en": items(130, lang="en"), "de": items(40, first=201, lang="de")}
    answer_with(a_site(environment), "wp/v2/posts", in_languages(rows, "en"))


def two_sites(environment: PageEnvironment) -> None:
    a_site_with_a_list(environment)
    environment.open(host="magazine.example")
    environment.open(host="shop.example")


def defs_yaml_of_the_page(environment: PageEnvironment) -> None:
    """Write what the page shows, if the project is there."""
    page = (ROOT / "docs" / "several-sites.md").read_text()
    text, *_ = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    folder = environment.folder / "wp_pipeline" / "defs" / "magazine"
    if folder.exists():
        (folder / "defs.yaml").write_text(text)


def a_firewall(environment: PageEnvironment) -> None:
    """Cloudflare refuses the tags to everybody but one User-Agent."""
    server = a_site_with_a_list(environment)
    site = server.answers

    def answers(request: Request) -> Answer:
        is_allowed = request.header("User-Agent").startswith("example-archive")
        return site(request) if is_allowed else FIREWALL

    answer_with(server, "wp/v2/tags", answers)


def a_cache(environment: PageEnvironment) -> None:
    answer_with(environment.open(), "wp/v2/posts", newest_from_a_cache(items(250)))
    environment.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def a_cache_that_obeys(environment: PageEnvironment) -> None:
    server = environment.open()
    site = server.answers

    def answers(request: Request) -> Answer:
        found = site(request)
        return Answer(found.status, {**found.headers, "X-Cache": "HIT"}, found.body)

    server.answers = answers
    environment.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def plain_permalinks(environment: PageEnvironment) -> None:
    environment.create_bucket()
    environment.open(SampleSite(suffix=SUFFIX, volatile=False, plain_permalinks=True))


def another_prefix(environment: PageEnvironment) -> None:
    server = environment.open()
    site = server.answers

    def answers(request: Request) -> Answer:
        if request.path == "/":
            return Answer(200, {"Link": f'<{server.url}/api/>; rel="https://api.w.org/"'}, b"")
        path = request.path.replace("/api/", API, 1)
        return site(Request(request.method, path, request.query, request.headers))

    server.answers = answers


def no_wordpress(environment: PageEnvironment) -> None:
    environment.open().answers = always_bytes(
        b"<html>Our shop</html>", 404, Content_Type="text/html"
    )


def the_scripts_parameters(environment: PageEnvironment) -> None:
    """The parameters as the script reads them: bare URLs with a slash at their end, and a topic."""
    server = a_site(environment)
    urls = ",".join(f"{server.url}{API}mo/v1/{name}_{SUFFIX}/" for name in TABLES)
    topic = environment.aws.client("sns").create_topic(Name="wordpress")["TopicArn"]
    environment.aws.put_parameters({Settings().endpoints_parameter: urls}, "StringList")
    environment.aws.put_parameters({Settings().alerts_parameter: topic}, "String")


def two_faults(environment: PageEnvironment) -> None:
    """Uploads are denied, and a route of a plugin is gone."""
    a_site(environment)
    environment.put_endpoints(posts="wp/v2/posts", statistics="mo/v1/statistics_pages_1")
    environment.aws.faults = lambda operation: (
        (403, "AccessDenied") if operation.startswith("PUT /") else None
    )


def a_home_of_dagster(environment: PageEnvironment) -> None:
    environment.variables.setenv("DAGSTER_HOME", str(environment.folder))


def no_faults(environment: PageEnvironment) -> None:
    environment.variables.delenv("DAGSTER_HOME")
    environment.variables.delenv("WP_PIPELINE_SITES")
    environment.aws.faults = lambda operation: None
    environment.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def a_new_endpoint(environment: PageEnvironment) -> None:
    environment.put_endpoints(posts="wp/v2/posts", statistics=f"mo/v1/statistics_pages_{SUFFIX}")


def fewer_posts(environment: PageEnvironment) -> None:
    environment.open(SampleSite({"posts": 20, "tags": 45}, volatile=False))
    environment.put_endpoints(posts="wp/v2/posts", tags="wp/v2/tags")


def tables(environment: PageEnvironment) -> None:
    """Tables of a site's collections and of its views, and what is joined of them."""
    a_site(environment)
    environment.put_endpoints(
        **{name: f"wp/v2/{name}" for name in COLLECTIONS},
        statistics=f"mo/v1/statistics_pages_{SUFFIX}",
    )
    assert refusals(list(run(Settings()))) == []
    lake = Lake(lambda: environment.aws.client("s3"), MY_BUCKET, Settings().prefix)
    for name in (*COLLECTIONS, "statistics"):
        build_table(name, lake, {})
    for join in joins_of(COLLECTIONS, ["statistics"]):
        build_join(join, TableStore(lake))


def a_bucket_for_code(environment: PageEnvironment) -> None:
    """The project with a zip, and a bucket in which CloudFormation finds it."""
    environment.open()
    environment.aws.client("s3").create_bucket(
        Bucket="my-code", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    shutil.copytree(ROOT / "deploy", environment.folder / "deploy")
    (environment.folder / "dist").mkdir()
    with ZipFile(environment.folder / "dist" / "lambda.zip", "w") as zipped:
        zipped.writestr("wp_pipeline/lambda_function.py", "")


# By page and section; "" is the beginning of the page.
SETUPS: Mapping[str, Mapping[str, SetUp]] = {
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
