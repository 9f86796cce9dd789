"""The floor: copies the bytes from the site to S3, without parsing, verifying or signing.

Four libcurl handles read the pages; a thread per collection splices their bytes into one array and
puts it over a plain socket. It keeps a collection in memory until it is put. A tool that parses
what it copies can hardly be faster.
"""

import argparse
import socket
import threading
from collections import deque
from urllib.parse import urlsplit

import pycurl

HANDLES = 4
BUFFER_BYTES = 512 * 1024


class Reader:
    """Reads every page of the collections, and hands each collection on when it is whole."""

    def __init__(self, site, names, put):
        self._site = site
        self._put = put
        self._wanted = deque((name, 1) for name in names)
        self._pages = {}
        self._missing = {}
        self._multi = pycurl.CurlMulti()
        self._idle = [new_handle() for _ in range(HANDLES)]
        self._busy = 0

    def read(self):
        while self._wanted or self._busy:
            while self._wanted and self._idle:
                self._start(self._idle.pop(), *self._wanted.popleft())
            while self._multi.perform()[0] == pycurl.E_CALL_MULTI_PERFORM:
                pass
            _, finished, failed = self._multi.info_read()
            if failed:
                raise SystemExit(str(failed))
            for handle in finished:
                self._finish(handle)
            if self._busy and not finished:
                self._multi.select(1.0)

    def _start(self, handle, name, page):
        handle.name, handle.page, handle.chunks, handle.total_pages = name, page, [], 0
        url = f"{self._site}/wp-json/wp/v2/{name}?per_page=100&page={page}"
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.WRITEFUNCTION, handle.chunks.append)
        handle.setopt(pycurl.HEADERFUNCTION, lambda line: note_total_pages(handle, line))
        self._multi.add_handle(handle)
        self._busy += 1

    def _finish(self, handle):
        if handle.getinfo(pycurl.RESPONSE_CODE) != 200:
            raise SystemExit(f"{handle.name}: {handle.getinfo(pycurl.RESPONSE_CODE)}")
        self._multi.remove_handle(handle)
        self._busy -= 1
        self._idle.append(handle)
        name, page = handle.name, handle.page
        if page == 1:
            last = handle.total_pages
            self._pages[name] = [b""] * last
            self._missing[name] = last
            self._wanted.extend((name, number) for number in range(2, last + 1))
        self._pages[name][page - 1] = b"".join(handle.chunks)
        self._missing[name] -= 1
        if not self._missing[name]:
            self._put(name, self._pages.pop(name))


def new_handle():
    handle = pycurl.Curl()
    handle.setopt(pycurl.TCP_NODELAY, 1)
    handle.setopt(pycurl.BUFFERSIZE, BUFFER_BYTES)
    return handle


def note_total_pages(handle, line):
    if line.lower().startswith(b"x-wp-totalpages:"):
        handle.total_pages = int(line.partition(b":")[2])


def put(s3, name, pages):
    """Put the pages, each an array, as one array."""
    address = urlsplit(s3)
    contents = [memoryview(page)[1:-1] for page in pages]
    size = sum(map(len, contents)) + len(contents) + 1  # the brackets, and commas between
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(
            f"PUT /bench/wordpress-api/{name}.json HTTP/1.1\r\n"
            f"Host: {address.netloc}\r\nContent-Length: {size}\r\n\r\n".encode()
        )
        for number, content in enumerate(contents):
            connection.sendall(b"," if number else b"[")
            connection.sendall(content)
        connection.sendall(b"]")
        if b" 200 " not in connection.recv(4096):
            raise SystemExit(f"{name}: not stored")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", required=True)
    parser.add_argument("--s3", required=True)
    parser.add_argument("collections", nargs="+")
    arguments = parser.parse_args()
    puts = []

    def put_in_background(name, pages):
        puts.append(threading.Thread(target=put, args=(arguments.s3, name, pages)))
        puts[-1].start()

    Reader(arguments.site, arguments.collections, put_in_background).read()
    for thread in puts:
        thread.join()


if __name__ == "__main__":
    main()
