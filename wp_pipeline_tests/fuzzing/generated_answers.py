"""Generates HTTP answers with at most two odd aspects, so that they pass the first checks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from wp_pipeline_tests.fuzzing.bodies import (
    ODD_CODINGS,
    SOUND_CODINGS,
    bad_bodies,
    one_of_these,
    well_formed,
)
from wp_pipeline_tests.fuzzing.heads import (
    BEFOREHAND,
    FIELDS,
    OK,
    OTHER,
    OWN,
    locations,
    odd_lines,
    odd_statuses,
    redirects,
    refusals,
)

CRLF = b"\r\n"
CLOSE, KEEP, RESET = "close", "keep", "reset"
REPEATED = re.compile(r"(.{1,8}?)\1{50,}")


@dataclass(frozen=True)
class Endless:
    """Pieces, the last of which is repeated without end."""

    start: bytes
    again: bytes

    def __iter__(self) -> Iterator[bytes | float]:
        yield self.start
        while True:
            yield self.again
            yield 0.001


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, with pauses in seconds, and how the connection ends.

    `body` is what the site means to send, before compression, framing and damage.
    """

    pieces: Iterable[bytes | float]
    body: bytes = b""
    ends: str = CLOSE

    def __repr__(self) -> str:
        """Shorten repetitions, for the reports of failures."""
        text = f"Answer({self.pieces!r}, {self.body!r}, {self.ends!r})"
        return REPEATED.sub(r"\1 and so on ", text)

    def pieces_for(self, own: str, other_server: str) -> Iterable[bytes | float]:
        """Yield the pieces, with the addresses of the servers filled in."""
        for piece in self.pieces:
            if isinstance(piece, bytes):
                piece = piece.replace(OWN, own.encode()).replace(OTHER, other_server.encode())
            yield piece


def plain_answer(body: bytes, *lines: bytes, status: bytes = OK, ends: str = CLOSE) -> Answer:
    """Return an answer as a correct server frames it."""
    lines = (*lines, b"Content-Length: %d" % len(body))
    return Answer((head_of(status, lines) + body,), body, ends)


def head_of(status: bytes, lines: Iterable[bytes], line_end: bytes = CRLF) -> bytes:
    return line_end.join([status, *lines, b"", b""])


# Framing.

ODD_CHUNKS = (
    b"%(size)x;a=b;Hush5aid\r\n%(data)b\r\n", b"000%(size)X \r\n%(data)b\r\n",
    b"0x%(size)x\r\n%(data)b\r\n", b"-%(size)x\r\n%(data)b\r\n", b"+%(size)x\r\n%(data)b\r\n",
    b"%(more)x\r\n%(data)b\r\n", b"%(less)x\r\n%(data)b\r\n", b"\r\n%(data)b\r\n",
    b"%(size)x\n%(data)b\n", b"%(size)x\r\n%(data)b", b"%(size)x\r\n%(data)bHush5aid\r\n",
    b"ffffffffffffffffffff\r\n%(data)b\r\n", b"Hush5aid\r\n%(data)b\r\n",
    b"%(size)x;" + b"x" * 70_000 + b"\r\n%(data)b\r\n", b"%(size)x%(data)b", b"1_0\r\n%(data)b\r\n",
)  # fmt: skip
ODD_LAST_CHUNKS = (
    b"", b"0\r\n", b"0", b"000;x\r\n\r\n", b"-0\r\n\r\n", b"\r\n\r\n", b"0\r\n\r\nHush5aid",
    b"0\r\nX-Trailer: Hush5aid\r\nContent-Length: 3\r\n\r\n", b"0\r\n" + b"a: b\r\n" * 150 + CRLF,
    b"0\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", b"0\r\nno colon\r\n\r\n", b"0\r\n\x00\xff\r\n\r\n",
)  # fmt: skip


def chunk(data: bytes, form: bytes = b"%(size)x\r\n%(data)b\r\n") -> bytes:
    size = len(data)
    return form % {b"size": size, b"more": size + 1, b"less": max(0, size - 1), b"data": data}


@st.composite
def chunked(draw: st.DrawFn, data: bytes, odd: bool) -> bytes:
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=2)))
    parts = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True) if a < b]
    found = [chunk(part) for part in parts]
    last = b"0\r\n\r\n"
    if odd and found and draw(st.booleans()):
        place = draw(st.integers(0, len(found) - 1))
        found[place] = chunk(parts[place], draw(one_of_these(ODD_CHUNKS)))
    elif odd:
        last = draw(one_of_these(ODD_LAST_CHUNKS))
    return b"".join([*found, last])


@st.composite
def framed(draw: st.DrawFn, data: bytes, odd: bool) -> tuple[list[bytes], bytes]:
    """Return the fields for the length of a body, and the framed body; they may contradict."""
    kind = draw(st.sampled_from(["length", "chunked", "end"]))
    if kind == "chunked":
        return [b"Transfer-Encoding: chunked"], draw(chunked(data, odd))
    fields = [b"Content-Length: %d" % len(data)] if kind == "length" else []
    if odd:
        name = draw(st.sampled_from([b"Content-Length", b"Content-Length", b"Transfer-Encoding"]))
        fields = draw(st.permutations([*fields, name + b": " + draw(FIELDS[name])]))
    return fields, data


# Answers.

ASPECTS = ("body", "coding", "framing", "lines", "status", "redirect", "wire", "late")


@st.composite
def heads(draw: st.DrawFn, odd: set[str], lines: list[bytes]) -> bytes:
    status, line_end = OK, CRLF
    if "lines" in odd:
        for line in draw(st.lists(odd_lines, min_size=1, max_size=4)):
            lines.insert(draw(st.integers(0, len(lines))), line)
        line_end = draw(st.sampled_from([CRLF, CRLF, CRLF, b"\n"]))
    if "redirect" in odd:
        status = draw(redirects)
        lines.append(b"Location: " + draw(locations))
    if "status" in odd:
        status = draw(odd_statuses)
        status = draw(st.sampled_from([b"", b"", *BEFOREHAND])) + status
    if "late" in odd:
        status = draw(refusals)
    return head_of(status, lines, line_end)


@st.composite
def damaged(draw: st.DrawFn, head: bytes, sent: bytes) -> bytes:
    """Change a few bytes of the head, or cut the answer off."""
    if draw(st.booleans()):
        return (head + sent)[: draw(st.integers(0, len(head + sent)))]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(head)))
        end = start + draw(st.integers(0, 2))
        head = head[:start] + draw(st.binary(max_size=2)) + head[end:]
    return head + sent


@st.composite
def in_time(draw: st.DrawFn, wire: bytes) -> tuple[bytes | float, ...]:
    """Split the bytes into up to three pieces with short pauses."""
    places = sorted(draw(st.lists(st.integers(0, len(wire)), max_size=2)))
    pieces: list[bytes | float] = []
    for start, end in zip([0, *places], [*places, len(wire)], strict=True):
        pieces += [wire[start:end], draw(st.sampled_from([0.0, 0.0, 0.002, 0.02]))]
    return tuple(pieces[:-1])


@st.composite
def answers(
    draw: st.DrawFn, bodies: st.SearchStrategy[bytes] = well_formed, *usual_lines: bytes
) -> Answer:
    odd = set(draw(st.lists(st.sampled_from(ASPECTS), max_size=2)))
    if "late" in odd:
        odd -= {"wire", "framing", "lines"}  # Otherwise the late bytes would belong to the answer.
    body = draw(bad_bodies if "body" in odd else bodies)
    codings = ODD_CODINGS if "coding" in odd else SOUND_CODINGS
    coding, pack = codings[draw(st.sampled_from(sorted(codings)))]
    framing, sent = draw(framed(pack(body), "framing" in odd))
    lines = [b"Content-Type: application/json", *usual_lines, *framing]
    if coding is not None:
        lines.append(b"Content-Encoding: " + coding)
    head = draw(heads(odd, lines))
    wire = draw(damaged(head, sent)) if "wire" in odd else head + sent
    is_framed = bool(framing) and not odd & {"framing", "lines", "wire", "status"}
    usual = [KEEP, CLOSE] if is_framed else [CLOSE] * 18 + [RESET, KEEP]
    answer = Answer(draw(in_time(wire)), body, draw(st.sampled_from(usual)))
    return draw(followed(answer)) if "late" in odd else answer


NOT_ASKED_FOR = b'[{"id":1,"title":"not asked for"}]'
TOO_LATE = head_of(OK, [b"Content-Length: %d" % len(NOT_ASKED_FOR)]) + NOT_ASKED_FOR


@st.composite
def followed(draw: st.DrawFn, answer: Answer) -> Answer:
    """Send more bytes on the connection, as after 103 Early Hints or from a confused proxy.

    Not after a 200, which is complete: no client could know that more follows.
    """
    late = draw(st.sampled_from([TOO_LATE, CRLF + TOO_LATE, b"Hush5aid"]))
    return replace(answer, pieces=(*answer.pieces, 0.02, late), ends=KEEP)
