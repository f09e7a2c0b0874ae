"""All seeds of a pruning run, on threads; results.csv grows with every row."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from rich.console import Console
from threadpoolctl import threadpool_limits

from wann.cli import guards
from wann.cli.progress import ProgressLine
from wann.evaluation.pool import cores
from wann.prune.run import PruneRun, Row
from wann.prune.steps import DamagedStep
from wann.storage.folder import CONFIG, check_own

RESUMABLE = ("seeds",)  # settings that may change when a run is resumed


class Interrupted(Exception):
    """The user wants to stop."""


@contextmanager
def running(run: PruneRun, console: Console) -> Iterator[Callable[..., None]]:
    """What ends a pruning in one line where it is interrupted, or cannot go on.

    Yields:
        What to call now and then: it raises `Interrupted` where the user wants to stop.
    """
    with guards.bad_input():
        check_own(run.path)
    full_disk = guards.full_disk(lambda: f"--resume {run.path} goes on")
    with guards.alone(run.path / CONFIG), full_disk, guards.interruptible() as interrupted:

        def tick(*_: object) -> None:
            if interrupted():
                raise Interrupted

        try:
            yield tick
        except Interrupted:
            console.print(f"Interrupted; --resume {run.path} goes on.", soft_wrap=True)
            sys.exit(guards.INTERRUPTED)
        except DamagedStep as error:
            guards.fail(error)


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

    count = cores() if workers < 0 else workers
    with (
        ProgressLine(console, None) as progress,
        threadpool_limits(1),
        ThreadPoolExecutor(min(count, len(seeds))) as pool,
    ):
        for done in [pool.submit(one, seed) for seed in seeds]:
            done.result()
    return rows
