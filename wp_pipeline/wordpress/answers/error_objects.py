"""Tells an object that only speaks of an error from data, however the error is spelled.

Plugins, firewalls and hosts answer errors with status 200:

    {"code":"rest_forbidden","message":"Sorry","data":{"status":403}}
    {"success":false,"data":"Invalid nonce"}
    {"message":"Access denied by bot protection"}

Such an object has no member but those of errors, and one of them says that something failed.
"""

import re
from collections.abc import Sequence

from wp_pipeline.wordpress.answers.members import Member
from wp_pipeline.wordpress.http.body import Body

# Members that an error may have; names are compared in lower case, without _ and -.
TEXTS = frozenset(
    [
        "message",
        "messages",
        "msg",
        "detail",
        "error",
        "errors",
        "errormessage",
        "errormsg",
        "errordescription",
        "errordetails",
        "exception",
        "fault",
        "faultstring",
    ]
)
OTHERS = frozenset(
    [
        "code",
        "status",
        "statuscode",
        "httpstatus",
        "httpcode",
        "errorcode",
        "errno",
        "errordata",
        "success",
        "ok",
        "result",
        "response",
        "type",
        "data",
        "body",
        "meta",
        "title",
        "description",
        "details",
        "reason",
        "warning",
        "notice",
        "additionalerrors",
        "additionaldata",
        "timestamp",
        "time",
        "date",
        "path",
        "url",
        "instance",
        "help",
        "hint",
        "link",
        "moreinfo",
        "docs",
        "documentationurl",
        "requestid",
        "traceid",
        "trace",
        "stack",
        "file",
        "line",
        "method",
        "ip",
        "ref",
        "version",
        "blocked",
        "denied",
    ]
)
CONTENTS = frozenset(["data", "body", "result", "response"])
ERRORS = frozenset(
    [
        "error",
        "errors",
        "exception",
        "fault",
        "faultstring",
        "errorcode",
        "errormessage",
        "errormsg",
    ]
)
CLAIMS = frozenset(["success", "ok"])
STATES = frozenset(["status", "result", "response"])
STATUSES = frozenset(["status", "statuscode", "httpstatus", "httpcode", "code"])
FAILED = re.compile(
    r"no|nok|ko|0|-1|false|err(or)?s?|fail(ed|ure)?|fatal|den(y|ied)|forbidden|unauthori[sz]ed"
    r"|blocked|refused|rejected|invalid|not[ _-]?found|exception",
    re.IGNORECASE,
)
FAILED_EXPRESSLY = re.compile(r"err(or)?|fail|nok", re.IGNORECASE)
# In what a message says of an error, unlike in a greeting.
ERROR_WORDS = re.compile(
    r"error|fail|denied|deny|forbid|block|invalid|unauthor|expired|sorry|not (allowed|found|permit"
    r"|authori|available|exist|valid|support)|cannot|can.t|unable|whitelist|allowlist|captcha"
    r"|robot|bot.protection|limit|too many|required|missing|wrong|incorrect|refused|reject|firewall"
    r"|suspicious|maintenance|unavailable|disabled|must be|no route|nonce|try again|log ?in",
    re.IGNORECASE,
)
HTTP_ERROR = re.compile(r"[45]\d\d")
ROW = frozenset(("id", "slug"))  # What items have, and errors have not.
EMPTY = (b"null", b"false", b'""', b"[]", b"{}", b"0")
CODE = re.compile(r"[a-z0-9_-]{1,64}")


def plain(name: str) -> str:
    """Return a member's name as it is compared: `errorMessage`, `error_message` are one."""
    return re.sub(r"[_\-\s]", "", name).lower()


def speaks_of_an_error(found: Sequence[Member], body: Body) -> bool:
    """Whether an object with these members only speaks of an error."""
    names = {plain(member.name) for member in found}
    if names & ROW:
        return False
    if {"code", "message"} <= names:
        return True
    if names <= TEXTS | OTHERS:
        return any(says_failure(member, body) for member in found) or is_only_text(found, body)
    return not any(member.rows for member in found) and any(
        fails_expressly(member, body) for member in found
    )


def says_failure(member: Member, body: Body) -> bool:
    """Whether a member of an object that has nothing but an error's members tells a failure."""
    name, value = plain(member.name), member.scalar(body)
    if name in ERRORS:
        return not is_empty(member, body)
    if name in CLAIMS | STATES and value is not None and FAILED.fullmatch(str(value)):
        return True
    return name in STATUSES and bool(HTTP_ERROR.fullmatch(str(value)))


def fails_expressly(member: Member, body: Body) -> bool:
    """Whether a member tells a failure in any object: `"success": false`, `"status": "error"`."""
    name, value = plain(member.name), member.scalar(body)
    if name in CLAIMS:
        return value is False
    return name == "status" and bool(FAILED_EXPRESSLY.fullmatch(str(value)))


def is_only_text(found: Sequence[Member], body: Body) -> bool:
    """Whether an object has a message of an error, and neither data nor a list beside it."""
    has_text = any(
        plain(member.name) in TEXTS and ERROR_WORDS.search(str(member.scalar(body)))
        for member in found
    )
    has_content = any(
        member.rows is not None or (plain(member.name) in CONTENTS and not is_empty(member, body))
        for member in found
    )
    return has_text and not has_content


def is_empty(member: Member, body: Body) -> bool:
    return bytes(member.value(body)[:10]).strip() in EMPTY


def code_of(found: Sequence[Member], body: Body) -> str:
    """Return the error's code if it is a harmless word, or nothing."""
    for member in found:
        if plain(member.name) in ("code", "errorcode", "error"):
            value = member.scalar(body)
            if isinstance(value, str) and CODE.fullmatch(value):
                return value
    return ""
