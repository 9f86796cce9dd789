"""Generates status lines and header fields of a site or of a proxy in front of it."""

from hypothesis import strategies as st

from wp_pipeline_tests.fuzzing.bodies import MARK, PLANTED, one_of_these

OK = b"HTTP/1.1 200 OK"
# The addresses of the servers, filled in when they run: see `Answer.pieces_for`. As these bytes are
# not valid UTF-8, they occur nowhere else.
OWN, OTHER = b"\xfeown\xfe", b"\xfeother\xfe"

STATUSES = (
    200, 201, 204, 206, 304, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 408, 410, 418, 429,
    500, 502, 503, 504, 520, 599, 100, 101, 102, 103, 199, 600, 999,
)  # fmt: skip
ODD_STATUS_LINES = (
    b"", b"200 OK", b"HTTP/1.1", b"HTTP/1.1 200", b"HTTP/1.1 200 ", b"HTTP/1.1  200  OK",
    b"HTTP/1.1 200OK", b"HTTP/1.1 +200 OK", b"HTTP/1.1 2_00 OK", b"HTTP/1.1 -200 OK",
    b"HTTP/1.1 99 X", b"HTTP/1.1 1000 X", b"HTTP/1.1 " + b"9" * 5000, b"HTTP/0.9 200 OK",
    b"HTTP/1.0 200 OK", b"HTTP/1.10 200 OK", b"HTTP/1. 200 OK", b"HTTP/2 200", b"HTTP/3.0 200 OK",
    b"http/1.1 200 OK", b"ICY 200 OK", b"HTTP/1.1 200 " + b"Hush5aid" * 20,
    b"HTTP/1.1 200 " + b"x" * 70_000, b"HTTP/1.1 200 \xff\x00\r OK", b" HTTP/1.1 200 OK", b"\r\n",
    b"<html>Hush5aid", b"[{}]", b"\x16\x03\x01\x00", b"SSH-2.0-OpenSSH", b"PRI * HTTP/2.0",
)  # fmt: skip
BEFOREHAND = (
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 3,
    b"HTTP/1.1 100\r\nX-WP-Total: 7\r\nContent-Length: 3\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </Hush5aid.css>; rel=preload\r\n\r\n",
    b"\r\n",
)

latin_1 = st.text(st.characters(max_codepoint=255), max_size=20).map(lambda t: t.encode("latin-1"))


def in_pieces(*tokens: str) -> st.SearchStrategy[bytes]:
    """Values built from the tokens that parsers look for."""
    return st.lists(st.sampled_from(tokens), max_size=8).map(
        lambda found: "".join(found).encode("latin-1")
    )


def addressed(location: bytes) -> bytes:
    return location.replace(b"<own>", OWN).replace(b"<other>", OTHER)


counts = one_of_these(
    [b"0", b"1", b"2", b"7", b"99", b"100", b"101", b"1000", b"-1", b"+5", b"1.5", b"1e3", b"",
     b" ", b"\xb2", b"9" * 15, b"9" * 16, b"9" * 5000, b"7, 7", b"7, 8", b"NaN", b"null", b"0x10",
     b"1_0", b"\x007", PLANTED.encode()]
) | st.integers(0, 300).map(lambda number: b"%d" % number)  # fmt: skip
lengths = one_of_these(
    [b"-1", b"+5", b"0", b"1", b"9" * 20, b"9" * 5000, b"1_0", b"0x10", b"5, 5", b"5, 6", b"", b" ",
     b"\xb2", PLANTED.encode(), b"1.5", b"5;5"]
) | st.integers(0, 200).map(lambda number: b"%d" % number)  # fmt: skip
transfers = st.sampled_from(
    [b"chunked", b"Chunked", b"gzip, chunked", b"chunked, gzip", b"identity", b"identity, chunked",
     b"xchunked", b"chunked, chunked", b"", b"\x0bchunked", b"chunked;q=1"]
)  # fmt: skip
content_types = one_of_these(
    [b"text/html; charset=utf-16", b"application/json; charset=\x00", b"message/rfc822",
     b"message/delivery-status", b"multipart/x; boundary*=a; boundary*0=b", b"; ;", b"",
     b"multipart/x; boundary*=a\x00b'x'y", b"multipart/x; boundary*=idna'x'y%ff",
     b"multipart/x; boundary*" + b"9" * 5000 + b"*=x"]
) | in_pieces("multipart/mixed", "message/partial", "text/html", ";", " boundary", " charset", "*",
              "*0", "*1", "=", '"', "''", "utf-8'en'", "%E2", "\\", "\0", "(", "\xe9",
              "\r\n ")  # fmt: skip
retries = one_of_these(
    [b"0", b"-1", b"1", b"9" * 400, b"1e9", b"1.5", b"Thu, 01 Jan 1970 00:00:00 GMT",
     b"Fri, 31 Dec 9999 23:59:59 -2359", b"Mon, 01 Jan 0001 00:00:00 +2359", b"Hush5aid"]
) | in_pieces("Mon, ", "31 ", "Feb ", "Jan ", "2026 ", "99999 ", "0000 ", "12:00:00 ", "1:2 ",
              "99:99:99 ", "GMT", "+0000", "-9999", "+99999999999", "-", ":", ",", "(",
              "\xe9")  # fmt: skip
locations = (one_of_these(
    [b"/again", b"?again", b"//<own>", b"http://<own>/" + MARK.encode(), b"http://<other>/",
     b"//<other>/", b"http://<other>\\@<own>/", b"//<other>\\@<own>/x", b"\\\\<other>/",
     b"http:\\\\<other>\\@<own>", b"http://u:Hush5aid@<own>/", b"http://<own>@<other>/",
     b"http:<other>", b"http:///<other>/", b"https://<own>/", b"http://[", b"http://[::1]/",
     b"http://[v1.x]/", b"http://127.0.0.1:99999/", b"http://127.0.0.1:Hush5aid/", b"mailto:x", b"",
     b"javascript:alert(1)", b"http://", b"//", b"/" + b"x" * 66_000, b"http://\xe9.test/\xff",
     b"/\x00\x01\x7f", b"/a\r\n b", b"http://<own>\x00.test/", b" http://<own>/ ", b"#x", b"/%zz"]
) | in_pieces("http", "https", ":", "/", "//", "\\", "@", "<own>", "<other>", "?", "#", "[", "]",
              "%2f", "%00", "..", "\0", "\t", "\xe9", "\xa0", ";", " ", "127.0.0.1",
              PLANTED)).map(addressed)  # fmt: skip
cookies = one_of_these(
    [b"a=b; Domain=127.0.0.1; Path=/", b"a=b\r\n c; Path=/", b"a=\x00\x01\xff; Path=/", b"=;=;",
     b'a="' + b"\\" * 50, b"a=" + b"x" * 60_000, b"a=b; Max-Age=" + b"9" * 5000, b"",
     b"a=b; Expires=Mon, 99 Foo 99999999999 99:99:99 GMT; Port=,;", b"$Version=1; a=b"]
) | in_pieces("a", "=", ";", ",", '"', " Max-Age", " Expires", " Domain", " Version", "9" * 20,
              " Port", " Path", "/", "31-Feb-2026 25:61:61", "\xe9", "\0", " ")  # fmt: skip

FIELDS: dict[bytes, st.SearchStrategy[bytes]] = {
    b"X-WP-Total": counts,
    b"X-WP-TotalPages": counts,
    b"Content-Length": lengths,
    b"Transfer-Encoding": transfers,
    b"Content-Type": content_types,
    b"Retry-After": retries,
    b"Location": locations,
    b"Set-Cookie": cookies,
    b"Link": in_pieces("<", ">", ";", ' rel="prev"', "rel=next", ",", "\xe9", "\0"),
    b"Date": retries,
    b"Connection": st.sampled_from([b"keep-alive", b"close", b"upgrade", b"keep-alive, close"]),
    b"SG-Captcha": latin_1,
    b"CF-RAY": latin_1,
}  # fmt: skip
ODD_LINES = (
    b"Hush5aid /wp-json/mo/v1/other_" + MARK.encode(),  # No colon.
    b" folded: Hush5aid", b"\tfolded", b": no name", b"Hush\x00aid: x", b"X: \x00", b"X Y: z",
    b"X-Long: " + b"x" * 70_000, b"\r\n".join(b"X-%d: y" % n for n in range(150)), b"X: a\rY: b",
    b"X: a\nY: b", b"HTTP/1.1 500 Hush5aid", b"\xff\xfe: \xfd", b"\x85: \x1c\x1d", b"From nobody",
)  # fmt: skip

odd_statuses = (
    st.sampled_from(STATUSES).map(lambda status: b"HTTP/1.1 %d Hush5aid" % status)
    | st.integers(100, 999).map(lambda status: b"HTTP/1.0 %d" % status)
    | one_of_these(ODD_STATUS_LINES)
    | latin_1
)
refusals = st.sampled_from([b"HTTP/1.1 %d X" % status for status in STATUSES if status > 200])
redirects = st.sampled_from([b"HTTP/1.1 %d Moved" % status for status in (301, 302, 303, 307, 308)])
named_lines = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: FIELDS[name].map(lambda value: name + b": " + value)
)
any_lines = st.builds(lambda name, value: name + b": " + value, latin_1, latin_1) | latin_1
odd_lines = st.one_of(named_lines, named_lines, named_lines, one_of_these(ODD_LINES), any_lines)
