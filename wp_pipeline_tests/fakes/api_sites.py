"""Small sites that answer like the plugins, caches and hosts of public bug reports.

Each is a function from a request to an answer; it knows only what its test needs.
"""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from sample_site.messages import Answer, Request

Answers = Callable[[Request], Answer]
Rows = Sequence[dict[str, Any]]
JSON = {"Content-Type": "application/json; charset=UTF-8"}


def items(count: int, first: int = 1, **members: Any) -> list[dict[str, Any]]:
    return [{"id": n, "title": f"No. {n}", **members} for n in range(first, first + count)]


def answer(value: Any, status: int = 200, **headers: object) -> Answer:
    named = {name.replace("_", "-"): str(text) for name, text in headers.items()}
    return Answer(status, {**JSON, **named}, json.dumps(value).encode())


def always(value: Any, status: int = 200, **headers: object) -> Answers:
    return lambda request: answer(value, status, **headers)


def always_bytes(body: bytes, status: int = 200, **headers: str) -> Answers:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda request: Answer(status, {**JSON, **named}, body)


def one_after_another(*answers: Answers) -> Answers:
    """Answer the first request like the first site, and so on; the last one stays."""
    left = list(answers)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


def number(request: Request, name: str, default: int) -> int:
    return int(request.query.get(name, default))


def window(request: Request, rows: Rows, most: int = 100) -> Rows:
    """The rows that WordPress sends: `offset` counts before `page`."""
    size = min(number(request, "per_page", 10), most)
    start = number(request, "offset", (number(request, "page", 1) - 1) * size)
    return rows[start : start + size]


def ordered(request: Request, rows: Rows) -> Rows:
    return rows[::-1] if request.query.get("order", "desc") == "desc" else rows


def wordpress(rows: Rows) -> Answers:
    """A route of WordPress: sorted by id, with totals and links."""

    def answers(request: Request) -> Answer:
        if "include" in request.query:
            wanted = request.query["include"].split(",")
            found: Rows = [row for row in rows if str(row["id"]) in wanted]
            return fields(request, found, X_WP_Total=len(found), X_WP_TotalPages=1)
        found = window(request, ordered(request, rows))
        size = number(request, "per_page", 10)
        return fields(request, found, X_WP_Total=len(rows), X_WP_TotalPages=-(-len(rows) // size))

    return answers


def with_hidden(hidden: int, answers: Answers) -> Answers:
    """A route that counts the row with this id and does not send it."""

    def hiding(request: Request) -> Answer:
        found = answers(request)
        if found.status != 200:
            return found
        rows = [row for row in json.loads(found.body) if row["id"] != hidden]
        return Answer(found.status, found.headers, json.dumps(rows).encode())

    return hiding


def without_totals(most_shown: int, rows: Rows) -> Answers:
    """A route of WordPress without headers, which shows rows up to this id to visitors."""

    def answers(request: Request) -> Answer:
        found = json.loads(wordpress(rows)(request).body)
        return answer([row for row in found if row["id"] <= most_shown])

    return answers


def fields(request: Request, found: Rows, **headers: object) -> Answer:
    """Apply `_fields`, as WordPress does on every route."""
    chosen = request.query.get("_fields")
    if chosen:
        names = chosen.split(",")
        found = [{name: row[name] for name in names if name in row} for row in found]
    return answer(found, **headers)


def all_at_once(rows: Rows) -> Answers:
    """A route of WordPress without pages and totals."""
    return lambda request: fields(request, rows)


def with_envelope(answers: Answers) -> Answers:
    """Core's `?_envelope`: headers and status come in the body."""

    def wrapped(request: Request) -> Answer:
        found = answers(request)
        if "_envelope" not in request.query:
            return found
        body = json.loads(found.body)
        return answer({"body": body, "status": 200, "headers": found.headers})

    return wrapped


def events_calendar(rows: Rows, member: str = "events", most: int = 50) -> Answers:
    """The Events Calendar: rows in a page of an object, and 404 behind the last page."""

    def answers(request: Request) -> Answer:
        size = min(number(request, "per_page", 10), most)
        page = number(request, "page", 1)
        pages = -(-len(rows) // size)
        if page > pages and rows:
            return answer({"code": "event-archive-page-not-found", "message": "No"}, 404)
        found: dict[str, Any] = {
            member: rows[(page - 1) * size : page * size],
            "rest_url": "https://x.test/",
            "total": len(rows),
            "total_pages": pages,
        }
        if page < pages:
            found["next_rest_url"] = f"https://x.test/?page={page + 1}"
        return answer(found, X_TEC_Total=len(rows), X_TEC_TotalPages=pages)

    return answers


def gravity_forms(rows: Rows) -> Answers:
    def answers(request: Request) -> Answer:
        # `Request` joins `paging[page_size]` and `paging[current_page]`.
        size, page = map(int, request.query.get("paging", "10,1").split(","))
        return answer({"total_count": len(rows), "entries": rows[(page - 1) * size : page * size]})

    return answers


def wordpress_com(rows: Rows) -> Answers:
    def answers(request: Request) -> Answer:
        size, page = number(request, "number", 20), number(request, "page", 1)
        found = rows[(page - 1) * size : page * size]
        meta = {"next_page": "value=1"} if page * size < len(rows) else {}
        return answer({"found": len(rows), "posts": found, "meta": meta})

    return answers


def by_number(rows: Rows, headers: bool = True, **named: str) -> Answers:
    """A route with `page` and `per_page` whose order is its own."""
    total, pages = named.get("total", "X-WP-Total"), named.get("pages", "X-WP-TotalPages")

    def answers(request: Request) -> Answer:
        if request.query.get("orderby") == "id":
            refusal = {
                "code": "rest_invalid_param",
                "message": "No",
                "data": {"status": 400, "params": {"orderby": "orderby is not one of date."}},
            }
            return answer(refusal, 400)
        size, page = number(request, "per_page", 10), number(request, "page", 1)
        found = rows[(page - 1) * size : page * size]
        counts = {total: len(rows), pages: -(-len(rows) // size)} if headers else {}
        return answer(found, **{name.replace("-", "_"): value for name, value in counts.items()})

    return answers


def advertising(rows: Rows) -> Answers:
    """A plugin that sends the row with the highest id at the end of each page."""

    def answers(request: Request) -> Answer:
        found = [*window(request, ordered(request, rows[:-1])), rows[-1]]
        size = number(request, "per_page", 10)
        return fields(request, found, X_WP_Total=len(rows), X_WP_TotalPages=-(-len(rows) // size))

    return answers


def total_of_the_page(answers: Answers) -> Answers:
    """A plugin that tells as the total how many rows its page has."""

    def counting(request: Request) -> Answer:
        rows = json.loads(answers(request).body)
        return answer(rows, X_WP_Total=len(rows))

    return counting


def page_of_a_list(rows: Rows, size: int, follows_page: bool, **headers: object) -> Answers:
    """A plugin's route that sends `size` rows and says in headers that there are more."""

    def answers(request: Request) -> Answer:
        page = number(request, "page", 1) if follows_page else 1
        found = rows[(page - 1) * size : page * size]
        link = {"Link": '<https://x.test/?page=2>; rel="next"'} if len(found) == size else {}
        sent = answer(found, **headers)
        return Answer(200, {**sent.headers, **link}, sent.body)

    return answers


def newest_from_a_cache(rows: Rows, size: int = 10) -> Answers:
    """A cache that ignores the query and drops the headers: the newest rows, for any request."""
    return always(rows[::-1][:size])


def total_capped_at(most: int, rows: Rows) -> Answers:
    """A search plugin that counts and skips no more than `most` rows."""

    def answers(request: Request) -> Answer:
        size, offset = number(request, "per_page", 10), number(request, "offset", 0)
        if "include" in request.query:
            offset = 0  # It ignores `include`.
        found = ordered(request, rows)[offset : offset + size] if offset < most else []
        if request.query.get("order") == "asc":
            found = [row for row in found if row in rows[:most]]
        return fields(request, found, X_WP_Total=most, X_WP_TotalPages=-(-most // size))

    return answers


def refusing_pages_above(most: int, answers: Answers) -> Answers:
    """A site that allows fewer items a page than WordPress: 400 rest_invalid_param."""
    refusal = {
        "code": "rest_invalid_param",
        "message": "Invalid parameter(s): per_page",
        "data": {"status": 400, "params": {"per_page": "per_page must be between 1 and few"}},
    }

    def refusing(request: Request) -> Answer:
        return answer(refusal, 400) if number(request, "per_page", 10) > most else answers(request)

    return refusing


def sends_at_most(most: int, request: Request, rows: Rows) -> Answer:
    """A site that silently sends fewer items a page."""
    found = window(request, ordered(request, rows), most)
    size = min(number(request, "per_page", 10), most)
    return fields(request, found, X_WP_Total=len(rows), X_WP_TotalPages=-(-len(rows) // size))


def sends_at_most_and_tells_other_pages(most: int, rows: Rows) -> Answers:
    """The same, and X-WP-TotalPages follows from the requested size."""

    def answers(request: Request) -> Answer:
        if "include" in request.query:
            return wordpress(rows)(request)
        told = wordpress(rows)(request).headers
        return Answer(200, told, sends_at_most(most, request, rows).body)

    return answers


def heavy_above(most: int, answers: Answers, failure: Answers) -> Answers:
    """A site that fails on pages of more than `most` items."""
    return lambda request: (
        failure(request) if number(request, "per_page", 10) > most else answers(request)
    )


def hanging_up(request: Request) -> Answer:
    """Close the connection without an answer, as where PHP crashes."""
    raise ConnectionAbortedError


def silent_for(seconds: float) -> Answers:
    """Send nothing for so long."""

    def answers(request: Request) -> Answer:
        time.sleep(seconds)
        return answer([])

    return answers


def losing_its_last_page(rows: Rows, answers: Callable[[Rows], Answers]) -> Answers:
    """A route that loses a row just before its third page is requested for the first time."""
    left = [rows]

    def losing(request: Request) -> Answer:
        if request.query.get("page") == "3":
            left[:] = [rows[:-1]]
        return answers(left[0])(request)

    return losing


def growing(times: int, rows: Callable[[int], Rows]) -> Answers:
    """A collection with one row more on its second page, the first `times` times."""
    left = [251] * times

    def answers(request: Request) -> Answer:
        is_second = request.query.get("page") == "2"
        return by_number(rows(left.pop() if is_second and left else 250))(request)

    return answers
