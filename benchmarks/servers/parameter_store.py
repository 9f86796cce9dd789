"""A fake Parameter Store with as many sites as wanted, and a latency: for `make bench-scale`.

Below /wordpress/sites/ each site has a SecureString `endpoints`, and each has a list at
/folders/<site> too. Every request waits for the latency. It knows GetParameters and
GetParametersByPath, ten parameters at most in a call, as AWS does. With --silent it accepts
connections and never answers.
"""

import argparse
import json
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from benchmarks.scale_project import KINDS, PATH, site_names

PAGE = 10


class Store(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, sites: int, latency: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.latency = latency
        self.values = {"/s3/lakehouse/name/raw": "bench"}
        for site in site_names(sites):
            urls = ",".join(f"http://127.0.0.1:9/wp-json/wp/v2/{kind}" for kind in KINDS)
            self.values[f"{PATH}{site}/endpoints"] = urls
            self.values[f"/folders/{site}"] = urls

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetParameters":
            if len(asked["Names"]) > PAGE:
                return {"__type": "ValidationException"}
            return {"Parameters": [self.described(name) for name in asked["Names"]]}
        names = sorted(name for name in self.values if name.startswith(f"{asked['Path']}/"))
        first = int(asked.get("NextToken") or 0)
        found: dict[str, Any] = {"Parameters": [*map(self.described, names[first : first + PAGE])]}
        if first + PAGE < len(names):
            found["NextToken"] = str(first + PAGE)
        return found

    def described(self, name: str) -> dict[str, Any]:
        return {"Name": name, "Type": "SecureString", "Value": self.values[name], "Version": 1}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # It would hold back each body until its headers are known.

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        store = cast("Store", self.server)
        body = json.dumps(store.answer(operation, asked)).encode()
        time.sleep(store.latency)
        self.send_response(400 if b"__type" in body else 200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--latency-ms", type=float, default=10.0)
    parser.add_argument("--silent", action="store_true")
    arguments = parser.parse_args()
    if arguments.silent:
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
            print(listening.getsockname()[1], flush=True)
            while True:
                time.sleep(60)
    store = Store(arguments.sites, arguments.latency_ms / 1000)
    print(store.server_port, flush=True)
    store.serve_forever()


if __name__ == "__main__":
    main()
