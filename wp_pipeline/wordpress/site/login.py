"""Checks that WordPress knows the login.

If the application password is wrong, or the header was dropped, WordPress answers a public route
with 200, as to a visitor; private items would then be missing without any error. So WordPress is
asked for the current user. If it refuses that, an endpoint is asked for what only editors may read:
WordPress refuses it with 401 to a visitor, and with 403 to a user without the permission.

Endpoints are refused only if an answer proves that the login is wrong. Otherwise their own answers
decide: a password of the web server opens the whole site, and plugins have keys of their own.
https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.endpoints.address import PAGING, Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint, by_api_root
from wp_pipeline.wordpress.errors import (
    Cancelled,
    DeadlineExceeded,
    SiteError,
    SiteUnavailable,
    StatusError,
)
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient

CURRENT_USER = "wp/v2/users/me"
POSTS = "wp/v2/posts"
EDITORS_ONLY = {"context": "edit", "per_page": 1, "_fields": "id"}
TRIES = 2

NOT_LOGGED_IN = frozenset({"rest_not_logged_in", "rest_forbidden_context"})
# What WordPress says of the user or the password themselves.
WRONG_LOGIN = frozenset(
    {
        "application_passwords_disabled",
        "application_passwords_disabled_for_user",
        "authentication_failed",
        "incorrect_password",
        "incorrect_application_password",
        "invalid_application_password",
        "invalid_email",
        "invalid_username",
    }
)
DOES_NOT_ACCEPT = (
    "the site does not accept the user or the application password in the credentials parameter;"
    " set a valid one"
)
TURNED_OFF = "the site has application passwords turned off, as its index says"
TURN_THEM_ON = (
    f"{TURNED_OFF}, and answers as to a visitor; turn them on, or unset"
    " WP_PIPELINE_CREDENTIALS_PARAMETER to read what a visitor may read"
)
READ_WITHOUT = f"{TURNED_OFF}; if items are missing that are not for visitors, turn them on"
OTHER_NAMESPACE = (
    f"WordPress does not know the login ({CURRENT_USER}: HTTP 401 rest_not_logged_in); the"
    " endpoints are read, since their plugins may know it"
)
NO_VERDICT = (
    "the site does not tell whether it knows the login; if items are missing that are not for"
    " visitors, check the user and the application password"
)


def rejected_logins(
    endpoints: Sequence[Endpoint],
    client: RetryingClient,
    cancellation: Cancellation,
) -> Mapping[str, str]:
    """Return the names of endpoints whose site proves that the login is wrong, with the reasons.

    If the site does not tell, the observer of the client is told. Raises SiteUnavailable,
    DeadlineExceeded or Cancelled.
    """
    judged = by_api_root(one for one in endpoints if not one.has_own_keys)
    check = LoginCheck(client, cancellation)
    found: dict[str, str] = {}
    for members in judged.values():
        core = [one for one in members if one.is_core]
        reason = check.of_core(core[0]) if core else check.of_plugin(members[0])
        if reason:
            found.update(dict.fromkeys([one.name for one in members], reason))
    return found


@dataclass(frozen=True)
class Reply:
    """What the site answers to a question: a JSON value with status 200, or an error code.

    Status 0 is anything else, such as a web page.
    """

    status: int = 0
    code: str = ""
    value: object = None

    @property
    def is_proof(self) -> bool:
        """Whether WordPress itself says that the login is wrong, or that nobody is logged in."""
        return self.code in WRONG_LOGIN or (self.status == 401 and self.code in NOT_LOGGED_IN)

    @property
    def is_for_users(self) -> bool:
        """Whether it is an answer to a user that WordPress knows: data, or 403."""
        if self.status == 200:
            return isinstance(self.value, (dict, list))
        return self.status == 403 and bool(self.code)

    @property
    def names_us(self) -> bool:
        """Whether WordPress names the current user in it."""
        return isinstance(self.value, dict) and bool(self.value.get("id"))

    @property
    def wants_password(self) -> bool:
        """Whether the web server itself wants a password: then the login is for the whole site."""
        return self.status == 401 and not self.code

    @property
    def turns_passwords_off(self) -> bool:
        """Whether it is an index without application passwords; PHP writes {} as []."""
        ways = self.value.get("authentication") if isinstance(self.value, dict) else None
        return isinstance(ways, (dict, list)) and "application-passwords" not in ways


NO_ANSWER = Reply()


def current_user(endpoint: Endpoint) -> Address:
    return endpoint.address.api_root.below(CURRENT_USER).with_parameters({"_fields": "id"})


def index_of(endpoint: Endpoint) -> Address:
    return endpoint.address.api_root.with_parameters({"_fields": "authentication"})


class LoginCheck:
    """The requests that show whether a login is right."""

    def __init__(self, client: RetryingClient, cancellation: Cancellation) -> None:
        self._client = client
        self._cancellation = cancellation

    def of_core(self, endpoint: Endpoint) -> str:
        """Return why WordPress does not know the login; empty unless that is proven."""
        reply, where = self._current_user(endpoint), CURRENT_USER
        if reply and reply.code not in NOT_LOGGED_IN | WRONG_LOGIN:
            reply, where = self._editors_only(endpoint), "context=edit"
        if reply is None:
            return ""
        if not reply.is_proof:
            self._notice(NO_VERDICT)
            return ""
        index = self._index(endpoint)
        if index.wants_password:
            return ""
        if reply.code in NOT_LOGGED_IN and index.turns_passwords_off:
            editors = self._editors_only(endpoint)
            if editors and editors.is_proof:
                return TURN_THEM_ON
            self._notice(READ_WITHOUT)
            return ""
        return does_not_accept(reply, where)

    def of_plugin(self, endpoint: Endpoint) -> str:
        """Return the same for a plugin's route, whose plugin may know other logins."""
        reply = self._current_user(endpoint)
        if reply is None:
            return ""
        if not reply.is_proof:
            self._notice(NO_VERDICT)
        elif self._index(endpoint).wants_password:
            return ""
        elif reply.code in WRONG_LOGIN:
            return does_not_accept(reply, CURRENT_USER)
        else:
            self._notice(OTHER_NAMESPACE)
        return ""

    def _notice(self, note: str) -> None:
        self._client.observer.noticed("", note)

    def _current_user(self, endpoint: Endpoint) -> Reply | None:
        """Ask for the current user; None if WordPress names us."""
        try:
            reply = self._ask(self._client, current_user(endpoint))
        except SiteUnavailable:
            return NO_ANSWER
        return None if reply.names_us else reply

    def _editors_only(self, endpoint: Endpoint) -> Reply | None:
        """Ask for what only editors may read; None if WordPress knows us.

        Some routes can't tell, such as a search: then posts are asked for.
        """
        reply = NO_ANSWER
        posts = endpoint.address.api_root.below(POSTS)
        for route in dict.fromkeys((endpoint.address.without(PAGING), posts)):
            address = route.with_parameters(EDITORS_ONLY)
            reply = self._ask(self._client, address)
            if reply.is_proof:
                return reply
            if reply.is_for_users and self._refuses_visitors(address, reply):
                return None
        return reply

    def _refuses_visitors(self, address: Address, reply: Reply) -> bool:
        """Whether a visitor gets another answer than this one: some routes ignore `context`."""
        visitors = self._ask(self._client.anonymous(), address)
        return visitors.status not in (NO_ANSWER.status, 200, reply.status)

    def _index(self, endpoint: Endpoint) -> Reply:
        """Return the reply to a visitor who asks for the index."""
        try:
            return self._ask(self._client.anonymous(), index_of(endpoint))
        except SiteUnavailable:
            return NO_ANSWER

    def _ask(self, client: RetryingClient, address: Address) -> Reply:
        """Send one request. Raises SiteUnavailable, DeadlineExceeded or Cancelled."""
        try:
            answer = client.get(address, self._cancellation, TRIES)
            return Reply(200, value=json.loads(bytes(without_bom(answer.body))))
        except StatusError as refusal:
            return Reply(refusal.status, refusal.code)
        except (SiteUnavailable, DeadlineExceeded, Cancelled):
            raise
        except (SiteError, ValueError, RecursionError):
            return NO_ANSWER


def does_not_accept(reply: Reply, where: str) -> str:
    return f"{DOES_NOT_ACCEPT} ({where}: HTTP {reply.status} {reply.code})"
