"""Searches with several seeds, side by side, each in a process and a run's folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from wann.cli import guards
from wann.cli.options import Work
from wann.cli.progress import ProgressLine
from wann.core import files
from wann.core.text import duration, number
from wann.evaluation.cluster import LOCAL
from wann.evaluation.pool import cores
from wann.storage import listing, metrics
from wann.storage.load import load
from wann.storage.seeds import LINES, SUMMARY, SeedsFolder

INTERVAL = 0.2  # seconds between two looks at the searches
COLUMNS = (
    "seed",
    "fitness",
    "peak",
    "worst",
    "connections",
    "generation",
    "evaluations",
    "seconds",
)
SUMMED = ("fitness", "peak", "worst", "connections", "evaluations", "seconds")


def shares(seeds: int, work: Work) -> tuple[int, int]:
    """How many searches go side by side, and how many workers each has.

    Much of a search is selection and variation, which one core does: so one search a core is
    faster than one after the other with all cores. Each has as many workers as another, also where
    some would be free, so that equal seconds mean equal work. The workers of a cluster are not
    shared out.
    """
    if work.machines != LOCAL:
        return 1, work.workers
    workers = cores() if work.workers == -1 else work.workers
    side_by_side = min(seeds, workers)
    return side_by_side, workers // side_by_side


def search(folder: SeedsFolder, work: Work, flags: Sequence[str], quiet: bool) -> int:
    """Run or resume the searches of a folder, and write and print what they have found.

    Args:
        folder: Their folder.
        work: The workers for all.
        flags: What each search is told, beside its folder.
        quiet: Whether to print nothing but errors.

    Returns:
        The exit code: that of the first search that failed, else whether it was interrupted.
    """
    console = guards.console(quiet)
    side_by_side, workers = shares(len(folder.runs), work)
    flags = [*flags, "--quiet", f"--workers={workers}", f"--backend={work.machines.backend}"]
    if work.machines.address is not None:
        flags.append(f"--address={work.machines.address}")
    with guards.interruptible() as interrupted, ProgressLine(console, len(folder.runs)) as progress:
        codes = _go(folder.runs, side_by_side, flags, interrupted, progress)
    if failed := [code for code in codes if code not in (0, guards.INTERRUPTED)]:
        return failed[0]
    with guards.bad_input():
        rows = [row for run in folder.runs if (row := _row(run))]
    with guards.full_disk(lambda: f"--resume {folder.path} goes on"):
        files.write_csv(folder.path / LINES, COLUMNS, rows)
        files.write_csv(folder.path / SUMMARY, ("quantity", "n", "mean", "std"), summary(rows))
    _print(console, folder, rows)
    return guards.INTERRUPTED if interrupted() else 0


def _go(
    runs: Sequence[Path],
    side_by_side: int,
    flags: Sequence[str],
    interrupted: Any,
    progress: ProgressLine,
) -> list[int]:
    """Have a process go on with each run, some at a time; their exit codes."""
    waiting = list(runs)
    going: list[subprocess.Popen[bytes]] = []
    codes: list[int] = []
    stopped = False
    try:
        while waiting or going:
            if interrupted() and not stopped:
                stopped = True
                for process in going:
                    process.send_signal(signal.SIGINT)  # each saves, and ends
            if stopped or any(code not in (0, guards.INTERRUPTED) for code in codes):
                waiting.clear()
            while waiting and len(going) < side_by_side:
                going.append(_begin(waiting.pop(0), flags))
            time.sleep(INTERVAL)
            over = [process for process in going if process.poll() is not None]
            going = [process for process in going if process not in over]
            codes += [process.wait() for process in over]
            progress.show(_line(runs), len(codes), bool(over))
    finally:
        for process in going:  # only where something went wrong here
            process.terminate()
    return codes


def _begin(run: Path, flags: Sequence[str]) -> subprocess.Popen[bytes]:
    """Have a process go on with a run. It sees no Ctrl-C, which is handed on once."""
    path = os.pathsep.join(filter(None, sys.path))  # what this process imports
    return subprocess.Popen(
        [sys.executable, "-m", "wann.search", f"--resume={run}", *flags],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _line(runs: Sequence[Path]) -> str:
    """How far the searches are."""
    parts = []
    for run in runs:
        row: dict[str, float] = {}
        with suppress(OSError, ValueError):  # its search says so
            row = listing.last_row(run / metrics.FILE)
        generation = f"{row['generation']:.0f}" if "generation" in row else "-"
        score = f" {number(row['champion_fitness'])}" if "champion_fitness" in row else ""
        parts.append(f"{run.name}: {generation}{score}")
    return "generation and champion  " + "  ".join(parts)


def _row(run: Path) -> dict[str, Any]:
    """What a search has found; nothing where it has no champion yet."""
    if not (run / "champion.json").exists():
        return {}
    model, columns = load(run), metrics.read(run / metrics.FILE)
    last = {name: column[-1] for name, column in columns.items() if len(column)}
    return {
        "seed": model.search.get("seed"),
        **{name: model.scores.get(name) for name in ("fitness", "peak", "worst")},
        "connections": model.network.complexity,
        **{
            name: int(last[name]) if name in last else None
            for name in ("generation", "evaluations")
        },
        "seconds": last.get("seconds"),
    }


def summary(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mean over seeds, and the sample deviation, with n - 1; None for a single seed."""
    result = []
    for name in SUMMED:
        values = [row[name] for row in rows if row[name] is not None]
        mean = float(np.mean(values)) if values else None
        std = float(np.std(values, ddof=1)) if len(values) > 1 else None
        result.append({"quantity": name, "n": len(values), "mean": mean, "std": std})
    return result


def _print(console: Console, folder: SeedsFolder, rows: Sequence[dict[str, Any]]) -> None:
    table = Table(
        title=f"{len(rows)} of {len(folder.runs)} seeds, on fresh cases",
        caption="±: the sample standard deviation over the seeds",
    )
    texts = {"connections": "{:.1f}".format, "evaluations": "{:,.0f}".format, "seconds": duration}
    heads = {"fitness": "mean", "peak": "best weight", "worst": "worst weight"}
    heads |= {"evaluations": "rollouts", "seconds": "time"}
    table.add_column("seed", no_wrap=True)
    for name in SUMMED:
        table.add_column(heads.get(name, name), justify="right")

    def cell(name: str, value: float | None) -> str:
        return "" if value is None else str(texts.get(name, number)(value))

    for row in rows:
        count = str(row["connections"])
        cells = {name: cell(name, row[name]) for name in SUMMED} | {"connections": count}
        table.add_row(str(row["seed"]), *cells.values())
    table.add_section()
    total = summary(rows)
    table.add_row("mean", *(cell(item["quantity"], item["mean"]) for item in total))
    table.add_row("±", *(cell(item["quantity"], item["std"]) for item in total))
    table.add_row("n", *(str(item["n"]) for item in total))
    console.print(table)
    console.print(f"Saved in {folder.path}, {LINES} and {SUMMARY} included. Next:", soft_wrap=True)
    console.print(f"  python -m wann.curves {folder.path}", soft_wrap=True)
