"""One page of a route: how many items there are, how large and slow they are, how they are read.

A sample is taken with the first request of a full read, so the extraction will see the same. If a
page is too heavy for the site, a smaller one is requested.
"""

import json
from dataclasses import dataclass, replace

from wp_pipeline.wordpress.answers.json_text import first_byte, require_json, without_bom
from wp_pipeline.wordpress.answers.signs import signs_in_headers
from wp_pipeline.wordpress.answers.single_answer import (
    ErrorInsteadOfData,
    SingleAnswer,
    single_answer,
)
from wp_pipeline.wordpress.collections.page import (
    adapted_to_cap,
    page_from,
    pages_in,
)
from wp_pipeline.wordpress.collections.windows import Layout
from wp_pipeline.wordpress.completeness import COUNTED, PROVEN
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.shapes import Shape, must_be_a_list, shape_of
from wp_pipeline.wordpress.errors import (
    CompletenessNotProven,
    MalformedAnswer,
    SiteUnavailable,
    UnexpectedStatus,
)
from wp_pipeline.wordpress.http.body import Body
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.reading.reader import (
    SMALLEST_WINDOW,
    TOTAL,
    only_a_page,
    parameters_of,
    sends_one_by_one,
    without_refused,
)

TRIES = 2
FEW = 10  # items, where a page of 100 is too heavy


class NoRows(MalformedAnswer):
    """Valid JSON that holds no rows: a number, a text, or a list of them."""


@dataclass(frozen=True)
class Sample:
    """The result for one page.

    `total` is what the site announces; None if it does not. The page has `rows` rows and `size`
    bytes, and could have `per_page` rows. `is_whole` means that no page follows.
    """

    total: int | None
    rows: int
    size: int
    seconds: float
    completeness: str
    per_page: int = Layout().size
    is_whole: bool = False
    is_list: bool = True

    @property
    def items(self) -> int:
        """The announced total, or else the rows of the page."""
        return self.rows if self.total is None else self.total

    @property
    def readable(self) -> int:
        """How many rows can be read, as far as one page shows it."""
        return self.rows if self.is_whole else self.items

    @property
    def hidden(self) -> int | None:
        """How many items are counted but not sent; None if further pages follow."""
        return max(0, self.items - self.rows) if self.is_whole else None


class Sampler:
    """Takes samples of the routes of one site, with one client."""

    def __init__(self, client: RetryingClient, cancellation: Cancellation) -> None:
        self._client = client
        self._cancellation = cancellation

    def take(self, address: Address, name: str = "") -> Sample:
        """Request a page; the observer is told `name`. Raises a SiteError: NoRows for no list."""
        shape = shape_of(address)
        if shape.is_sorted_by_id:
            return self._sorted(address, name)
        if shape.size:
            return self._numbered(address, name, shape)
        answer = self._get(address, name)
        return self._sorted(address, name) if TOTAL in answer.headers else whole(answer)

    def _sorted(self, address: Address, name: str) -> Sample:
        layout, is_sorted = Layout(), True
        while True:
            try:
                parameters = parameters_of(layout, is_sorted)
                answer = self._get(address.with_parameters(parameters), name)
                if is_object(answer) and not must_be_a_list(address):
                    return whole(answer)
                return sorted_sample(answer, layout, is_sorted)
            except UnexpectedStatus as refusal:
                layout, is_sorted = without_refused(layout, is_sorted, refusal)
            except SiteUnavailable as failure:
                if not failure.smaller_page_may_help or layout.size <= FEW:
                    raise
                layout = Layout(FEW)

    def _numbered(self, address: Address, name: str, shape: Shape) -> Sample:
        answer = self._get(address.with_parameters(shape.parameters(1, shape.most)), name)
        found = verified(answer)
        if not found.signs.more_than(found.rows):
            if found.signs.total is None and found.rows >= shape.most:
                raise CompletenessNotProven("a full page of rows, and no total or next page")
            return whole(answer)
        return Sample(
            found.signs.total,
            found.rows,
            len(answer.body),
            answer.seconds,
            COUNTED,
            shape.most,
            is_list=found.is_list,
        )

    def _get(self, address: Address, name: str) -> Answer:
        return self._client.get(address, self._cancellation, TRIES, name, heavy_tries=1)


def sorted_sample(answer: Answer, layout: Layout, is_sorted: bool) -> Sample:
    """Return the sample of a page in order of id. Raises MalformedAnswer."""
    body = without_bom(answer.body)
    require_json(body)
    first, pages = page_from(answer, layout.first()), pages_in(answer.headers)
    if TOTAL not in answer.headers and not first.items.ascend:
        return whole(answer)
    is_one_by_one = sends_one_by_one(first, pages)
    page, used = adapted_to_cap(first, pages) if layout.size >= SMALLEST_WINDOW else (first, layout)
    is_in_order = page.items.ascend and used.size >= SMALLEST_WINDOW and not is_one_by_one
    is_proven = is_in_order and (is_sorted or page.reaches_the_end)
    return Sample(
        first.total,
        len(page.items),
        len(body),
        answer.seconds,
        PROVEN if is_proven else COUNTED,
        1 if is_one_by_one else used.size,
        is_whole=page.reaches_the_end or (pages is not None and pages <= 1),
    )


def whole(answer: Answer) -> Sample:
    """Return the sample of an answer with all rows of a route, or with the first of its pages."""
    found = verified(answer)
    more = found.signs.more_than(found.rows)
    if more and (found.signs.total is None or not found.is_list):
        came = f"{found.rows:,} rows" if found.is_list else "an object"
        raise only_a_page(came, "no total and page number are known for it")
    sample = Sample(
        found.signs.total,
        found.rows,
        len(answer.body),
        answer.seconds,
        COUNTED if more else found.completeness,
        per_page=found.rows or 1,
        is_whole=not more,
        is_list=found.is_list,
    )
    return sample if more else replace(sample, total=found.total)


def verified(answer: Answer) -> SingleAnswer:
    """Return an answer with its signs. Raises MalformedAnswer: NoRows for JSON without rows."""
    try:
        found = single_answer(answer.body)
    except ErrorInsteadOfData:
        if bytes(answer.body).strip() != b"{}":
            raise
        found = None
    except MalformedAnswer:
        if not is_json(answer.body):
            raise
        found = None
    if found is None:
        raise NoRows("HTTP 200 with JSON that holds no rows")
    return replace(found, signs=found.signs | signs_in_headers(answer.headers))


def is_object(answer: Answer) -> bool:
    return TOTAL not in answer.headers and first_byte(without_bom(answer.body)) == b"{"


def is_json(body: Body) -> bool:
    try:
        json.loads(bytes(without_bom(body)))
    except (ValueError, RecursionError):
        return False
    return True
