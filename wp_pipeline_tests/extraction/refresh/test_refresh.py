"""A refresh: an unchanged collection costs one request, a changed one the price of its change."""

import json
from dataclasses import replace
from itertools import count

import pytest

from sample_site.messages import Answer
from sample_site.site import SampleSite
from wp_pipeline.extraction.outcomes import Changes, Stored
from wp_pipeline.settings import Settings
from wp_pipeline_tests.extraction.refresh.conftest import LargeWorld, prepared


def test_the_first_refresh_compares_outlines_and_keeps_a_probe(large):
    large.extract()

    found = large.refresh()

    assert found["posts"].verified == "outline"
    assert large.refresh()["posts"].verified == "counts"


def test_an_unchanged_site_costs_one_request_a_collection_and_no_upload(large):
    prepared(large)
    before = large.uploads()

    found = large.refresh()

    assert len(large.server.requests) == 3
    assert large.uploads() == before
    assert {one.unchanged for one in found.values()} == {True}
    assert [found[name].rows for name in ("posts", "tags")] == [250, 4]


def test_a_volatile_part_is_no_change(large):
    good = large.server.answers
    views = count()

    def with_a_counter(request):
        found = good(request)
        return replace(found, body=found.body.replace(b"</p>", b"%d views</p>" % next(views)))

    large.server.answers = with_a_counter
    prepared(large)

    assert large.refresh()["posts"].unchanged
    assert len(large.requests_for("posts")) == 1


CHANGES = {
    "edited": lambda site: site.edit("posts", site.readable_ids("posts")[7]),
    "new": lambda site: site.publish("posts"),
    "deleted": lambda site: site.delete("posts", site.readable_ids("posts")[120]),
    "published": lambda site: site.publish_draft("posts", site.draft("posts")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_merged_into_what_is_stored(large, change):
    prepared(large)
    CHANGES[change](large.site)

    found = large.refresh()

    assert isinstance(found["posts"], Stored)
    assert found["posts"].verified == "outline"
    merged = large.rows("posts")
    large.extract()
    assert merged == large.rows("posts")


def test_many_changed_items_are_merged_if_the_site_caps_its_pages_silently(large):
    def capped(request):
        most = min(20, int(request.query.get("per_page", 10)))
        return large.site.answer(replace(request, query={**request.query, "per_page": str(most)}))

    large.server.answers = capped
    prepared(large)
    edited = large.site.readable_ids("posts")[30:90]
    for item in edited:
        large.site.edit("posts", item)

    found = large.refresh()

    assert found["posts"].rows == 250
    assert found["posts"].changes == Changes(changed=60)


def test_a_hidden_row_that_is_still_counted_is_seen_by_an_outline(large):
    prepared(large)
    hidden = large.site.readable_ids("posts")[33]
    large.site.hide("posts", hidden)

    assert large.refresh()["posts"].verified == "counts"
    assert large.refresh(outline=True)["posts"].verified == "outline"
    assert hidden not in [row["id"] for row in large.rows("posts")]


def test_a_change_costs_outlines_and_one_request_for_the_changed_items(large):
    prepared(large)
    large.site.edit("posts", large.site.readable_ids("posts")[7])

    large.refresh()

    asked = large.requests_for("posts")
    whole = [one for one in asked if "_fields" not in one]
    assert len(whole) == 2  # The probe, and the edited post.
    assert "include=" in whole[1]


def test_a_refresh_of_a_small_collection_sees_every_change(large):
    prepared(large)
    large.site.edit("tags", large.site.readable_ids("tags")[0])

    assert large.refresh()["tags"].unchanged is False


def test_a_refresh_becomes_a_full_read_if_the_metadata_are_lost(large):
    prepared(large)
    body = large.stored("posts")
    large.aws.put_object("wordpress-api/posts.json", body, Metadata={"row-count": "250"})

    found = large.refresh()

    assert found["posts"].verified == "full"
    assert large.rows("posts") == json.loads(body)


def test_a_refresh_becomes_a_full_read_if_the_object_does_not_match_its_metadata(large):
    prepared(large)
    metadata = large.aws.head("wordpress-api/posts.json")["Metadata"]
    large.aws.put_object("wordpress-api/posts.json", b"[]", Metadata=metadata)
    large.site.publish("posts")

    found = large.refresh()

    assert found["posts"].verified == "full"
    assert len(large.rows("posts")) == 251


def test_a_refresh_becomes_a_full_read_if_the_site_ignores_fields(large):
    prepared(large)
    large.site.publish("posts")

    def without_fields(request):
        request.query.pop("_fields", None)

    large.before_each_request(without_fields)

    assert large.refresh()["posts"].verified == "full"


def test_items_without_outlines_are_read_in_full_once_if_nothing_changes(large):
    large.before_each_request(lambda request: request.query.pop("_fields", None))
    large.extract_these("posts")
    large.extract()

    assert large.refresh()["posts"].verified == "full"
    assert large.refresh()["posts"].verified == "counts"


def test_a_refresh_becomes_a_full_read_if_items_have_other_members(large):
    prepared(large)
    good = large.server.answers

    def with_a_member(request):
        found = good(request)
        return replace(found, body=found.body.replace(b'"slug":', b'"rating":1,"slug":'))

    large.server.answers = with_a_member

    assert large.refresh()["posts"].verified == "full"
    assert {row["rating"] for row in large.rows("posts")} == {1}


@pytest.mark.parametrize(("fields", "seen"), [("", False), ("rating", True)])
def test_a_member_of_a_plugin_is_compared_if_a_setting_says_so(large, fields, seen):
    large.settings = Settings(outline_fields=fields)
    rated = large.site.readable_ids("posts")[5]
    rating = b"1"
    good = large.server.answers

    def with_a_rating(request):
        found = good(request)
        if "/posts" not in request.path:
            return found
        items = json.loads(found.body)
        asked = request.query.get("_fields", "rating").split(",")
        for item in items if "rating" in asked else []:
            item["rating"] = int(rating) if item["id"] == rated else 1
        return replace(found, body=json.dumps(items).encode())

    large.server.answers = with_a_rating
    prepared(large)
    rating = b"5"

    large.refresh(outline=True)

    ratings = {row["id"]: row["rating"] for row in large.rows("posts")}
    assert (ratings[rated] == 5) is seen


def test_an_outline_is_compared_on_demand_although_the_probe_is_equal(large):
    prepared(large)

    assert large.refresh(outline=True)["posts"].verified == "outline"


def test_a_change_whose_run_failed_is_still_a_change(large):
    prepared(large)
    large.site.publish("posts")
    good = large.server.answers

    def failing(request):
        found = good(request)
        return found.__class__(403, {}, b"") if "include" in request.query else found

    large.server.answers = failing
    assert not isinstance(large.refresh()["posts"], Stored)

    large.server.answers = good
    assert large.refresh()["posts"].unchanged is False
    assert len(large.rows("posts")) == 251


def test_a_refresh_whose_object_is_replaced_meanwhile_begins_again(large):
    prepared(large)
    large.site.publish("posts")
    others = iter([lambda: large.extract()])

    def before(request):
        if "_fields" in request.query and "/posts" in request.path:
            next(others, lambda: None)()

    large.before_each_request(before)
    found = large.refresh()["posts"]

    assert isinstance(found, Stored)
    assert len(large.rows("posts")) == 251


@pytest.mark.parametrize("outline", [False, True])
def test_the_total_of_the_site_is_kept_with_a_merged_object(large, outline):
    prepared(large)
    large.site.hide("comments", large.site.readable_ids("comments")[3])
    large.site.publish("comments")

    large.refresh(outline=outline)

    kept = large.aws.head("wordpress-api/comments.json")["Metadata"]
    assert kept["total"] == "231"
    assert kept["row-count"] == ("230" if outline else "231")


def test_the_metadata_of_an_object_are_small(large):
    for number, item_id in enumerate(large.site.readable_ids("comments")):
        if number % 7 == 0:
            large.site.hide("comments", item_id)
    prepared(large)

    for name in ("posts", "comments", "tags"):
        kept = large.aws.head(f"wordpress-api/{name}.json")["Metadata"]
        assert sum(len(key) + len(value) for key, value in kept.items()) < 1000


# Comments: their newest ones are compared, the rest by counts.


def comments_now(world) -> list:
    """What a full read stores, after what a refresh stored."""
    merged = world.rows("comments")
    world.extract()
    assert merged == world.rows("comments")
    return merged


def test_a_new_comment_costs_the_probe_and_one_request(large):
    prepared(large)
    new = large.site.publish("comments")

    found = large.refresh()

    assert found["comments"].verified == "counts"
    assert len(large.requests_for("comments")) == 2
    assert comments_now(large)[-1]["id"] == new


def test_an_edit_among_the_newest_comments_is_seen(large):
    prepared(large)
    large.site.edit("comments", large.site.readable_ids("comments")[-40])

    assert large.refresh()["comments"].verified == "counts"
    comments_now(large)


def test_a_deletion_among_the_newest_comments_is_seen(large):
    prepared(large)
    large.site.delete("comments", large.site.readable_ids("comments")[-40])

    assert large.refresh()["comments"].verified == "counts"
    comments_now(large)


def test_an_older_deletion_is_found_by_a_few_small_requests(large):
    prepared(large)
    large.site.delete("comments", large.site.readable_ids("comments")[5])

    assert large.refresh()["comments"].verified == "counts"
    assert len(large.requests_for("comments")) <= 5
    comments_now(large)


def test_a_new_comment_and_an_older_deletion_do_not_cancel_out(large):
    prepared(large)
    large.site.publish("comments")
    large.site.delete("comments", large.site.readable_ids("comments")[5])

    assert large.refresh()["comments"].verified == "counts"
    comments_now(large)


def test_new_comments_do_not_prove_that_the_older_ones_are_complete(large):
    def send_one_by_one(request):
        if "/comments" in request.path:
            request.query["per_page"] = "1"

    large.before_each_request(send_one_by_one)
    prepared(large)
    for _ in range(2):
        large.site.publish("comments")
        found = large.refresh()["comments"]

    assert (found.verified, found.completeness) == ("counts", "counted")


def block_comments_of_a_moved_post(world, answer: Answer) -> list[int]:
    """Give an edited post another address, and answer like this to requests for its comments.

    Returns the ids of its comments, which the site still shows.
    """
    comments = world.rows("comments")
    post = comments[5]["post"]
    world.move_post(post)
    others = world.server.answers
    world.server.answers = lambda request: answer if "post" in request.query else others(request)
    return [one["id"] for one in comments if one["post"] == post]


BLOCKED = Answer(403, {"Content-Type": "text/html"}, b"<title>Generated by Wordfence</title>")
PROXY = Answer(407, {"Content-Type": "text/html"}, b"")
UNREADABLE = Answer(
    401, {"Content-Type": "application/json"}, b'{"code": "rest_cannot_read_post", "message": "No"}'
)


@pytest.mark.parametrize("answer", [BLOCKED, PROXY], ids=["firewall", "proxy"])
def test_comments_of_a_moved_post_stay_if_something_else_than_wordpress_refuses_them(large, answer):
    prepared(large)
    before = {one["id"] for one in large.rows("comments")}
    theirs = block_comments_of_a_moved_post(large, answer)

    large.refresh()

    assert theirs
    assert {one["id"] for one in large.rows("comments")} == before


def test_comments_of_a_post_that_became_private_are_removed(large):
    prepared(large)
    theirs = block_comments_of_a_moved_post(large, UNREADABLE)

    assert large.refresh()["comments"].verified == "counts"
    assert {one["id"] for one in large.rows("comments")}.isdisjoint(theirs)


def test_comments_of_a_moved_post_are_not_added_to_those_of_a_chosen_post(aws, serve):
    world = LargeWorld.ready(aws, serve(SampleSite({"posts": 3, "comments": 400}, volatile=False)))
    moved, chosen, _ = world.site.readable_ids("posts")
    comments = world.url(f"wp/v2/comments?post={chosen}")
    world.put_endpoints(f"{world.url('wp/v2/posts')},{comments}")
    prepared(world)
    before = world.rows("comments")
    world.move_post(moved)

    world.refresh()

    assert len(before) > 100
    assert world.rows("comments") == before


def test_an_outline_shows_moved_comments_although_the_posts_were_stored_before(large):
    prepared(large)
    large.move_post(large.rows("comments")[5]["post"])
    good = large.server.answers
    large.server.answers = lambda request: BLOCKED if "comments" in request.path else good(request)
    assert isinstance(large.refresh()["posts"], Stored)
    large.server.answers = good

    assert large.refresh(outline=True)["comments"].verified == "outline"
    comments_now(large)


def test_comments_are_read_anew_if_a_refresh_reads_the_posts_in_full(large):
    prepared(large)
    large.move_post(large.rows("comments")[5]["post"])
    large.aws.put_object("wordpress-api/posts.json", large.stored("posts"), Metadata={})

    assert large.refresh()["posts"].verified == "full"
    comments_now(large)


# Terms tell posts.


def test_a_deleted_tag_refreshes_the_posts_that_had_it(large):
    prepared(large)
    large.site.delete("tags", large.site.readable_ids("tags")[0])

    assert large.refresh()["posts"].verified == "outline"
    merged = large.rows("posts")
    large.extract()
    assert merged == large.rows("posts")


def test_renaming_a_tag_does_not_refresh_posts(large):
    prepared(large)
    large.site.edit("tags", large.site.readable_ids("tags")[0])

    found = large.refresh()

    assert found["tags"].unchanged is False
    assert found["posts"].verified == "counts"
    assert len(large.requests_for("posts")) == 1
