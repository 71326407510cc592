"""A server of the test's own in place of other sites: what it answers, and what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


class OtherSite:
    """Answers by path, without the query string; 404 for everything else."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, Answer | Callable[[str], Answer]] = {}
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.slowness = 0.0

    def says(self, path: str, status: int = 200, body: bytes = b"{}", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, body)

    def answer(self, path: str, body: str) -> Answer:
        found = self.answers.get(path.partition("?")[0], (404, {}, b""))
        return found(body) if callable(found) else found


@contextmanager
def serving(site: OtherSite) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            site.asked.append(self.path)
            site.bodies.append(body)
            site.headers.append(dict(self.headers))
            time.sleep(site.slowness)
            status, headers, content = site.answer(self.path, body)
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # who asked has gone

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    yield
    server.shutdown()
    thread.join()
    server.server_close()
