"""The page of a report, following a search as it runs: ``python -m wann.watch RUN``."""

from __future__ import annotations

import json
import threading
import time
import webbrowser
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import tyro

from wann.cli import guards
from wann.cli.command_line import command
from wann.cli.options import Data, Flag, Quiet
from wann.report.collect import Collector
from wann.report.page import EPISODES, WEIGHTS, checked_collector, render
from wann.storage.run import Run

HOST = "127.0.0.1"
PORT = 8765
INTERVAL = 2.0  # seconds between two looks at the run
SHARE = 10  # of the time, one part in so many goes into collecting; the search needs the rest
QUIET = 30.0  # seconds without a new row after which a search seems to be stopped
WATCHED = ("config.json", "metrics.csv", "champion.json", "checkpoint.npz")


@dataclass(frozen=True)
class Options:
    """Show a search in the browser while it runs; end with Ctrl-C."""

    run: tyro.conf.Positional[Path]
    """The run's folder."""
    port: int = PORT
    """Port on 127.0.0.1; 0 takes a free one."""
    weights: str = WEIGHTS
    """Shared weights of the sweep and the slider, LOW:HIGH:COUNT."""
    episodes: int = EPISODES
    """Episodes for each of these weights."""
    data: Data = None
    open: Flag = False
    """Show the page in the browser."""
    quiet: Quiet = False


@dataclass(frozen=True)
class Snapshot:
    """What is known of a run at one time.

    Attributes:
        version: Grows with every change.
        data: What the page shows.
    """

    version: int
    data: dict[str, Any]


class Watcher:
    """Looks at a run now and then, in a thread of its own, and keeps what it last saw."""

    def __init__(self, path: Path, collector: Collector) -> None:
        """Take a first look.

        Raises:
            ValueError: If the folder is not one of a run.
        """
        self.path = Run(path).path
        self._collector = collector
        self._signature: Any = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self.snapshot = Snapshot(0, collector.empty())
        self.look()

    def start(self) -> None:
        """Start following."""
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopped.set()
        self._thread.join()

    def look(self) -> None:
        """Collect anew if a file has changed. What cannot be read now is read next time."""
        signature = [_stamp(self.path / name) for name in WATCHED]
        if signature == self._signature or not (self.path / "champion.json").exists():
            return
        try:
            sources = self._collector.read([self.path])
        except (OSError, ValueError):
            return
        data = self._collector.collect(sources)
        self._signature = signature
        self.snapshot = Snapshot(self.snapshot.version + 1, data)

    def _follow(self) -> None:
        pause = INTERVAL
        while not self._stopped.wait(pause):
            started = time.monotonic()
            self.look()
            pause = max(INTERVAL, (SHARE - 1) * (time.monotonic() - started))

    def state(self) -> str:
        """How the search is going, in a few words."""
        runs = self.snapshot.data["runs"]
        if not runs:
            return "Waiting for the first champion."
        try:
            done = Run(self.path).metrics()["generation"]
        except (OSError, ValueError):
            done = np.empty(0)
        since = f"generation {int(done[-1])}" if len(done) else "its start"
        if not runs[0]["running"]:
            return f"The search is over, after {since}."
        seen = _stamp(self.path / "metrics.csv")
        if seen is None or time.time() - seen[0] / 1e9 > QUIET:
            return f"No news from the search since {since}."
        return f"The search is running: {since}."

    def live(self) -> dict[str, Any]:
        """The part of the page's data that says how it follows."""
        return {"version": self.snapshot.version, "state": self.state()}


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


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "watch", args) as options:
        if not 0 <= options.port < 65536:
            raise ValueError(f"--port: expected 0 to 65535, got {options.port}")
        # One worker: the search itself uses the others.
        collector = checked_collector(options.weights, options.episodes, 1, options.data)
        watcher = Watcher(options.run, collector)
        server = _open(watcher, options.port)
    watcher.start()
    guards.console(options.quiet).print(
        f"{server.address} follows {options.run}; Ctrl-C ends it", soft_wrap=True
    )
    if options.open:
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        watcher.stop()


def _open(watcher: Watcher, port: int) -> Server:
    try:
        return Server(watcher, port)
    except OSError as error:
        raise ValueError(
            f"--port: expected a free port, got {port} ({error.strerror}); --port 0 takes any"
        ) from None


def _stamp(file: Path) -> tuple[int, int] | None:
    """When a file was changed last, ns, and its size; None if there is none."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


if __name__ == "__main__":
    main()
