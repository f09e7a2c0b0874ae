"""Following runs as they are searched: what a page shows of them now.

What changes often is cheap and comes at once: the rows of the metrics, whether a process still
searches, and a new champion's network. Its sweep, the population and recorded episodes take long;
they follow in a thread of their own, which leaves most of the time to the search.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wann.core import locks
from wann.core.text import printable
from wann.envs.failure import summary
from wann.report.collect import Collector
from wann.report.networks import Overtaken
from wann.report.run_data import ROWS, thinned
from wann.storage import listing
from wann.storage.folder import CONFIG
from wann.storage.run import Run

TICK = 0.1  # seconds between two looks at the files
SHARE = 10  # of the time, one part in so many goes into what takes long; the search needs the rest
QUIET = 30.0  # seconds without a new row after which a search seems to be stuck
MOST = 24  # runs on a page, the newest
CHAMPION = ("config.json", "champion.json", "champion-tuned.json")
WHOLE = (*CHAMPION, "checkpoint.npz")

Values = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """What is known of the runs at one time.

    Attributes:
        version: Grows with every change that is no new row of metrics.
        data: What the page shows.
    """

    version: int
    data: Values


@dataclass(eq=False)
class Followed:
    """One of the runs.

    Attributes:
        path: Its folder.
        seen: The stamps of its champion's files when they were read last.
        whole: Those of all its files when all was computed.
        values: What the page shows of it; None before it has a champion.
        rows: The stamp of the metrics and, as the page has them, their columns.
        trouble: Why it cannot be shown as it is now.
    """

    path: Path
    seen: Any = None
    whole: Any = None
    values: Values | None = None
    rows: tuple[Any, Values] = ("unread", {})
    trouble: str = ""

    def metrics(self) -> Values:
        """The columns of its metrics now, read anew where they have changed."""
        stamp = _stamp(self.path / "metrics.csv")
        if stamp != self.rows[0]:
            try:
                self.rows = stamp, thinned(Run(self.path).metrics())
            except (OSError, ValueError):
                self.rows = stamp, self.rows[1]
        return self.rows[1]

    def stamps(self, names: Sequence[str]) -> list[Any]:
        """When its files were changed last."""
        return [_stamp(self.path / name) for name in names]

    def state(self) -> str:
        """How the search is going, in a few words."""
        if self.trouble:
            return f"The run cannot be shown as it is now: {self.trouble:.500}"
        rows = self.metrics().get("generation", [])
        since = f"generation {int(rows[-1])}" if rows else "its start"
        searching = locks.holder(self.path / CONFIG) is not None
        if self.values is None:
            return "Waiting for the first champion."
        if not searching and not self.values["running"]:
            return f"The search is over, after {since}."
        if not searching:
            return f"The search has ended, after {since}; wann search --resume goes on with it."
        seen = _stamp(self.path / "metrics.csv") or _stamp(self.path / "champion.json")
        if seen is None or time.time() - seen[0] / 1e9 > QUIET:
            return f"No news from the search since {since}."
        return f"The search is running: {since}."


@dataclass(eq=False)
class Watcher:
    """Looks at runs in threads of its own, and keeps what it last saw.

    Attributes:
        places: Folders of runs, or folders that hold some, in which new ones may come.
        session: Tells the versions of one watcher from those of the next.
        snapshot: What is known now.
    """

    places: Sequence[Path]
    collector: Collector
    session: str = field(default_factory=lambda: secrets.token_hex(4))

    def __post_init__(self) -> None:
        """Take a first look.

        Raises:
            ValueError: If a folder neither is one of a run nor holds any.
        """
        self._stopped = threading.Event()
        self._changing = threading.Lock()
        self._threads = [
            threading.Thread(target=self._repeat, args=(work, share), daemon=True)
            for work, share in ((self.see, 1), (self.find, SHARE), (self.complete, SHARE))
        ]
        self._runs: dict[Path, Followed] = {}
        self.snapshot = Snapshot(0, self.collector.empty())
        for place in self.places:
            if not any(True for _ in listing.folders(place)):
                Run(place)  # says what is wrong
        self.look()

    def start(self) -> None:
        """Start following."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, work: Callable[[], None], share: int) -> None:
        pause = TICK
        while not self._stopped.wait(pause):
            started = time.monotonic()
            work()
            pause = max(TICK, (share - 1) * (time.monotonic() - started))

    @property
    def runs(self) -> list[Followed]:
        """The runs that are shown, sorted by their names."""
        return list(self._runs.values())

    def look(self) -> None:
        """See what runs and champions are new."""
        self.find()
        self.see()

    def find(self) -> None:
        """See what runs there are, which takes long in a folder of many."""
        found = {path: None for place in self.places for path in listing.folders(place)}
        newest = sorted(found, key=lambda path: _stamp(path / CONFIG) or (0, 0))[-MOST:]
        kept = [path for path in found if path in newest]
        kept.sort(key=lambda path: path.name)
        before = self._runs
        self._runs = {path: before.get(path) or Followed(path) for path in kept}
        if any(run.values for path, run in before.items() if path not in self._runs):
            self._publish()

    def see(self) -> None:
        """See what champions are new, at once. What cannot be read now is read next time."""
        changed = [self._guarded(run, self._look_at) for run in self.runs]
        if any(changed):
            self._publish()

    def complete(self) -> None:
        """Compute what takes long, of runs that have changed since."""
        for run in self.runs:
            if not self._stopped.is_set() and self._guarded(run, self._complete):
                self._publish()

    def _look_at(self, run: Followed) -> bool:
        stamps = run.stamps(CHAMPION)
        if stamps == run.seen or not (run.path / "champion.json").exists():
            return False
        [source] = self.collector.read([run.path], population=False)
        values = self.collector.run(source, 1 / len(self._runs), quick=True)
        with self._changing:
            if run.values is not None:
                _keep_front(run.values, values)
            run.values, run.seen = values, stamps
        return True

    def _complete(self, run: Followed) -> bool:
        stamps, champion = run.stamps(WHOLE), run.stamps(CHAMPION)
        if run.values is None or stamps == run.whole:
            return False
        [source] = self.collector.read([run.path])
        values = self.collector.run(
            source,
            1 / len(self._runs),
            overtaken=lambda: self._stopped.is_set() or run.stamps(CHAMPION) != champion,
        )
        with self._changing:
            if run.seen is not None and run.seen != champion:
                return False  # there is a newer champion by now: what was computed is kept for it
            run.values, run.seen, run.whole = values, champion, stamps
        return True

    def _guarded(self, run: Followed, work: Callable[[Followed], bool]) -> bool:
        """Whether something has changed; whatever a file holds, the page goes on to follow."""
        try:
            changed = work(run)
        except Overtaken:
            return False  # the newer champion first; what was computed is kept
        except (OSError, ValueError) as error:
            run.trouble = printable(error)
            return False
        except Exception as error:
            run.trouble = printable(summary(error))
            return False
        if changed:
            run.trouble = ""
        return changed

    def _publish(self) -> None:
        with self._changing:
            shown = [(run, run.values) for run in self.runs if run.values]
            runs = [
                {**values, "metrics": run.metrics(), "path": str(run.path)} for run, values in shown
            ]
            page = self.collector.page(runs, [run.path for run, _ in shown])
            self.snapshot = Snapshot(self.snapshot.version + 1, page)

    def state(self) -> str:
        """How the searches are going, in a few words."""
        runs = self.runs
        if len(runs) == 1:
            return runs[0].state()
        going = sum(locks.holder(run.path / CONFIG) is not None for run in runs)
        trouble = "".join(f" {run.path.name}: {run.trouble:.200}" for run in runs if run.trouble)
        return f"{len(runs)} runs, {going} of them searching.{trouble}"

    def live(self) -> Values:
        """The part of the page's data that says how it follows."""
        states = {str(run.path): run.state() for run in self.runs if run.values}
        version = f"{self.session}-{self.snapshot.version}"
        return {"version": version, "state": self.state(), "states": states}

    def rows(self, seen: dict[str, float]) -> dict[str, Values]:
        """The rows of metrics after those generations that a page has seen, by the runs' paths."""
        found = {}
        for run in self.runs:
            after, metrics = seen.get(str(run.path)), run.metrics()
            if after is None or not metrics:
                continue
            new = [i for i, g in enumerate(metrics["generation"]) if g is not None and g > after]
            if new:
                first = max(new[0], new[-1] - ROWS)
                found[str(run.path)] = {name: column[first:] for name, column in metrics.items()}
        return found


def _keep_front(before: Values, values: Values) -> None:
    """Show the population of before until the new one is tried: its chart does not vanish."""
    if before["population"] is None or values["population"] is not None:
        return
    front = [network for network in before["networks"] if network["kind"] == "front"]
    old = [i for i, network in enumerate(before["networks"]) if network["kind"] == "front"]
    places = {place: len(values["networks"]) + i for i, place in enumerate(old)}
    shown = [places.get(place) for place in before["population"]["networks"]]
    values["networks"] = [*values["networks"], *front]
    values["population"] = {**before["population"], "networks": shown}


def _stamp(file: Path) -> tuple[int, int] | None:
    """When a file was changed last, ns, and its size; None if there is none."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
