"""Checks that WordPress knows the login.

It answers a public route with 200, as to a visitor, where the application password is wrong or the
header was dropped; private items would then be missing without any error. So WordPress is asked who
we are, and where it does not say, an endpoint is asked for what only editors may read. WordPress
refuses that with 401 to a visitor, and with 403 to a user who may not.

Only an answer that proves the login wrong refuses endpoints. Otherwise their own answers decide: a
password of the web server opens the whole site, and plugins have keys of their own.
https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
"""

import json
from collections.abc import Callable, Mapping, Sequence

from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.endpoints.address import PAGING, Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint, by_api_root
from wp_pipeline.wordpress.errors import (
    AccessDenied,
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

CAN_NOT_TELL = StatusError("no verdict")

Notice = Callable[[str], None]


def rejected_logins(
    endpoints: Sequence[Endpoint],
    client: RetryingClient,
    cancellation: Cancellation,
    notice: Notice,
) -> Mapping[str, SiteError]:
    """Return the names of endpoints whose site proves that the login is wrong, with the reasons.

    Raises SiteUnavailable, DeadlineExceeded or Cancelled.
    """
    judged = by_api_root(one for one in endpoints if not one.has_own_keys)
    check = LoginCheck(client, cancellation, notice)
    found: dict[str, SiteError] = {}
    for members in judged.values():
        core = [one for one in members if one.is_core]
        fault = check.of_core(core[0]) if core else check.of_plugin(members[0])
        if fault:
            found.update(dict.fromkeys([one.name for one in members], fault))
    return found


def current_user(endpoint: Endpoint) -> Address:
    return endpoint.address.api_root.below(CURRENT_USER).with_parameters({"_fields": "id"})


def index_of(endpoint: Endpoint) -> Address:
    return endpoint.address.api_root.with_parameters({"_fields": "authentication"})


class LoginCheck:
    """The requests that judge a login."""

    def __init__(self, client: RetryingClient, cancellation: Cancellation, notice: Notice) -> None:
        self._client = client
        self._cancellation = cancellation
        self._notice = notice

    def of_core(self, endpoint: Endpoint) -> SiteError | None:
        """Judge the login where an endpoint of WordPress itself is; None unless it is wrong."""
        said, where = self._current_user(endpoint), CURRENT_USER
        if said and said.code not in NOT_LOGGED_IN | WRONG_LOGIN:
            said, where = self._editors_only(endpoint), "context=edit"
        if said is None:
            return None
        if not is_proof(said):
            self._notice(NO_VERDICT)
            return None
        index = self._index(endpoint)
        if wants_password(index):
            return None
        if said.code in NOT_LOGGED_IN and turns_passwords_off(index):
            editors = self._editors_only(endpoint)
            if editors and is_proof(editors):
                return AccessDenied(TURN_THEM_ON)
            self._notice(READ_WITHOUT)
            return None
        return does_not_accept(said, where)

    def of_plugin(self, endpoint: Endpoint) -> SiteError | None:
        """Judge the login for plugins' routes, which may have other logins than WordPress."""
        said = self._current_user(endpoint)
        if said is None:
            return None
        if not is_proof(said):
            self._notice(NO_VERDICT)
        elif wants_password(self._index(endpoint)):
            return None
        elif said.code in WRONG_LOGIN:
            return does_not_accept(said, CURRENT_USER)
        else:
            self._notice(OTHER_NAMESPACE)
        return None

    def _current_user(self, endpoint: Endpoint) -> StatusError | None:
        """Ask who we are; None if WordPress says it."""
        try:
            found = self._ask(self._client, current_user(endpoint))
        except SiteUnavailable:
            return CAN_NOT_TELL
        if isinstance(found, StatusError):
            return found
        return None if isinstance(found, dict) and found.get("id") else CAN_NOT_TELL

    def _editors_only(self, endpoint: Endpoint) -> StatusError | None:
        """Ask for what only editors may read; None if WordPress knows who asks.

        Some routes can't tell, such as a search: then posts are asked for.
        """
        said = CAN_NOT_TELL
        posts = endpoint.address.api_root.below(POSTS)
        for route in dict.fromkeys((endpoint.address.without(PAGING), posts)):
            address = route.with_parameters(EDITORS_ONLY)
            found = self._ask(self._client, address)
            if isinstance(found, StatusError) and is_proof(found):
                return found
            if is_for_users(found) and self._refuses_visitors(address, found):
                return None
            said = found if isinstance(found, StatusError) else CAN_NOT_TELL
        return said

    def _refuses_visitors(self, address: Address, found: object) -> bool:
        """Whether a visitor gets another answer than this one: some routes ignore `context`."""
        visitors = self._ask(self._client.anonymous(), address)
        status = found.status if isinstance(found, StatusError) else 200
        return isinstance(visitors, StatusError) and visitors.status != status

    def _index(self, endpoint: Endpoint) -> object:
        """Return what a visitor gets of the index: a refusal, or what it is."""
        try:
            return self._ask(self._client.anonymous(), index_of(endpoint))
        except SiteUnavailable:
            return None

    def _ask(self, client: RetryingClient, address: Address) -> object:
        """Return a refusal, or the JSON value that is answered; None for anything else."""
        try:
            answer = client.get(address, self._cancellation, TRIES)
            return json.loads(bytes(without_bom(answer.body)))
        except StatusError as refusal:
            return refusal
        except (SiteUnavailable, DeadlineExceeded, Cancelled):
            raise
        except (SiteError, ValueError, RecursionError):
            return None


def wants_password(index: object) -> bool:
    """Whether the web server refuses visitors: then the login is its own, for the whole site."""
    return isinstance(index, StatusError) and index.status == 401 and not index.code


def turns_passwords_off(index: object) -> bool:
    """Whether the index says so. PHP writes an empty object as []."""
    ways = index.get("authentication") if isinstance(index, dict) else None
    return isinstance(ways, (dict, list)) and "application-passwords" not in ways


def is_for_users(found: object) -> bool:
    """Whether WordPress may say it to a user that it knows: data, or 403."""
    if isinstance(found, StatusError):
        return found.status == 403 and bool(found.code)
    return isinstance(found, (dict, list))


def is_proof(said: StatusError) -> bool:
    """Whether WordPress itself says that the login is wrong, or that nobody is logged in."""
    return said.code in WRONG_LOGIN or (said.status == 401 and said.code in NOT_LOGGED_IN)


def does_not_accept(said: StatusError, where: str) -> AccessDenied:
    return AccessDenied(f"{DOES_NOT_ACCEPT} ({where}: HTTP {said.status} {said.code})")
