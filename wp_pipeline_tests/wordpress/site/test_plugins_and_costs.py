"""Discovering plugins' lists, internals of the editor, hidden items, costs, and with a login."""

import json
from collections.abc import Callable, Sequence

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.completeness import COUNTED, PROVEN, SINGLE
from wp_pipeline.wordpress.endpoints.address import Address, addresses_of_site
from wp_pipeline.wordpress.errors import SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.site import cost
from wp_pipeline.wordpress.site.api_root import ApiRootFinder
from wp_pipeline.wordpress.site.discovered import (
    CLOSED,
    EMPTY,
    FAILED,
    NO_LIST,
    DiscoveredCollection,
    DiscoveredSite,
)
from wp_pipeline.wordpress.site.discovery import ALL, COLLECTIONS, LISTS, discover
from wp_pipeline.wordpress.site.site import open_site
from wp_pipeline_tests.fakes.api_sites import (
    Answers,
    all_at_once,
    always,
    by_number,
    events_calendar,
    items,
    wordpress,
)
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite
from wp_pipeline_tests.support.site_options import options_with

SECURE = "https://sample.test"  # Credentials are not sent without encryption.
SUFFIX = "83920473"
COUNTS = {"posts": 250, "pages": 99, "media": 100, "comments": 130, "categories": 6, "tags": 9,
          "users": 3, "books": 101, "genres": 2}  # fmt: skip


def described(*arguments: str, required: bool = False) -> dict[str, object]:
    args = {one: {"required": required} for one in arguments}
    return {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": args or []}]}


class SiteWithPlugins(InProcessSite):
    """A sample site that also lists and answers these routes; a type for each under wp/v2."""

    def __init__(self, routes: dict[str, Answers], counts: dict[str, int] | None = None, **entries):
        super().__init__(self._answers, SampleSite(counts or {"posts": 3}, suffix=SUFFIX))
        self._routes, self._entries = routes, entries

    def _answers(self, request: Request) -> Answer:
        route = request.path.removeprefix("/wp-json/")
        if route in self._routes:
            return self._routes[route](request)
        answer = self.site.answer(request)
        if route == "":
            return self._with(answer, lambda index: index["routes"].update(self._described()))
        if route == "wp/v2/types":
            types = {one: {"rest_base": one[6:]} for one in self._routes if one[:6] == "wp/v2/"}
            return self._with(answer, lambda found: found.update(types))
        return answer

    def _described(self) -> dict[str, object]:
        return {
            f"/{route}": {"namespace": "/".join(route.split("/")[:-1]), **(
                self._entries.get(route.replace("/", "_"), described())
            )}
            for route in self._routes
            if not route.startswith("wp/v2/")
        }  # fmt: skip

    def _with(self, answer: Answer, change: Callable[[dict], object]) -> Answer:
        found = json.loads(answer.body)
        change(found)
        return Answer(answer.status, answer.headers, json.dumps(found).encode())


def discovered(
    world: InProcessSite, scope: str = LISTS, credentials: Credentials | None = None
) -> DiscoveredSite:
    url = SECURE if credentials else URL
    origin = Address(SECURE).origin
    client = RetryingClient(
        world.client(credentials=credentials, origin=origin), 4, 120, 0.001, None, 0.01
    )
    return discovered_at(addresses_of_site(url), client, scope)


def discovered_at(
    addresses: Sequence[Address], client: RetryingClient, scope: str = COLLECTIONS
) -> DiscoveredSite:
    cancellation = Cancellation(20)
    api = ApiRootFinder(client.anonymous(), cancellation).find(addresses)
    return discover(api, client, cancellation, scope)


def by_route(found: DiscoveredSite) -> dict[str, DiscoveredCollection]:
    return {one.address.url.partition("/wp-json/")[2]: one for one in found.collections}


def test_lists_of_plugins_are_found_by_their_description():
    world = SiteWithPlugins(
        {
            "shop/v1/items": by_number(items(30)),
            "tribe/events/v1/events": events_calendar(items(120)),
            "mo/v1/rows_48213": all_at_once(items(7)),
        },
        shop_v1_items=described("per_page"),
    )
    found = by_route(discovered(world))

    plugins = {route: found[route].total for route in found if "wp/v2" not in route}
    assert plugins.items() >= {
        "shop/v1/items": 30, "tribe/events/v1/events": 120, "mo/v1/rows_48213": 7,
        f"mo/v1/terms_{SUFFIX}": found[f"mo/v1/terms_{SUFFIX}"].total,
    }.items()  # fmt: skip
    assert found["tribe/events/v1/events"].sample.completeness == COUNTED
    assert found["mo/v1/rows_48213"].sample.completeness == SINGLE
    assert found["wp/v2/posts"].sample.completeness == PROVEN


def test_routes_of_plugins_are_requested_on_demand_only():
    world = SiteWithPlugins({"mo/v1/rows_48213": all_at_once(items(7))})

    assert [route for route in by_route(discovered(world, COLLECTIONS)) if "mo/v1" in route] == []
    assert [request for request in world.requests if "mo/v1" in request] == []


@pytest.mark.parametrize(
    "entry",
    [
        described("id", required=True),
        {"methods": ["POST"], "endpoints": [{"methods": ["POST"], "args": {}}]},
        {"methods": ["GET", "POST"], "endpoints": [{"methods": ["GET", "POST"], "args": []}]},
        described("url"),
        {"methods": ["GET"]},
        {"methods": None, "endpoints": [7, {"methods": None}]},
    ],
)
def test_a_route_that_is_no_list_by_its_description_is_not_asked_for(entry):
    world = SiteWithPlugins({"odd/v1/run": always([{"id": 1}])}, odd_v1_run=entry)
    discovered(world)

    assert [request for request in world.requests if "odd/v1" in request] == []


def test_an_older_version_of_a_namespace_is_not_asked_for():
    world = SiteWithPlugins({f"wc/{one}/orders": always([]) for one in ("v1", "v2", "v3")})
    discovered(world)

    assert {request.split("?")[0] for request in world.requests if "wc/" in request} == {
        "/wp-json/wc/v3/orders"
    }


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (always({"a": 1, "b": 2}), NO_LIST),
        (always(["a", "b"]), NO_LIST),
        (always("ok"), NO_LIST),
        (always({}), NO_LIST),
        (always({"code": "rest_missing_callback_param", "message": "x"}, 400), NO_LIST),
        (always({"code": "rest_forbidden", "message": "x"}, 401), CLOSED),
        (always({"code": "woocommerce_rest_cannot_view", "message": "x"}, 403), CLOSED),
        (always({"code": "db_error", "message": "x"}, 400), FAILED),
        (always("no", 400), FAILED),
        (always("no", 403), FAILED),
        (always("no", 500), FAILED),
        (all_at_once([{"code": "rest_forbidden", "message": "x", "data": {}}]), FAILED),
    ],
)
def test_a_plugin_route_that_is_no_list_is_listed_with_the_reason(answers, verdict):
    found = discovered(SiteWithPlugins({f"odd/v1/rows_{SUFFIX}": answers}))
    odd = [one for one in found.excluded if one.route.startswith("odd")]

    assert [(one.route, one.verdict) for one in odd] == [("odd/v1/rows_…", verdict)]


def test_secret_looking_routes_are_shown_without_their_random_part():
    world = SiteWithPlugins({f"odd/v1/data-{SUFFIX}": all_at_once(items(2))})
    found = discovered(world)

    assert {"mo/v1/statistics_pages_…", "odd/v1/data-…"} <= set(found.secret_routes)
    assert SUFFIX not in f"{found} {found.secret_routes} {found.index.namespaces}"


INTERNALS = {
    "wp/v2/blocks": wordpress([]),
    "wp/v2/navigation": wordpress(items(2)),
    "wp/v2/templates": always({"code": "rest_cannot_manage_templates", "message": "x"}, 401),
    "wp/v2/font-families": all_at_once([]),
}


def test_internals_of_the_editor_are_listed_only_if_they_hold_something():
    found = discovered(SiteWithPlugins(INTERNALS))

    assert "wp/v2/navigation" in by_route(found)
    assert {one.route for one in found.excluded_as(EMPTY)} == set(INTERNALS) - {"wp/v2/navigation"}
    assert found.failed == ()
    everything = discovered(SiteWithPlugins(INTERNALS), ALL)
    assert everything.excluded_as(EMPTY) == ()
    assert {"wp/v2/blocks", "wp/v2/navigation"} <= set(by_route(everything))


def test_an_internal_without_a_total_is_listed_if_it_holds_something():
    templates = always([{"id": "theme//home"}, {"id": "theme//index"}])
    found = by_route(discovered(SiteWithPlugins({"wp/v2/templates": templates})))

    assert found["wp/v2/templates"].total == 2
    assert found["wp/v2/templates"].sample.completeness == SINGLE


def test_an_internal_that_fails_is_not_taken_for_an_empty_one():
    found = discovered(SiteWithPlugins({"wp/v2/blocks": always("no", 403)}))

    assert [one.route for one in found.failed] == ["wp/v2/blocks"]


def test_hidden_items_are_counted_where_a_page_holds_all():
    world = InProcessSite(site=SampleSite(COUNTS))
    for name in ("posts", "tags"):
        world.site.hide(name, world.site.readable_ids(name)[1])
    found = by_route(discovered(world, COLLECTIONS))

    assert found["wp/v2/tags"].sample.hidden == 1
    assert found["wp/v2/pages"].sample.hidden == 0
    assert found["wp/v2/posts"].sample.hidden is None


@pytest.mark.parametrize("most", [100, 50, 10])
def test_the_cost_of_a_full_read_is_what_it_costs(most):
    found = discovered(InProcessSite(site=SampleSite(COUNTS, max_per_page=most)), COLLECTIONS)
    for route, one in by_route(found).items():
        world = InProcessSite(site=SampleSite(COUNTS, max_per_page=most))
        read = world.read(f"/wp-json/{route}")
        estimate = cost.full_read(one.sample)

        assert isinstance(read, list)
        assert abs(estimate.requests - len(world.requests)) <= max(3, len(world.requests) // 3)
        size = sum(len(item.raw) for item in read)
        assert size / 2 < estimate.size < size * 2


@pytest.mark.parametrize(
    ("route", "seen"),
    [
        ("posts", cost.MODIFIED),
        ("pages", cost.EVERYTHING),
        ("media", cost.MODIFIED),
        ("books", cost.MODIFIED),
        ("comments", cost.NEWEST),
        ("tags", cost.EVERYTHING),
    ],
)
def test_a_discovery_says_which_changes_a_refresh_sees(route, seen):
    found = by_route(discovered(InProcessSite(site=SampleSite(COUNTS)), COLLECTIONS))
    one = found[f"wp/v2/{route}"]

    assert cost.seen_by_refresh(one.address, one.sample) == seen
    assert cost.refresh(one.address, one.sample).requests == 1
    assert cost.refresh(one.address, one.sample).size <= cost.full_read(one.sample).size


def test_a_refresh_of_a_single_answer_costs_a_full_read():
    world = SiteWithPlugins({"mo/v1/rows_48213": all_at_once(items(700))})
    one = by_route(discovered(world))["mo/v1/rows_48213"]

    assert cost.seen_by_refresh(one.address, one.sample) == cost.NOTHING
    assert cost.refresh(one.address, one.sample) == cost.full_read(one.sample)
    assert cost.full_read(one.sample).requests == 1


def test_a_page_that_is_too_heavy_is_asked_for_with_fewer_items():
    site = SampleSite(COUNTS)

    def heavy(request: Request) -> Answer:
        is_heavy = int(request.query.get("per_page", 1)) > 20 and "posts" in request.path
        return Answer(500, {}, b"") if is_heavy else site.answer(request)

    found = by_route(discovered(InProcessSite(heavy), COLLECTIONS))

    assert found["wp/v2/posts"].total == 250
    assert found["wp/v2/posts"].sample.per_page == 10


def test_with_a_login_the_rows_of_a_visitor_are_shown_too():
    world = InProcessSite(site=SampleSite(COUNTS))
    world.site.hide("tags", world.site.readable_ids("tags")[1])
    closed = Answer(401, {}, b'{"code":"rest_user_cannot_view","message":"x"}')
    world.adapter.answers = lambda asked: (
        closed
        if asked.path.endswith("/users") and not asked.credentials()
        else world.site.answer(asked)
    )
    login = Credentials(world.site.user, world.site.application_password)
    visitors, users = discovered(world, COLLECTIONS), discovered(world, COLLECTIONS, login)

    assert "wp/v2/users" in [one.route for one in visitors.excluded_as(CLOSED)]
    assert by_route(users)["wp/v2/users"].seen_by_visitors is None
    assert by_route(users)["wp/v2/users"].total == 3
    assert by_route(users)["wp/v2/posts"].seen_by_visitors == 250
    assert by_route(users)["wp/v2/tags"].seen_by_visitors == COUNTS["tags"] - 1
    assert by_route(users)["wp/v2/tags"].sample.readable == COUNTS["tags"]


def test_a_login_does_not_change_public_rows():
    world = SiteWithPlugins({"mo/v1/rows_48213": all_at_once(items(7))})
    found = by_route(discovered(world, LISTS, Credentials("editor", "secret")))

    assert found["mo/v1/rows_48213"].seen_by_visitors == 7


def test_with_the_option_all_wordpress_objects_are_single_answers():
    found = by_route(discovered(InProcessSite(site=SampleSite(COUNTS)), ALL))

    assert found["wp/v2/types"].sample.completeness == SINGLE
    assert found["wp/v2/taxonomies"].sample.completeness == SINGLE


def test_no_login_is_sent_to_a_route_that_nobody_describes_as_a_list():
    world = SiteWithPlugins(
        {"odd/v1/clear": always([]), "shop/v1/items": by_number(items(2))},
        shop_v1_items=described("per_page"),
    )
    known: dict[str, set[bool]] = {}
    world.adapter.before_request = lambda asked: known.setdefault(asked.path, set()).add(
        bool(asked.credentials())
    )
    discovered(world, ALL, Credentials("editor", "secret"))

    assert known["/wp-json/odd/v1/clear"] == {False}
    assert True in known["/wp-json/shop/v1/items"]


def test_a_site_is_found_without_a_scheme_over_http_where_it_has_no_https(serve):
    server = serve(SampleSite({"posts": 3}))
    with open_site(options_with(deadline=20)) as site:
        api = site.find_api(addresses_of_site(server.url.removeprefix("http://")))
        found = site.discover(api, COLLECTIONS)

    assert {one.total for one in found.collections} == {0, 3}
    assert all(one.address.url.startswith("http://127.0.0.1") for one in found.collections)


def test_a_site_is_asked_over_https_where_it_has_it():
    world = InProcessSite(site=SampleSite({"posts": 3}))
    found = discovered_at(addresses_of_site("sample.test"), world.retrying_client())

    assert all(one.address.url.startswith("https://") for one in found.collections)


def test_a_host_that_does_not_answer_is_reported_soon():
    with (
        open_site(options_with(deadline=20, backoff=60)) as site,
        pytest.raises(SiteUnavailable, match="refused"),
    ):
        site.find_api(addresses_of_site("127.0.0.1:9"))
