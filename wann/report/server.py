"""The server of a page that follows a run; it answers browsers on this machine only."""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wann.report.follow import Watcher
from wann.report.page import render

HOST = "127.0.0.1"
TIMEOUT = 10.0  # seconds for a browser to go on with its request
MOST_CONNECTIONS = 32  # at a time; one more ends the oldest


class Handler(BaseHTTPRequestHandler):
    """Answers two addresses: the page, and its data if there is something new."""

    server: Server
    timeout = TIMEOUT

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
            asked = parse_qs(address.query)
            if asked.get("after") != [data["live"]["version"]]:
                news = data
            else:
                seen = zip(asked.get("run", []), asked.get("seen", []), strict=False)
                rows = watcher.rows({run: _number(text) for run, text in seen})
                news = {"live": data["live"], **({"rows": rows} if rows else {})}
            self._answer("application/json", json.dumps(news))
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

    def end_headers(self) -> None:
        """Let no other page show this one inside itself."""
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


def _number(text: str) -> float:
    """A generation from an address; infinity where it is none, after which nothing comes."""
    try:
        return float(text)
    except ValueError:
        return float("inf")


class Server(ThreadingHTTPServer):
    """Serves the page of runs on 127.0.0.1."""

    daemon_threads = True
    request_queue_size = 128  # of fewer, those that wait try again after a second, then after more

    def __init__(self, watcher: Watcher, port: int = 0) -> None:
        """Open the port, 0 for a free one.

        Raises:
            OSError: If it is taken.
        """
        super().__init__((HOST, port), Handler)
        self.watcher = watcher
        self._connections: dict[Any, None] = {}
        self._changing = threading.Lock()
        self.names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; of too many connections, as of a page gone wild, end the oldest."""
        with self._changing:
            if len(self._connections) >= MOST_CONNECTIONS:
                oldest = next(iter(self._connections))
                del self._connections[oldest]
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
            self._connections[request] = None
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        with self._changing:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away; a defect shows its traceback."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """Where a browser finds the page."""
        return f"http://{HOST}:{self.server_port}/"
