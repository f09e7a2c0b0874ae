"""The server of a page that follows a run; it answers browsers on this machine only."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wann.report.follow import Watcher
from wann.report.page import render

HOST = "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    """Answers two addresses: the page, and its data if there is something new."""

    server: Server

    def do_GET(self) -> None:
        """Answer a browser on this machine, and no page of another site."""
        if self.headers.get("Host") not in self.server.names:
            self.send_error(403)
            return
        address = urlsplit(self.path)
        watcher = self.server.watcher
        data = {**watcher.snapshot.data, "live": watcher.live()}
        if address.path == "/":
            self._answer("text/html; charset=utf-8", render(data, live=True))
        elif address.path == "/data.json":
            known = parse_qs(address.query).get("after", [""])[0]
            news = known != str(data["live"]["version"])
            self._answer("application/json", json.dumps(data if news else {"live": data["live"]}))
        else:
            self.send_error(404)

    def _answer(self, kind: str, text: str) -> None:
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


class Server(ThreadingHTTPServer):
    """Serves one run's page on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, watcher: Watcher, port: int = 0) -> None:
        """Open the port, 0 for a free one.

        Raises:
            OSError: If it is taken.
        """
        super().__init__((HOST, port), Handler)
        self.watcher = watcher
        self.names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    @property
    def address(self) -> str:
        """Where a browser finds the page."""
        return f"http://{HOST}:{self.server_port}/"
