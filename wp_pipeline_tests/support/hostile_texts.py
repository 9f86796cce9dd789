"""A site whose every text tries to be markup, a script, an address or a file of its own."""

import random
from datetime import datetime, timezone
from typing import Any

from wp_pipeline.report.history import Check, EndpointHistory, Extraction, History

ADDRESSES = (
    "https://evil.example/wp-json/mo/v1/posts_4821", "ada@example.org", "192.168.0.17",
    "www.evil.example", "2001:db8::8a2e:370:7334", "evil.example/pixel.gif",
)  # fmt: skip
ATTACKS = (
    "<script>alert(1)</script>", "&lt;script&gt;alert(2)&lt;/script&gt;", "</style><script>",
    "<img src=x onerror=alert(3)>", "\" onload='alert(4)", "'); DROP TABLE wp_posts; --",
    "<svg onload=alert(5)>", "]]><!--", "{{ 7 * 7 }}", "{% raw %}", "${7*7}", "\u202egnp.exe",
    "a\x00b", "&#60;iframe&#62;", "&amp;lt;b&amp;gt;", "</title></svg><script>", "\ud83d",
    "x" * 3000, "&" * 3000, "\U0001d54f" * 3000, "<" * 3000, "\"'" * 1500,
)  # fmt: skip
TEXTS = (*ATTACKS, *ADDRESSES)
SITE = "<b>site</b>&\"'"


def hostile_site(seed: int, posts: int = 60, comments: int = 300) -> dict[str, Any]:
    """Return the objects of a site, whose texts are all hostile."""
    chance = random.Random(seed)

    def text() -> str:
        return chance.choice(TEXTS) + chance.choice(("", " ", f" {chance.choice(TEXTS)}"))

    def date() -> str:
        years = (1960, 2190) if seed % 2 else (2010, 2019)
        usual = f"{chance.randint(*years)}-{chance.randint(1, 12):02}-01T00:00:00"
        return chance.choice((usual, usual, usual, text()))

    def number() -> Any:
        return chance.choice((chance.randint(0, 20), text(), str(chance.randint(0, 20))))

    return {
        "posts": [
            {"id": number(), "author": number(), "date": date(), "title": {"rendered": text()}}
            for _ in range(posts)
        ],
        "comments": [{"id": n, "post": number(), "date": date()} for n in range(comments)],
        "users": [{"id": number(), "name": text()} for _ in range(60)],
        "terms": [
            {"id": n, "name": text(), "taxonomy": text(), "count": chance.randint(0, 10**9)}
            for n in range(300)
        ],
        **{f"{n}{chance.choice(ATTACKS)}": [{"id": 1}] for n in range(90)},
    }


def hostile_history(names: list[str], seed: int) -> History:
    """Return a history in which everything failed, for hostile reasons."""
    chance = random.Random(seed)
    at = datetime(2026, 11, 26, 18, 40, tzinfo=timezone.utc)
    return History(
        {
            name: EndpointHistory(
                at,
                f"{name}: {chance.choice(TEXTS)}",
                [Check(chance.choice(TEXTS), False, chance.choice(TEXTS)) for _ in range(6)],
            )
            for name in names
        },
        [Extraction(at, dict.fromkeys(names, 10**18)) for _ in range(40)],
    )
