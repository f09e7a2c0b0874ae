"""Whether a long search stays small and fast: ``python -m benchmarks.soak --minutes 60``.

It searches for a given time and samples the memory and the open descriptors of the program and its
workers. At each sample it also lives through the same generation once more, that of the population
at the end of the warm-up: how long that takes is the speed at equal network size, in CPU seconds,
which other programs on the machine disturb less than the time on the clock.
"""

from __future__ import annotations

import csv
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import tyro

from wann import envs
from wann.cli import command_line
from wann.core.config import SearchConfig, preset
from wann.core.network import express
from wann.evaluation.pool import Pool
from wann.search.evolution import Evolution
from wann.search.loop import search
from wann.search.state import SearchState
from wann.storage.run import Run

COLUMNS = (
    "seconds",
    "generation",
    "megabytes",
    "descriptors",
    "generations_per_second",
    "connections",
    "probe",
)
WARM_UP = 0.1  # of the time


@dataclass(frozen=True)
class Options:
    """Search for a long time and watch memory and speed."""

    config: tyro.conf.OmitArgPrefixes[SearchConfig]
    """The search."""
    out: Path
    """New folder for soak.csv and the search's run."""
    minutes: float = 60.0
    """How long."""
    every: float = 10.0
    """Seconds between two samples."""
    workers: int = 1
    """Of the search."""


class Probe:
    """One generation of a population that is kept as it is."""

    def __init__(self, state: SearchState, workers: int) -> None:
        """Keep the population of a search."""
        self._config = state.config
        self._arrays = state.evolution.to_arrays()
        self._weights, self._cases = state.weights(), state.cases()
        self._pool = Pool(state.evaluator, workers)

    def seconds(self) -> float:
        """CPU seconds for the generation, the best of three tries: the first may start workers."""
        with self._pool:
            return min(self._generation() for _ in range(3))

    def _generation(self) -> float:
        started = cpu_seconds()
        evolution = Evolution.from_arrays(self._arrays, self._config)
        networks = [express(genome) for genome in evolution.ask()]
        rewards = self._pool.rewards(networks, self._weights, self._cases)
        evolution.tell(rewards, [network.complexity for network in networks])
        return cpu_seconds() - started


class Soak:
    """Takes a sample now and then, when it is called with a generation's row of metrics."""

    def __init__(self, state: SearchState, options: Options) -> None:
        """Begin the table."""
        self._state, self._options = state, options
        self._file = options.out / "soak.csv"
        self._probe: Probe | None = None
        self._started = self._sampled = time.monotonic()
        self._generation = 0
        self.samples: list[dict[str, float]] = []
        self._append(COLUMNS)

    def __call__(self, row: dict[str, Any]) -> None:
        """Take a sample if it is time to."""
        now = time.monotonic()
        if now - self._sampled < self._options.every:
            return
        if self._probe is None and now - self._started > WARM_UP * 60 * self._options.minutes:
            self._probe = Probe(self._state, self._options.workers)
        values = (
            round(now - self._started, 1),
            row["generation"],
            megabytes(),
            descriptors(),
            (row["generation"] - self._generation) / (now - self._sampled),
            row["connections_median"],
            self._probe.seconds() if self._probe else math.nan,
        )
        self.samples.append(dict(zip(COLUMNS, values, strict=True)))
        self._append([f"{value:.6g}" for value in values])
        self._sampled, self._generation = time.monotonic(), row["generation"]

    def _append(self, cells: Any) -> None:
        with open(self._file, "a", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(cells)

    def summary(self) -> str:
        """How much the last fifth of the samples after the warm-up differs from the first."""
        warm = [sample for sample in self.samples if not math.isnan(sample["probe"])]
        fifth = max(len(warm) // 5, 1)
        lines = [f"{len(warm)} samples after the warm-up, their first fifth -> their last:"]
        for name in ("megabytes", "descriptors", "probe", "connections", "generations_per_second"):
            first, last = (
                float(np.median([sample[name] for sample in part]))
                for part in (warm[:fifth], warm[-fifth:])
            )
            change = last / first - 1 if first else math.nan
            lines.append(f"  {name:24} {first:10.4g} -> {last:10.4g}  {change:+.1%}")
        return "\n".join(lines)


def processes() -> list[psutil.Process]:
    """This program and its workers."""
    me = psutil.Process()
    return [me, *me.children(recursive=True)]


def megabytes() -> float:
    """Memory that is held now."""
    return sum(process.memory_info().rss for process in processes()) / 1e6


def descriptors() -> int:
    """Open descriptors now."""
    return sum(process.num_fds() for process in processes())


def cpu_seconds() -> float:
    """CPU time so far."""
    times = [process.cpu_times() for process in processes()]
    return sum(time.user + time.system for time in times)


def main() -> None:
    """Search, sample and print."""
    env = command_line.given(sys.argv[1:], "--env") or "swingup"
    default = Options(preset(env, generations=10**9), Path())
    options = command_line.parse(Options, "soak.py", sys.argv[1:], default)
    options.out.mkdir(parents=True)
    run = Run.create(options.config, options.out / "run")
    state = SearchState(envs.make(env), options.config, run)
    soak = Soak(state, options)
    search(state, workers=options.workers, time_limit=60 * options.minutes, report=soak)
    print(soak.summary())


if __name__ == "__main__":
    main()
