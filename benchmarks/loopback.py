"""Reading from our own servers; never through a proxy."""

import json
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit


def opened(url: str) -> HTTPResponse:
    """Give the response, its body unread."""
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=60)
    connection.request("GET", address.path)
    response = connection.getresponse()
    if response.status != 200:
        raise FileNotFoundError(f"{address.path}: {response.status}")
    return response


def asked(url: str) -> dict:
    with opened(url) as response:
        return json.load(response)
