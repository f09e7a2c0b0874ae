"""Following a run as it is searched: what a page shows of it now."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wann.core.text import printable
from wann.envs.failure import summary
from wann.report.collect import Collector
from wann.storage.run import Run

INTERVAL = 2.0  # seconds between two looks at the run
SHARE = 10  # of the time, one part in so many goes into collecting; the search needs the rest
QUIET = 30.0  # seconds without a new row after which a search seems to be stopped
WATCHED = ("config.json", "metrics.csv", "champion.json", "checkpoint.npz")


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
        self._trouble = ""
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
        except (OSError, ValueError) as error:
            self._trouble = printable(error)
            return
        data = self._collector.collect(sources)
        self._signature, self._trouble = signature, ""
        self.snapshot = Snapshot(self.snapshot.version + 1, data)

    def _follow(self) -> None:
        pause = INTERVAL
        while not self._stopped.wait(pause):
            started = time.monotonic()
            try:
                self.look()
            except Exception as error:  # whatever a file holds, the page goes on to follow
                self._trouble = printable(summary(error))
            pause = max(INTERVAL, (SHARE - 1) * (time.monotonic() - started))

    def state(self) -> str:
        """How the search is going, in a few words."""
        if self._trouble:
            return f"The run cannot be shown as it is now: {self._trouble:.500}"
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


def _stamp(file: Path) -> tuple[int, int] | None:
    """When a file was changed last, ns, and its size; None if there is none."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
