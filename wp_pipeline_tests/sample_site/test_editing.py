import json

import pytest

from sample_site.content import COLLECTIONS
from sample_site.site import SampleSite

DATED = ("posts", "pages", "media", "books")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_new_item_has_the_highest_id(name, site, all_ids):
    before = site.readable_ids(name)
    item_id = site.publish(name)

    assert item_id > max(before)
    assert all_ids(site, f"wp/v2/{name}?orderby=id&order=asc") == [*before, item_id]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_draft_appears_between_other_items_once_it_is_published(name, site, all_ids):
    before = site.readable_ids(name)
    item_id = site.draft(name)

    assert min(before) < item_id < max(before)
    assert site.readable_ids(name) == before

    site.publish_draft(name, item_id)
    assert site.readable_ids(name) == sorted([*before, item_id])
    assert all_ids(site, f"wp/v2/{name}?orderby=id&order=asc") == site.readable_ids(name)


def test_a_draft_is_forbidden_to_visitors(site, ask):
    answer = ask(site, f"wp/v2/posts/{site.draft('posts')}")

    assert (answer.status, json.loads(answer.body)["code"]) == (401, "rest_forbidden")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_an_edit_changes_the_item_and_nothing_else(name, ask):
    site = SampleSite({name: 6, "posts": 6}, volatile=False)
    edited = site.readable_ids(name)[2]

    def read() -> dict[int, dict]:
        items = json.loads(ask(site, f"wp/v2/{name}?per_page=100").body)
        return {item["id"]: item for item in items}

    before = read()
    site.edit(name, edited)
    after = read()

    assert [item_id for item_id in after if after[item_id] != before[item_id]] == [edited]
    moved = "modified" in after[edited] and after[edited]["modified"] > before[edited]["modified"]
    assert moved is (name in DATED)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_deleted_item_is_gone(name, site, all_ids):
    gone, *left = site.readable_ids(name)
    site.delete(name, gone)

    assert site.readable_ids(name) == left
    assert all_ids(site, f"wp/v2/{name}?orderby=id&order=asc") == left


def test_an_item_deleted_between_two_pages_makes_the_next_page_skip_one(site, ids):
    expected = site.readable_ids("posts")
    route = "wp/v2/posts?orderby=id&order=asc&per_page=10&page="
    first = ids(site, f"{route}1")
    site.delete("posts", first[0])

    assert expected[10] not in first + ids(site, f"{route}2")


def test_the_comments_of_a_trashed_post_are_gone_too(site, ask):
    comments = json.loads(ask(site, "wp/v2/comments?per_page=100").body)
    post = comments[0]["post"]
    site.delete("posts", post)

    left = [comment["id"] for comment in comments if comment["post"] != post]
    assert len(left) < len(comments)
    assert site.readable_ids("comments") == sorted(left)
    assert ask(site, "wp/v2/comments").headers["X-WP-Total"] == str(len(left))


def test_a_deleted_term_is_removed_from_its_posts(site, ask):
    term = json.loads(ask(site, "wp/v2/posts").body)[0]["categories"][0]
    site.delete("categories", term)

    posts = json.loads(ask(site, "wp/v2/posts?per_page=100").body)
    assert not [post["id"] for post in posts if term in post["categories"]]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_hidden_item_is_counted_and_keeps_its_place_but_is_not_sent(name, site, ask, ids):
    before = site.readable_ids(name)
    site.hide(name, before[1])
    answer = ask(site, f"wp/v2/{name}?orderby=id&order=asc&per_page=3")

    assert answer.headers["X-WP-Total"] == str(len(before))
    assert [item["id"] for item in json.loads(answer.body)] == [before[0], before[2]]
    assert before[1] not in site.readable_ids(name)

    site.show(name, before[1])
    assert ids(site, f"wp/v2/{name}?orderby=id&order=asc&per_page=3") == before[:3]


def test_a_term_counts_its_published_posts(site, ask):
    def count(term: int) -> int:
        return json.loads(ask(site, f"wp/v2/categories/{term}").body)["count"]

    post = json.loads(ask(site, "wp/v2/posts?per_page=1").body)[0]
    before = count(post["categories"][0])
    site.delete("posts", post["id"])

    assert count(post["categories"][0]) == before - 1


def test_an_edit_of_one_site_does_not_change_another():
    one, other = SampleSite({"posts": 5}), SampleSite({"posts": 5})
    one.delete("posts", one.readable_ids("posts")[0])

    assert len(other.readable_ids("posts")) == 5


def test_unknown_collections_and_ids_are_errors(site):
    with pytest.raises(ValueError, match="No such collections"):
        SampleSite({"postings": 1})
    with pytest.raises(KeyError):
        site.edit("posts", 99_999)
