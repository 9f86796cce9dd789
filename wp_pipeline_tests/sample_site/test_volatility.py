import json
import re

from sample_site.site import SampleSite


def test_comments_without_an_email_address_change_their_gravatar_server(ask):
    site = SampleSite({"posts": 3, "comments": 60})
    bodies = {ask(site, "wp/v2/comments?per_page=60").body for _ in range(3)}
    without_servers = {re.sub(rb"\d\.gravatar", b"N.gravatar", body) for body in bodies}

    assert len(bodies) == 3
    assert len(without_servers) == 1


def test_a_site_over_https_has_one_gravatar_server(ask):
    site = SampleSite({"comments": 30}, url="https://sample.test")
    avatars = [
        url
        for comment in json.loads(ask(site, "wp/v2/comments?per_page=30").body)
        for url in comment["author_avatar_urls"].values()
    ]

    assert {url.partition("/avatar/")[0] for url in avatars} == {"https://secure.gravatar.com"}


def test_players_are_numbered_by_their_place_in_the_answer(ask):
    site = SampleSite({"media": 40})

    def players(route: str) -> list[str]:
        items = json.loads(ask(site, route).body)
        described = [item["description"]["rendered"] for item in items]
        return [found[0] for text in described if (found := re.findall(r"video-\d+-\d+", text))]

    films = players("wp/v2/media?orderby=id&order=asc&per_page=100")
    assert [film.rpartition("-")[2] for film in films] == ["1", "3", "5", "7"]

    last = films[-1].split("-")[1]
    assert players(f"wp/v2/media?include={last}") == [f"video-{last}-1"]


def test_only_the_first_player_has_a_script_for_old_browsers(ask):
    site = SampleSite({"media": 40})
    body = ask(site, "wp/v2/media?per_page=100").body

    assert body.count(b"createElement('video')") == 1
    assert body.count(b"createElement('audio')") == 1


def test_a_site_that_is_not_volatile_answers_the_same_twice(ask):
    site = SampleSite(volatile=False)

    for route in ("wp/v2/comments?per_page=100", "wp/v2/media?per_page=100"):
        assert ask(site, route).body == ask(site, route).body
        assert b"{player}" not in ask(site, route).body
