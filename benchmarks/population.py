"""How a generation grows with the population: ``python -m benchmarks.population``, some minutes.

Searches of swing-up with one worker and one seed, by turns. All times are CPU time of the process,
files included; the first generations, which make and compile, are left out.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.core.config import preset
from wann.evaluation.pool import Pool
from wann.search import loop
from wann.search.state import SearchState
from wann.storage.run import Run

POPULATIONS = (5_000, 20_000)
TURNS, GENERATIONS, FIRST = 2, 10, 2


class Stopwatch(Pool):
    """A pool that knows how long pools have evaluated."""

    seconds = 0.0

    def _evaluate(self, *arguments: Any) -> np.ndarray:
        start = time.process_time()
        result = super()._evaluate(*arguments)
        Stopwatch.seconds += time.process_time() - start
        return result


def search(population: int, generations: int) -> np.ndarray:
    """CPU seconds of each generation, and those of them in evaluation, float64[generations, 2]."""
    config = dataclasses.replace(
        preset("swingup"), population=population, generations=generations + FIRST
    )
    times = [(time.process_time(), Stopwatch.seconds)]
    with tempfile.TemporaryDirectory() as folder:
        state = SearchState(envs.make("swingup"), config, Run.create(config, Path(folder) / "run"))
        loop.search(
            state,
            workers=1,
            report=lambda row: times.append((time.process_time(), Stopwatch.seconds)),
        )
    return np.diff(np.array(times), axis=0)[FIRST:]


def main(populations: tuple[int, ...]) -> None:
    """Search by turns, and print the medians."""
    loop.Pool = Stopwatch
    found: dict[int, list[np.ndarray]] = {population: [] for population in populations}
    search(min(populations), 1)  # compiles
    for _ in range(TURNS):
        for population, turns in found.items():
            turns.append(search(population, GENERATIONS))
    table = Table(title=f"A generation of swing-up, {TURNS} turns of {GENERATIONS}, CPU time")
    for column in ("population", "a generation", "outside evaluation", "share", "an individual"):
        table.add_column(column, justify="right")
    each = []
    for population, turns in found.items():
        total, inside = np.concatenate(turns).T
        outside = total - inside
        each.append(np.median(total) / population)
        table.add_row(
            f"{population:,}",
            f"{np.median(total):.3f} s",
            f"{np.median(outside):.3f} s",
            f"{outside.sum() / total.sum():.1%}",
            f"{1e6 * each[-1]:.1f} µs, {each[-1] / each[0]:.2f} times",
        )
    Console().print(table)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or POPULATIONS)
