"""GET requests to the servers of this folder, never through a proxy."""

import json
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit


def open_url(url: str) -> HTTPResponse:
    """Return the response; its body is not read yet."""
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=60)
    connection.request("GET", f"{address.path}?{address.query}" if address.query else address.path)
    response = connection.getresponse()
    if response.status != 200:
        raise FileNotFoundError(f"{address.path}: {response.status}")
    return response


def get_json(url: str) -> dict:
    with open_url(url) as response:
        return json.load(response)
