"""What more cores would give a search: ``python -m benchmarks.scaling [POPULATION ...]``.

Searches with one worker are measured: the CPU time of each generation, and that of each network in
each evaluation. More workers are simulated from these: evaluations go to them in the jobs that the
pool makes, each job to the worker that is free first, and everything else is done by one. Nothing
is taken off for the memory that cores share, so the numbers are what the program leaves possible.
"""

from __future__ import annotations

import dataclasses
import heapq
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
from wann.evaluation import pool
from wann.search import loop
from wann.search.state import SearchState
from wann.storage.run import Run

WORKERS = (1, 2, 16, 64)
GENERATIONS, FIRST = 60, 20  # of each search, and those of them that are left out
Evaluation = tuple[list[float], int]  # seconds of each network, and the number of its rollouts


def evaluate(evaluator: Any, what: str, networks: Any, *cases: Any) -> tuple[np.ndarray, float]:
    """As the pool's, in CPU seconds of the thread."""
    started = time.thread_time()
    found = np.array([getattr(evaluator, what)(network, *cases) for network in networks])
    return found, time.thread_time() - started


class Apart(pool.Pool):
    """A pool of one worker with a job for each network, which notes what each took."""

    noted: list[Evaluation] = []  # noqa: RUF012  one search at a time

    def split(self, networks: int, weights: int, rollouts: int) -> list[tuple[range, slice, slice]]:
        """A job for each network."""
        Apart.noted.append(([], rollouts))
        return [(range(i, i + 1), slice(None), slice(None)) for i in range(networks)]

    def _run(self, function: Any, jobs: Any) -> Any:
        for job, result in super()._run(function, jobs):
            if function is evaluate:
                Apart.noted[-1][0].append(result[1])
            yield job, result


def makespan(evaluation: Evaluation, workers: int) -> float:
    """Seconds until the last of the workers is done with an evaluation."""
    seconds, rollouts = evaluation
    parts = pool.Pool.split(Crew(workers), len(seconds), 1, rollouts)
    shares = [
        sum(seconds[i] for i in members) / (1 if part == slice(None) else min(workers, rollouts))
        for members, _, part in parts
    ]
    free = [0.0] * workers
    for share in shares:
        heapq.heapreplace(free, free[0] + share)
    return max(free)


class Crew:
    """What the pool asks of itself to make jobs for so many threads."""

    pace, until, evaluator = 0.0, float("inf"), None

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._crew = pool.Threads.__new__(pool.Threads)


def search(population: int | None) -> list[tuple[float, list[Evaluation]]]:
    """CPU seconds of each generation, and its evaluations."""
    config = dataclasses.replace(preset("swingup"), generations=GENERATIONS)
    if population is not None:
        config = dataclasses.replace(config, population=population)
    found: list[tuple[float, list[Evaluation]]] = []
    started = time.process_time()

    def note(row: dict[str, Any]) -> None:
        nonlocal started
        found.append((time.process_time() - started, Apart.noted))
        started, Apart.noted = time.process_time(), []

    Apart.noted = []
    with tempfile.TemporaryDirectory() as folder:
        state = SearchState(envs.make("swingup"), config, Run.create(config, Path(folder) / "run"))
        loop.search(state, workers=1, report=note)
    return found[FIRST:]


def main(populations: list[int]) -> None:
    """Search, and print what is measured and what is simulated."""
    loop.Pool, pool.evaluate = Apart, evaluate
    table = Table(title="Generations of swing-up; more than one worker is simulated")
    table.add_column("population")
    table.add_column("a generation", justify="right")
    table.add_column("serial", justify="right")
    for workers in WORKERS[1:]:
        table.add_column(f"{workers} workers", justify="right")
    for population in populations or [preset("swingup").population]:
        generations = search(population)
        total = sum(seconds for seconds, _ in generations)
        inside = sum(sum(sum(times) for times, _ in each) for _, each in generations)
        simulated = {
            workers: total
            - inside
            + sum(makespan(e, workers) for _, each in generations for e in each)
            for workers in WORKERS
        }
        table.add_row(
            f"{population:,}",
            f"{1000 * total / len(generations):.1f} ms",
            f"{1 - inside / total:.1%}",
            *(f"{total / simulated[workers]:.1f} times" for workers in WORKERS[1:]),
        )
    Console().print(table)


if __name__ == "__main__":
    main(list(map(int, sys.argv[1:])))
