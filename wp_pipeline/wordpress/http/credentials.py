"""Credentials of HTTP's Basic scheme, sent only to the site's own origin.

https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-https
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

# Names of members in JSON, without the _, - and spaces in them and in lower case.
USERS = ("username", "user", "login", "userlogin", "email", "consumerkey", "key")
PASSWORDS = (
    "applicationpassword", "apppassword", "password", "pass", "consumersecret", "secret"
)  # fmt: skip
QUOTED = re.compile(r"\A(?:([\"'`])(.*)\1|[“„\u2018](.*)[”“\u2019])\Z", re.DOTALL)
TWO_KEYS = re.compile(r"(ck_\w+)[\s:,;|/]+(cs_\w+)")
OTHER_KEYS = re.compile(r"c[ks]_\w+([\s:,;|/]+c[ks]_\w+)?")
# `username: editor` and `password: …` in lines, or `consumer_key=…&consumer_secret=…`.
TWO_MEMBERS = re.compile(r"([\w -]+?)\s*[:=]\s*(.+?)\s*(?:[\n&;,]\s*)+([\w -]+?)\s*[:=]\s*(.+)")
NO_USER = re.compile(r"https?|(proxy-)?authorization|basic|bearer", re.IGNORECASE)


class MalformedCredentials(ValueError):
    """Not `user:application password`. The message quotes nothing of it."""


@dataclass(frozen=True)
class Credentials:
    """A WordPress user and one of that user's application passwords.

    Or a consumer key and consumer secret of WooCommerce, which are valid below `wc/` only.
    """

    user: str = field(repr=False)
    application_password: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Credentials":
        """Read `user:password`, `ck_…:cs_…`, or JSON with both. Raises MalformedCredentials."""
        text = unquoted(text.strip())
        if text[:1] in ("{", "["):
            return cls(*pair_in_json(text))
        if OTHER_KEYS.fullmatch(text) and not TWO_KEYS.fullmatch(text):
            raise MalformedCredentials(
                "is not `ck_…:cs_…`, the consumer key and then the consumer secret of WooCommerce"
            )
        if keys := TWO_KEYS.fullmatch(text):
            return cls(keys[1], keys[2])
        if pair := pair_of_members(text):
            return cls(*pair)
        user, colon, password = text.partition(":")
        if not (user and colon and password.strip()) or NO_USER.fullmatch(user) or "\n" in text:
            raise MalformedCredentials("is not `user:application password`")
        return cls(user, password.strip())

    @property
    def is_consumer_key(self) -> bool:
        """Whether it is a pair of WooCommerce's keys, which WordPress itself does not know."""
        return self.user.startswith("ck_") and self.application_password.startswith("cs_")

    @property
    def header(self) -> str:
        """The value of the Authorization header."""
        pair = f"{self.user}:{self.application_password}"
        return f"Basic {b64encode(pair.encode()).decode()}"


def unquoted(text: str) -> str:
    """Return a text without quotes around it, also as JSON writes it, with escapes."""
    try:
        value = json.loads(text) if text[:1] == '"' else None
    except (ValueError, RecursionError):  # It holds the text: nothing is raised in its context.
        value = None
    return value.strip() if isinstance(value, str) else QUOTED.sub(r"\2\3", text)


def pair_in_json(text: str) -> tuple[str, str]:
    """Return user and password of a JSON object. Raises MalformedCredentials."""
    try:
        members = {plain(name): value for name, value in json.loads(text).items()}
    except (ValueError, AttributeError, RecursionError):
        members = {}
    user, password = first_of(USERS, members), first_of(PASSWORDS, members)
    if not (user and password) or ":" in user:
        raise MalformedCredentials(
            "is not JSON with texts as `username` (without a colon) and `password`"
        )
    return user, password


def pair_of_members(text: str) -> tuple[str, str] | None:
    """Return user and password of a text that names both; None if it does not."""
    found = TWO_MEMBERS.fullmatch(text)
    if not found:
        return None
    members = {plain(found[1]): unquoted(found[2]), plain(found[3]): unquoted(found[4])}
    user, password = first_of(USERS, members), first_of(PASSWORDS, members)
    return (user, password) if user and password and ":" not in user else None


def plain(name: str) -> str:
    return re.sub(r"[_\s-]", "", name).lower()


def first_of(names: tuple[str, ...], members: Mapping[str, object]) -> str:
    """Return the text of the first of these members that exists, else an empty text."""
    texts = (members[name] for name in names if name in members)
    return next((text.strip() for text in texts if isinstance(text, str)), "")
