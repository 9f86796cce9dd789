"""An endpoint whose whole content is one answer: a plugin's rows, or one object."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from wp_pipeline.wordpress.answers.error_objects import (
    code_of,
    fails_expressly,
    is_row_of_errors,
    only_reports_an_error,
)
from wp_pipeline.wordpress.answers.json_text import (
    first_byte,
    next_visible,
    not_an_array,
    require_json,
    require_utf8,
    without_bom,
)
from wp_pipeline.wordpress.answers.members import MOST_MEMBERS, Member, members
from wp_pipeline.wordpress.answers.pieces import NotObjects, end_of_pieces, first_rows, scan_rows
from wp_pipeline.wordpress.answers.signs import NO_SIGNS, Signs
from wp_pipeline.wordpress.answers.values import require_nothing_behind
from wp_pipeline.wordpress.answers.wrapped import (
    WrappedList,
    find_list,
    length_of_sparse_list,
    rows_of_sparse_list,
    signs_of_a_page,
)
from wp_pipeline.wordpress.completeness import COUNTED, SINGLE
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, release

FIRST_ROWS = 100
STEP = 1 << 20  # bytes
MOST_ROWS_OF_ERRORS = 20
SUCCESS = ("SUCCESS", "success")
NO_ROWS = b"[]"
CRITICAL_ERROR = "internal_server_error"  # WordPress's code for a PHP error.


class ErrorInsteadOfData(MalformedAnswer):
    """Status 200 with nothing but an error; `code` is empty or a harmless word."""

    def __init__(self, code: str = "") -> None:
        self.code = code
        named = f" ({code})" if code else ""
        super().__init__(
            f"HTTP 200 with an error or an empty object instead of data{named}",
            smaller_page_may_help=code == CRITICAL_ERROR,
        )


@dataclass(frozen=True)
class SingleAnswer:
    """All of an endpoint in one answer: a list of `rows` objects, or one object.

    `body` is its part of what the site sent; `first` are the first rows, `signs` what the answer
    says about further rows.
    """

    body: Body = field(repr=False)
    rows: int
    is_list: bool
    first: Sequence[bytes | memoryview] = field(repr=False)
    signs: Signs = NO_SIGNS
    is_sparse: bool = False

    @property
    def completeness(self) -> str:
        """COUNTED if the answer has as many rows as it says, else SINGLE."""
        return COUNTED if self.is_list and self.signs.total == self.rows else SINGLE

    @property
    def total(self) -> int | None:
        """How many rows the site announced; None if it did not."""
        return self.signs.total

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes to store: those that the site sent, or the rows of a sparse list."""
        if self.is_sparse:
            yield from joined(rows_of_sparse_list(self.body, 0))
            return
        yield from steps(memoryview(self.body))


def steps(raw: memoryview | msgspec.Raw) -> Iterator[bytes]:
    """Yield the bytes of a value of any size."""
    value = memoryview(raw)
    for start in range(0, len(value), STEP):
        yield bytes(value[start : start + STEP])
        release(value)


def joined(batches: Iterator[list[memoryview | msgspec.Raw]]) -> Iterator[bytes]:
    """Yield a JSON array of these rows, one a line."""
    separator = b"[\n"
    for rows in filter(None, batches):
        yield separator
        if len(rows) == 1:
            yield from steps(rows[0])
        else:
            yield b",\n".join(rows)
        separator = b",\n"
    yield b"\n]\n"


def single_answer(body: Body) -> SingleAnswer:
    """Verify an answer that is complete by itself. Raises MalformedAnswer.

    It is an array of rows, one object, or an object that wraps a list of rows, such as
    `{"status": "SUCCESS", "data": [...]}`: then only the list is kept. A list from which values
    were removed, which PHP sends as the object `{"0":{…},"2":{…}}`, is read as a list too.
    """
    body = without_bom(body)
    require_json(body)
    require_utf8(body)
    first = first_byte(body)
    if first == b"[":
        return list_answer(body)
    if first != b"{":
        raise not_an_array(body)
    return object_answer(body)


def list_answer(body: Body) -> SingleAnswer:
    start = next_visible(body, 0)
    if first_byte(body, start + 1) not in (b"{", b"]", b""):
        require_nothing_behind(body, end_of_pieces(body, start))
        raise NotObjects
    rows, end = scan_rows(body, start)
    require_nothing_behind(body, end)
    first = list(first_rows(body, start, FIRST_ROWS))
    refuse_list_of_errors(first, rows)
    return SingleAnswer(body, rows, True, first)


def object_answer(body: Body) -> SingleAnswer:
    start = next_visible(body, 0)
    found = list(members(body, start))
    require_whole_object(found, body, start)
    if not found:
        raise ErrorInsteadOfData
    if len(found) < MOST_MEMBERS:
        if only_reports_an_error(found, body):
            raise ErrorInsteadOfData(code_of(found, body))
        if wrapped := find_list(found, body):
            refuse_failure([one for one in found if one.start != wrapped.member.start], body)
            return wrapped_answer(wrapped, body)
        refuse_success_without_rows(found, body)
    if rows := length_of_sparse_list(found, body, start):
        return sparse_answer(memoryview(body)[start:], rows)
    return SingleAnswer(body, 1, False, [memoryview(body)[start:]], signs_of_a_page(found, body))


def sparse_answer(value: Body, rows: int, signs: Signs = NO_SIGNS) -> SingleAnswer:
    first = list(map(bytes, next(rows_of_sparse_list(value, 0))[:FIRST_ROWS]))
    refuse_list_of_errors(first, rows)
    return SingleAnswer(value, rows, True, first, signs, is_sparse=True)


def wrapped_answer(wrapped: WrappedList, body: Body) -> SingleAnswer:
    rows = wrapped.member.rows or 0
    value = wrapped.member.value(body)
    if not rows:
        return SingleAnswer(NO_ROWS, 0, True, [], wrapped.signs)
    if value[:1] == b"{":
        return sparse_answer(value, rows, wrapped.signs)
    first = list(first_rows(value, 0, FIRST_ROWS))
    refuse_list_of_errors(first, rows)
    return SingleAnswer(value, rows, True, first, wrapped.signs)


def refuse_failure(found: Sequence[Member], body: Body) -> None:
    """Raises ErrorInsteadOfData for rows beside a failure: they may be only some of the rows."""
    if fails_expressly(found, body):
        raise ErrorInsteadOfData(code_of(found, body))


def refuse_success_without_rows(found: Sequence[Member], body: Body) -> None:
    """Raises MalformedAnswer for `{"status":"SUCCESS","data":"…"}`, which should wrap rows."""
    named = {member.name: member for member in found}
    if {"status", "data"} <= set(named) and named["status"].scalar(body) in SUCCESS:
        data = named["data"].value(body)
        raise NotObjects if data[:1] == b"[" else not_an_array(data)


def require_whole_object(found: Sequence[Member], body: Body, start: int) -> None:
    """Raises MalformedAnswer if the object is not valid JSON to its end, or something follows."""
    if len(found) < MOST_MEMBERS:
        end = next_visible(body, found[-1].end if found else start + 1) + 1
    else:
        end = end_of_pieces(body, start)
    require_nothing_behind(body, end)


def refuse_list_of_errors(first: Sequence[bytes | memoryview], rows: int) -> None:
    """Raises ErrorInsteadOfData for `[{"code":"rest_forbidden","message":"…"}]`."""
    if not 0 < rows <= min(len(first), MOST_ROWS_OF_ERRORS):
        return
    each = [list(members(row)) for row in first]
    if all(is_row_of_errors(found, row) for found, row in zip(each, first, strict=True)):
        raise ErrorInsteadOfData(code_of(each[0], first[0]))
