"""The log of a search: metrics, champions and checkpoints in its run's folder."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wann.core.network import Network
from wann.evaluation.pool import Pool
from wann.search.champion import Champion
from wann.search.objectives import fitness
from wann.search.state import IN_ALL, LAST, Cost, SearchState
from wann.storage.model import Model

# Seconds between two checkpoints, where generations are shorter; and how many times as long as
# the last one took, for slow disks.
CHECKPOINT_INTERVAL = 1.0
CHECKPOINT_PAUSE = 20.0


class RunLog:
    """Writes down how a search goes; where it has no folder, it only keeps the time."""

    def __init__(self, state: SearchState, pool: Pool) -> None:
        """Start the clock, and count what the pool does."""
        self._state, self._run, self._pool = state, state.run, pool
        self._clock, self._counted = time.monotonic(), self._count()
        self._next_save = self._clock + CHECKPOINT_INTERVAL

    def champion(self, champion: Champion) -> None:
        """Write down a new champion."""
        if self._run:
            state = self._state
            self._run.save_champion(champion.to_model(state.task, state.config.seed, {}))

    def generation(
        self, champion: Champion, networks: Sequence[Network], rewards: np.ndarray
    ) -> dict[str, Any]:
        """Write down the generation just told, and now and then a checkpoint.

        Args:
            champion: The best so far.
            networks: P networks.
            rewards: [P, W, R].

        Returns:
            Its row of metrics.
        """
        state, now = self._state, self.tick()
        means = fitness(rewards)
        finite = np.isfinite(means)
        best = int(means.argmax())
        connections = [network.complexity for network in networks]
        state.last = dict(zip(LAST, (means, np.array(connections)), strict=True))
        state.row = row = {
            "generation": state.evolution.generation - 1,
            "evaluations": state.evaluations,
            "seconds": round(state.seconds, 3),
            "fitness_best": float(means[best]),
            "fitness_median": float(np.median(means)),
            "peak": float(rewards[finite].mean(axis=2).max(initial=-np.inf)),
            "champion_fitness": champion.fitness,
            "connections_best": connections[best],
            "connections_median": float(np.median(connections)),
            "nonfinite": int((~finite).sum()),
            **_columns(state.cost),
        }
        if self._run:
            self._run.log(row)
            if now >= self._next_save:
                self.checkpoint()
        return row

    def tick(self) -> float:
        """Count the seconds that have gone by, and what was done in them; the time now."""
        state, now, count = self._state, time.monotonic(), self._count()
        state.seconds += now - self._clock
        state.cost = self._cost(count)
        self._clock, self._counted = now, count
        return now

    def _cost(self, count: Cost) -> Cost | None:
        """What the search has cost, once the process has done so much."""
        so_far, before = self._state.cost, self._counted
        if so_far is None:
            return None
        return Cost(
            so_far.samples + count.samples - before.samples,
            so_far.multiply_adds + count.multiply_adds - before.multiply_adds,
            so_far.cpu_seconds + count.cpu_seconds - before.cpu_seconds,
        )

    def _count(self) -> Cost:
        """What this process has done since it began."""
        seconds = time.process_time() + self._pool.cpu_elsewhere
        return Cost(self._pool.samples, self._pool.multiply_adds, seconds)

    def checkpoint(self, more: Mapping[str, np.ndarray] = {}) -> None:
        """Write a checkpoint, with some more arrays."""
        if self._run:
            started = time.monotonic()
            self._run.save_checkpoint({**self._state.to_arrays(), **more})
            now = time.monotonic()
            self._next_save = now + max(CHECKPOINT_INTERVAL, CHECKPOINT_PAUSE * (now - started))

    def result(self, model: Model) -> None:
        """Write down where the search stands, and what it found."""
        if self._run:
            whole = self._cost(self._count())
            self.checkpoint(whole.to_arrays(IN_ALL) if whole else {})
            model.save(self._run.path / "champion.json")


def _columns(cost: Cost | None) -> dict[str, Any]:
    """The cost as columns of the metrics; NaN where it is not known."""
    if cost is None:
        return dict.fromkeys(Cost._fields, math.nan)
    return {**cost._asdict(), "cpu_seconds": round(cost.cpu_seconds, 3)}
