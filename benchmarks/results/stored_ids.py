"""Reads back the ids that a candidate stored, and compares them with those of the site.

It runs in a process of its own: it needs much memory, and what the process that starts the
candidates holds counts as theirs. It prints a line with the differences, or nothing.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Generator, Iterator
from io import TextIOWrapper

from benchmarks.candidates import JSON_LINES, ONE_ARRAY
from benchmarks.servers.client import get_json, open_url

READ_CHARACTERS = 4_000_000
GZIP_MAGIC = b"\x1f\x8b"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--s3", required=True)
    parser.add_argument("--layout", choices=IDS_OF, required=True)
    parser.add_argument("expected", nargs="+", metavar="COLLECTION=COUNT")
    arguments = parser.parse_args()
    faults = []
    for collection, _, count in (argument.partition("=") for argument in arguments.expected):
        ids = Counter(IDS_OF[arguments.layout](arguments.s3, collection))
        faults += differences(collection, int(count), ids)
    if faults:
        print("; ".join(faults))


def differences(collection: str, count: int, ids: Counter[int]) -> Iterator[str]:
    """Yield how the stored ids differ from 1 to count, each once."""
    wanted = range(1, count + 1)
    if lost := sum(1 for item_id in wanted if item_id not in ids):
        yield f"{collection}: {lost} of {count} lost"
    if twice := ids.total() - len(ids):
        yield f"{collection}: {twice} twice"
    if unknown := sum(1 for item_id in ids if item_id not in wanted):
        yield f"{collection}: {unknown} that the site does not have"


def ids_in_one_array(s3: str, collection: str) -> Iterator[int]:
    with text_at(f"{s3}/bench/wordpress-api/{collection}.json") as text:
        for item in array_items(text):
            yield item["id"]


def ids_in_json_lines(s3: str, collection: str) -> Iterator[int]:
    prefix = f"bench/dlt/wordpress/{collection}/"
    for name in get_json(f"{s3}/__stats")["objects"]:
        if name.startswith(prefix):
            with text_at(f"{s3}/{name}") as lines:
                yield from (json.loads(line)["id"] for line in lines)


IDS_OF = {ONE_ARRAY: ids_in_one_array, JSON_LINES: ids_in_json_lines}


def text_at(url: str) -> TextIOWrapper:
    response = open_url(url)
    is_gzip = response.peek(2)[:2] == GZIP_MAGIC
    return TextIOWrapper(gzip.GzipFile(fileobj=response) if is_gzip else response)


def array_items(text: TextIOWrapper) -> Iterator[dict]:
    """Yield the objects of an array one by one, so that it need not fit in memory."""
    unread = text.read(READ_CHARACTERS)
    if not unread.startswith("["):
        raise ValueError("not an array")
    unread = unread[1:]
    while more := text.read(READ_CHARACTERS):
        unread = (yield from whole_objects(unread)) + more
    rest = yield from whole_objects(unread)
    if rest.strip() != "]":
        raise ValueError("an array without an end, or more than one")


def whole_objects(text: str) -> Generator[dict, None, str]:
    """Yield the objects at the start of the text, and return what follows the last whole one."""
    decode = json.JSONDecoder().raw_decode
    at = after_separators(text, 0)
    while text.startswith("{", at):
        try:
            item, at = decode(text, at)
        except json.JSONDecodeError:
            break
        yield item
        at = after_separators(text, at)
    return text[at:]


def after_separators(text: str, at: int) -> int:
    while at < len(text) and text[at] in ", \n":
        at += 1
    return at


if __name__ == "__main__":
    main()
