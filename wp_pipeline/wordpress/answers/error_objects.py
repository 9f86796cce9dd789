"""Distinguishes an object that only reports an error from data, in any spelling.

Plugins, firewalls and hosts answer errors with status 200:

    {"code":"rest_forbidden","message":"Sorry","data":{"status":403}}
    {"success":false,"data":"Invalid nonce"}
    {"message":"Access denied by bot protection"}

Such an object has only members that errors have, and one of them says that something failed. An
object that also has other members is an error only if it says so expressly (`"success": false`).
"""

import json
import re
from collections.abc import Sequence

from wp_pipeline.wordpress.answers.json_text import UNREADABLE
from wp_pipeline.wordpress.answers.members import MOST_OF_A_SCALAR, Member, members
from wp_pipeline.wordpress.http.body import Body


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Members that an error may have; names are compared in lower case, without _ and -.
TEXTS = words("""message messages msg text detail error errors err errormessage errormsg errmsg
    errordescription errordetails errorname exception fault faultstring""")
CONTENTS = words("data body result response value payload content")
STATES = words("status state result response return")
STATUSES = words("status statuscode httpstatus httpcode code errorcode")
CLAIMS = words("success ok issuccess successful succeeded")
PERMISSIONS = words("return allowed authorized authenticated loggedin")
BLOCKS = words("blocked denied forbidden banned")
# Members that say when and where something happened, as in the rows of a log.
OCCASIONS = words("timestamp time date path url ip method line file")
OTHERS = words(
    """errno errcode errortype faultcode errordata type meta title description details reason
    warning notice additionalerrors additionaldata headers instance help hint link moreinfo docs
    documentationurl requestid traceid trace stack ref version jsonapi jsonrpc captcha captchaurl
    challenge redirect redirecturl redirectto login loginurl action retry retryafter incidentid
    rayid supportid host clientip useragent"""
)
KNOWN = (
    TEXTS | CONTENTS | STATES | STATUSES | CLAIMS | PERMISSIONS | BLOCKS | OCCASIONS | OTHERS
)  # fmt: skip
ERRORS = words(
    "error errors err exception fault faultstring errorcode errcode errormessage errormsg"
)
ERRORS_OF_ANY_OBJECT = words("error errors err exception")
DEEPEST = 3  # `{"success":true,"data":{"error":{…}}}`

FAILED = re.compile(
    r"no|nok|ko|false|err(or)?s?|fail(ed|ure)?|fatal|den(y|ied)|forbidden|unauthori[sz]ed"
    r"|blocked|refused|rejected|invalid|not[ _-]?found|exception",
    re.IGNORECASE,
)
FAILED_OR_EMPTY = re.compile(r"0|-1")
FAILED_EXPRESSLY = re.compile(r"err(or)?|fail|nok", re.IGNORECASE)
SUCCEEDED = re.compile(r"0+|2\d\d|ok|success(ful)?|succeeded|none|no[ _-]errors?|null|false|")
# Words that a message of an error has, and a greeting does not: English, and the beginnings of the
# words in the most frequent translations of WordPress and its plugins.
ERROR_WORDS = re.compile(
    r"error|fail|denied|deny|forbid|block|invalid|unauthor|expired|sorry"
    r"|not (allowed|found|permit|authori|available|exist|valid|support|provided|enabled|logged)"
    r"|cannot|can.t|unable|whitelist|allowlist|captcha|robot|bot.protection|limit(ed)? (exc|reach)"
    r"|rate.limit|too many|required|missing|wrong|incorrect|refused|reject|firewall|suspicious"
    r"|maintenance|unavailable|disabled|must be|no route|nonce|try again|log ?in\b|moment"
    r"|enable (js|javascript|cookies)|human|restricted|permission|credential|time(d )?out"
    r"|went wrong|unexpected|authenticat|bad (request|gateway)|insufficient|black.?list|banned"
    r"|throttl|overload|too busy|(rate|quota|usage)s? (was |has been )?exceeded|illegal|hacking"
    r"|(account|site|service) (is |was |has been )?suspended|(no|have|direct) access|checking your"
    r"|verweiger|verbot|fehler|ungültig|nicht (gefunden|erlaubt|berechtigt)|deneg|no (tiene|está)"
    r"|sentimos|lo siento|inválid|prohib|refusé|interdit|erreur|désolé|invalide|introuvable"
    r"|negado|proibid|errore|erro\b|negat|vietat|spiacent|desculpe|geweigerd|verboden|ongeldig|fout"
    r"|odmow|zabron|błąd|hata|engel|nekad|åtkomst|fejl|запрещ|ошибк|отказан|помилк|禁止|拒绝|错误|失败"
    r"|エラー|拒否|無効|오류|거부|خطأ|שגיאה",
    re.IGNORECASE,
)
HTTP_ERROR = re.compile(r"[45]\d\d")
ERROR_CODE = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)+")  # `rest_forbidden`
REST_CODE = re.compile(r"(rest|json|jwt_auth|woocommerce_rest|bp_rest|oauth\d?)_\w")
ROW = frozenset(("id", "slug"))  # Items have them, errors do not.
EMPTY = (b"null", b"false", b'""', b"[]", b"{}", b"0")
CODE = re.compile(r"[a-z0-9_-]{1,64}")


def plain(name: str) -> str:
    """Return a member's name for comparison: `errorMessage` and `error_message` are the same."""
    return re.sub(r"[_\-\s]", "", name).lower()


def only_reports_an_error(found: Sequence[Member], body: Body, depth: int = DEEPEST) -> bool:
    """Whether an object with these members only reports an error. Raises MalformedAnswer."""
    names = {plain(member.name) for member in found}
    if "jsonrpc" in names:  # Its `id` is that of the request.
        names -= {"id"}
    if names & ROW:
        return False
    if not names <= KNOWN:
        has_rows = any(member.rows for member in found)
        return not has_rows and (fails_expressly(found, body) or has_rest_code(found, body))
    return (
        any(reports_failure(member, body) for member in found)
        or has_code_of_error(found, body)
        or is_only_text(found, body)
        or (depth > 1 and has_error_inside(found, body, depth - 1))
    )


def is_row_of_errors(found: Sequence[Member], body: Body) -> bool:
    """Whether a row of a list is an error; the rows of a log that records errors are data."""
    names = {plain(member.name) for member in found}
    if names & OCCASIONS or not names <= KNOWN:
        return False
    if names <= {"code", "message"}:
        return ERROR_CODE.fullmatch(code_of(found, body)) is not None or has_error_words(
            found, body
        )
    return only_reports_an_error(found, body)


def reports_failure(member: Member, body: Body) -> bool:
    """Whether a member says that something failed, in an object with only an error's members."""
    name, text = plain(member.name), text_of(member, body)
    if name in ERRORS:
        return holds_error(member, body)
    if name in CLAIMS | STATES | PERMISSIONS and FAILED.fullmatch(text):
        return True
    if name in BLOCKS:
        return text in ("true", "1")
    if name == "type":
        return FAILED_EXPRESSLY.fullmatch(text) is not None
    return name in STATUSES and HTTP_ERROR.fullmatch(text) is not None


def fails_expressly(found: Sequence[Member], body: Body) -> bool:
    """Whether an object says that it failed, whatever else it has: `"success": false`."""
    for member in found:
        name, text = plain(member.name), text_of(member, body)
        if name in CLAIMS and text == "false":
            return True
        if name in ("status", "state") and FAILED_EXPRESSLY.fullmatch(text):
            return True
        if name.endswith(("error", "errors")) and text == "true":
            return True
        if name in ERRORS_OF_ANY_OBJECT and not text.isdigit() and holds_error(member, body):
            return True
    return False


def has_rest_code(found: Sequence[Member], body: Body) -> bool:
    """Whether an object has a message, and a code of WordPress's REST API."""
    texts = {plain(member.name): text_of(member, body) for member in found}
    return "message" in texts and REST_CODE.match(texts.get("code", "")) is not None


def holds_error(member: Member, body: Body) -> bool:
    """Whether a member with the name of an error holds one: `"error": null` does not."""
    return not is_empty(member, body) and not SUCCEEDED.fullmatch(text_of(member, body).lower())


def has_code_of_error(found: Sequence[Member], body: Body) -> bool:
    """Whether an object without rows has a code and a message, and neither means success."""
    texts = {plain(member.name): text_of(member, body).lower() for member in found}
    said = [texts[name] for name in texts if name in ("code", "errcode", *TEXTS)]
    has_both = texts.keys() & {"code", "errcode"} and texts.keys() & TEXTS
    has_rows = any(member.rows for member in found)
    return bool(has_both) and not has_rows and not any(map(SUCCEEDED.fullmatch, said))


def is_only_text(found: Sequence[Member], body: Body) -> bool:
    """Whether an object has a message of an error, and neither data nor a list beside it."""
    if has_content(found, body):
        return False
    texts = {plain(member.name): text_of(member, body) for member in found}
    if any(FAILED_OR_EMPTY.fullmatch(texts.get(name, "")) for name in CLAIMS | STATES):
        return True
    if any(texts.get(name) in ("true", "1") for name in CLAIMS):
        return False
    return has_error_words(found, body)


def has_error_words(found: Sequence[Member], body: Body) -> bool:
    return any(
        plain(member.name) in TEXTS and ERROR_WORDS.search(text_of(member, body))
        for member in found
    )


def has_content(found: Sequence[Member], body: Body) -> bool:
    """Whether an object has rows, or data of its own."""
    return any(
        member.rows or (plain(member.name) in CONTENTS - STATES and not is_empty(member, body))
        for member in found
    )


def has_error_inside(found: Sequence[Member], body: Body, depth: int) -> bool:
    """Whether a member is an object that only reports an error: `{"data":{"error":"…"}}`."""
    return any(
        member.value(body)[:1] == b"{"
        and only_reports_an_error(list(members(body, member.start)), body, depth)
        for member in found
    )


def text_of(member: Member, body: Body) -> str:
    """Return a value for comparison: a text without its quotes, anything else as JSON."""
    value = member.value(body)
    if len(value) > MOST_OF_A_SCALAR:
        return bytes(value[:MOST_OF_A_SCALAR]).decode(errors="replace")
    scalar = member.scalar(body)
    if isinstance(scalar, str):
        return scalar
    try:
        return json.dumps(json.loads(bytes(value)), ensure_ascii=False)
    except (ValueError, *UNREADABLE):
        return ""


def is_empty(member: Member, body: Body) -> bool:
    return bytes(member.value(body)[:10]).strip() in EMPTY


def code_of(found: Sequence[Member], body: Body) -> str:
    """Return the error's code if it is a harmless word, else an empty text."""
    for member in found:
        if plain(member.name) in ("code", "errorcode", "error"):
            value = member.scalar(body)
            if isinstance(value, str) and CODE.fullmatch(value):
                return value
    return ""
