"""Splits the list of endpoints, in any format that people use, into its entries.

Entries may be separated by `,`, by other usual separators or by line ends, or be YAML or JSON:
`["A","B"]`, `{"name":"URL"}`. A query is not split: `?_fields=id,title`,
`?search={"a":"b","c":[]}`.
"""

import json
import re
from urllib.parse import quote

from wp_pipeline.wordpress.errors import MalformedEndpoints

OPENING, CLOSING = "[\"'`“”„\u2018«]", "[\"'`“”\u2019»]"  # Quotes.
SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*://"
NAME = r"[^\s=:/?#,;|\"'`]+"
IS = r"\s*(?:=>|[=:])\s*"  # Between a name and its URL.
# The beginning of an entry: an optional name, and a URL.
START = re.compile(rf"(?:{OPENING}|<)?(?:{NAME}{CLOSING}?{IS})?(?:{OPENING}|<)?{SCHEME}")
NAMED = re.compile(rf"\A(?:{OPENING}({NAME}){CLOSING}|({NAME})){IS}(?=(?:{OPENING}|<)?{SCHEME})")
QUOTED = re.compile(rf"([^=:/?#\"']*=)?\s*{OPENING}(.*){CLOSING}", re.DOTALL)
BULLET = re.compile(r"\A(?:[-*•\u2013]|\d+[.)])\s+")
COMMENT = re.compile(r"^[ \t]*(?:#|//).*$|(?<=\s)#[^\n{}\[\]\"]*$", re.MULTILINE)
# With the separators of Chinese, Japanese and Arabic, and what a shell made of "\n".
GAP = re.compile(r"\s*(?:[,;|\uff0c\u3001\uff1b\uff5c\u060c\u061b]|\\[nrt])\s*|\s+")
# The beginning of a URL whose scheme was forgotten, or of a path.
HOST_OR_PATH = re.compile(r"/|[\w-]+(\.[\w-]+)+[/:]")
BRACKETS = re.compile(r'\\.|["\[\]{}]')
IN_BRACKETS = re.compile(r"[\[{].*[\]}]", re.DOTALL)
ANGLE_BRACKETS = re.compile(r"<([^<>]*://[^<>]*)>")  # As in e-mails and Markdown.
SINGLE_QUOTED = re.compile(r"\A'([^']*)'\Z")
DOUBLE_QUOTED = re.compile(r'\A"([^"]*)"\Z')
DOCUMENT_STARTS = {
    "a web page": re.compile(r"\s*<(?:[!?]|[a-z][a-z0-9]*[\s>/])", re.IGNORECASE),
    "a JSON document": re.compile(r"\s*[\[{]\s*[\"\[{\]}\d-]"),
}
# Members of an object that describes one endpoint.
NAMES, URLS = frozenset({"name", "key"}), frozenset({"url", "uri", "endpoint"})


def entries_in(text: str) -> list[tuple[int, str]]:
    """Return the entries with their positions, from 1. Raises MalformedEndpoints for a document."""
    text = SINGLE_QUOTED.sub(r"\1", text.strip()).strip()
    pieces = json_entries(text)
    if pieces is None and (kind := fetched_document(text)):
        raise MalformedEndpoints(
            f"holds {kind} instead of URLs; if AWS CLI v1 fetched it, as it does with a --value"
            " that starts with http, turn that off with"
            " `aws configure set cli_follow_urlparam false` and put it again"
        )
    pieces = split(COMMENT.sub("", text).strip()) if pieces is None else pieces
    return [(place, piece) for place, piece in enumerate(map(plain, pieces), 1) if piece]


def fetched_document(text: str) -> str:
    """Return what kind of document the text is instead of a URL; empty if it is none."""
    return next((kind for kind, start in DOCUMENT_STARTS.items() if start.match(text)), "")


def json_entries(text: str) -> list[str] | None:
    """Return the entries of a JSON text that holds URLs; None for any other text."""
    if text[:1] not in ("[", "{", '"'):
        return None
    try:
        value = json.loads(text, object_pairs_hook=tuple)  # A name may be repeated.
        entries = entries_of(value)
    except (ValueError, RecursionError):  # It holds the text: nothing is raised in its context.
        value = entries = None
    return nearly_json(text) if value is None else entries


def entries_of(value: object) -> list[str] | None:
    """Return the entries of a JSON value, whose objects are tuples of their members.

    A string, an array, an object of names, or one of these as the only member of an object.
    """
    if isinstance(value, str):
        text = value.strip()  # It may be JSON that was encoded twice.
        return json_entries(text) or split(text)
    if isinstance(value, tuple):
        if len(value) == 1 and isinstance(value[0][1], (list, tuple)):
            return entries_of(value[0][1])
        if named := entry_of(value) if len(value) == 2 else "":
            return [named]
        is_list = all(is_entry(url) for _, url in value)
        return [f"{name}={url}" for name, url in value] if is_list else None
    if not isinstance(value, list):
        return None
    found = [entry_of(one) for one in value]
    if value and not any(found):
        return None
    return [entry or json.dumps(one) for entry, one in zip(found, value, strict=True)]


def entry_of(value: object) -> str:
    """Return a value as an entry: a text, `{"name":…,"url":…}` or `{"NAME":"URL"}`.

    Empty if it is something else.
    """
    if isinstance(value, str):
        return value if is_entry(value) else ""
    if not isinstance(value, tuple):
        return ""
    names = [one for name, one in value if name.lower() in NAMES]
    urls = [one for name, one in value if name.lower() in URLS]
    is_whole = len(urls) == 1 and len(names) + 1 == len(value)
    if len(value) == 1 and not urls:
        names, urls, is_whole = [value[0][0]], [value[0][1]], True
    if not (is_whole and is_entry(urls[0])):
        return ""
    return f"{names[0]}={urls[0]}" if names else str(urls[0])


def is_entry(value: object) -> bool:
    return isinstance(value, str) and START.match(value.strip()) is not None


def nearly_json(text: str) -> list[str] | None:
    """Return the entries of JSON with wrong commas, quotes or line ends: `['A', 'B',]`."""
    if quoted := DOUBLE_QUOTED.match(text):
        return split(quoted[1].strip())
    inner = text[1:].lstrip()
    if not text.startswith("[") or not START.match(inner):
        return None
    if not inner.endswith("]"):
        raise MalformedEndpoints("is a JSON array whose end is missing")
    return split(inner.removesuffix("]").rstrip(" \t\r\n,"))


def split(text: str) -> list[str]:
    """Split a text at its separators, except for those within an entry."""
    pieces: list[str] = []
    start = 0
    for gap in GAP.finditer(text):
        if ends(text[start : gap.start()], gap[0], text[gap.end() :]):
            pieces.append(text[start : gap.start()])
            start = gap.end()
    return [*pieces, text[start:]]


def ends(piece: str, gap: str, following: str) -> bool:
    """Whether an entry ends at a gap."""
    is_next = START.match(following) is not None
    if has_open_bracket(piece):
        return is_next and "\n" in gap
    if gap.isspace():  # A space that is no separator is part of a name, or a fault.
        return "\n" in gap or (is_next and "://" in piece)
    return is_next or "?" not in piece or not continues_query(GAP.split(following, maxsplit=1)[0])


def continues_query(text: str) -> bool:
    """Whether a text after a separator continues a query: `title` in `?_fields=id,title`."""
    first = text.partition("&")[0]
    return bool(first) and not re.search("=|://", first) and not HOST_OR_PATH.match(first)


def has_open_bracket(piece: str) -> bool:
    """Whether the query of an entry has an open bracket, so that the entry continues."""
    depth, is_quoted = 0, False
    for found in BRACKETS.findall(piece.partition("?")[2]):
        if found == '"':
            is_quoted = depth > 0 and not is_quoted
        elif not is_quoted and found in "[{":
            depth += 1
        elif not is_quoted and found in "]}":
            depth = max(depth - 1, 0)
    return depth > 0


def plain(piece: str) -> str:
    """Return an entry without quotes and bullets; spaces of JSON in its query are encoded."""
    piece = ANGLE_BRACKETS.sub(r"\1", BULLET.sub("", piece.strip()))
    piece = NAMED.sub(lambda found: f"{found[1] or found[2]}=", piece)
    if quoted := QUOTED.fullmatch(piece):
        piece = f"{quoted[1] or ''}{quoted[2]}".strip()
    before, mark, query = piece.partition("?")
    query = IN_BRACKETS.sub(lambda found: re.sub(r"[\s\\]", encoded, found[0]), query)
    return f"{before}{mark}{query}"


def encoded(found: re.Match[str]) -> str:
    return quote(found[0])
