"""All seeds of a pruning run, on threads; results.csv grows with every row."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from joblib import cpu_count
from rich.console import Console
from threadpoolctl import threadpool_limits

from wann.progress import ProgressLine
from wann.pruning.results import PruneRun, Row

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Interrupted(Exception):
    """The user wants to stop."""


def prune_seeds(
    run: PruneRun,
    seeds: range,
    workers: int,
    rows_of: Callable[[int], Iterable[Row]],
    console: Console,
    line: Callable[[Row], str],
) -> list[Row]:
    """Run every seed; the rows of all of them.

    Args:
        run: Where the rows go.
        seeds: The seeds.
        workers: Seeds at the same time, -1 for one a core.
        rows_of: ``f(seed)`` prunes with a seed and yields the rows as they come.
        console: Where progress is shown.
        line: A row as progress shows it.
    """
    rows: list[Row] = []
    lock = threading.Lock()

    def one(seed: int) -> None:
        for row in rows_of(seed):
            with lock:
                rows.append(row)
                run.write_rows(rows)
                progress.show(line(row), len(rows), True)

    count = cpu_count() if workers < 0 else workers
    with (
        ProgressLine(console, None) as progress,
        threadpool_limits(1),
        ThreadPoolExecutor(min(count, len(seeds))) as pool,
    ):
        for done in [pool.submit(one, seed) for seed in seeds]:
            done.result()
    return rows


# Settings that may change when a run is resumed.
RESUMABLE = ("seeds",)


def check_resume(now: DataclassInstance, before: DataclassInstance, folder: Path | None) -> None:
    """See that a run is resumed with the settings it began with.

    Args:
        now: The settings on the command line.
        before: Those of the run.
        folder: Where a new run would be saved.

    Raises:
        ValueError: If one differs, or a folder is given.
    """
    if folder is not None:
        raise ValueError("--run: expected none together with --resume, which names the folder")
    for name, value in asdict(now).items():
        old = getattr(before, name)
        if name not in RESUMABLE and value != old:
            raise ValueError(
                f"--{name.replace('_', '-')}: expected {old} as in the run to resume, "
                f"got {value}; start a new run to change it"
            )
