"""What a search or a tuning shows while it runs: a live line in a terminal, else plain lines."""

from __future__ import annotations

import math
import time
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from wann.core.text import duration, harmless, number

# Seconds between two plain lines in which nothing got better.
PLAIN_INTERVAL = 10.0

Self = TypeVar("Self", bound="ProgressLine")


class ProgressLine:
    """A line that is replaced in a terminal and in a notebook; elsewhere one more now and then,
    or if it is news.

    Use it as a context manager.
    """

    def __init__(self, console: Console, total: float | None) -> None:
        """A line with a bar, full at a total; None where there is none."""
        self.console = console
        self._started = time.monotonic()
        self._plain_at = -math.inf
        self._live = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=20), console=console
        )
        self._task = self._live.add_task("compiling ...", total=total)
        self._cell = _Cell() if console.is_jupyter and not console.quiet else None

    def __enter__(self: Self) -> Self:
        """Start the live line."""
        if self._cell:
            self._cell.show("compiling ...")
        elif self.console.is_terminal:
            self._live.start()
        else:
            self.console.print("compiling ...")
        return self

    def __exit__(self, *error: Any) -> None:
        """Leave the last state on the screen."""
        self._live.stop()
        if self._cell:
            self._cell.end()

    def show(self, line: str, done: float, news: bool) -> None:
        """Show a line; `done` of the total is reached."""
        if self._cell:
            self._cell.show(line)
        elif self.console.is_terminal:
            self._live.update(self._task, description=line, completed=done)
        elif news or time.monotonic() - self._plain_at >= PLAIN_INTERVAL:
            self.console.print(line, soft_wrap=True)
            self._plain_at = time.monotonic()


class _Cell:
    """A line below a notebook's cell, that is replaced.

    rich would put up a widget, which needs ipywidgets and is not kept in the file.
    """

    INTERVAL = 0.1  # seconds; a notebook takes in no more

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self._handle: Any = None
        self._shown_at = -math.inf
        self._last = ""

    def show(self, line: str, last: bool = False) -> None:
        """Show a line in the place of the one before, unless that has only just come."""
        from IPython.display import Pretty, display

        self._last = line
        if not last and time.monotonic() - self._shown_at < self.INTERVAL:
            return
        self._shown_at = time.monotonic()
        text = Pretty(harmless(line))
        if self._handle is None:
            self._handle = display(text, display_id=True)
        else:
            self._handle.update(text)

    def end(self) -> None:
        """Leave the last line."""
        self.show(self._last, last=True)


class SearchProgress(ProgressLine):
    """Shows the metrics of each generation."""

    def __init__(
        self,
        console: Console,
        generations: int,
        time_limit: float,
        measures: tuple[str, str] = ("", ""),
    ) -> None:
        """Show progress towards a number of generations or a time limit in seconds.

        Args:
            console: Where to.
            generations: All that are to be done.
            time_limit: Seconds.
            measures: What the fitness and what a champion's score is, where they are two things.
        """
        super().__init__(console, generations)
        self._measures = [f"{name} " if name else "" for name in measures]
        self.generations = generations
        self.time_limit = time_limit
        self._first: dict[str, Any] | None = None
        self._done = 0
        self._champion = -math.inf

    def __call__(self, row: dict[str, Any]) -> None:
        """Show one generation's row of metrics."""
        self._first = self._first or row
        news = row["champion_fitness"] > self._champion
        self._champion = max(self._champion, row["champion_fitness"])
        self._done = row["generation"] + 1
        self.show(self._line(row), self._done, news)

    def phase(self, line: str) -> None:
        """Show what is going on beside the generations, where that takes a while."""
        waited = time.monotonic() - max(self._plain_at, self._started)
        if self.console.is_terminal or waited >= PLAIN_INTERVAL:
            self.show(line, self._done, False)

    def _line(self, row: dict[str, Any]) -> str:
        assert self._first is not None
        seconds = row["seconds"] - self._first["seconds"]
        done = row["generation"] - self._first["generation"]
        speed, left = "", math.inf
        if done and seconds > 0:
            rollouts = (row["evaluations"] - self._first["evaluations"]) / seconds
            speed = f"  {rollouts:,.0f} rollouts/s"
            left = seconds / done * (self.generations - row["generation"] - 1)
        left = min(left, self.time_limit - (time.monotonic() - self._started))
        fitness, score = self._measures
        return (
            f"generation {row['generation']:4d}  {fitness}best {number(row['fitness_best'])}  "
            f"median {number(row['fitness_median'])}  peak {number(row['peak'])}  "
            f"champion {score}{number(row['champion_fitness'])}  "
            f"connections {row['connections_best']}{speed}"
            + (f"  left {duration(left)}" if math.isfinite(left) else "")
        )


class TuningProgress(ProgressLine):
    """Shows the numbers of each step of a tuning."""

    def __init__(self, console: Console, time_limit: float) -> None:
        """Show progress towards a time limit in seconds."""
        super().__init__(console, time_limit if math.isfinite(time_limit) else None)
        self._confirmed = -math.inf

    def __call__(self, row: dict[str, Any]) -> None:
        """Show the row of a step; see `tune.base.CURVE`."""
        news = row["confirmed"] >= self._confirmed + 0.01 * abs(row["confirmed"])
        if news:
            self._confirmed = row["confirmed"]
        line = (
            f"step {row['iteration']:4d}  best {number(row['best'])}  "
            f"median {number(row['median'])}  confirmed {number(row['confirmed'])}  "
            f"{duration(row['seconds'])}"
        )
        self.show(line, time.monotonic() - self._started, news)
