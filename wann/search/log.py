"""The log of a search: metrics, champions and checkpoints in its run's folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from wann.core.network import Network
from wann.search.champion import Champion
from wann.search.objectives import fitness
from wann.search.state import LAST, SearchState
from wann.storage.model import Model

# Seconds between two checkpoints, where generations are shorter; and how many times as long as
# the last one took, for slow disks.
CHECKPOINT_INTERVAL = 1.0
CHECKPOINT_PAUSE = 20.0


class RunLog:
    """Writes down how a search goes; where it has no folder, it only keeps the time."""

    def __init__(self, state: SearchState) -> None:
        """Start the clock."""
        self._state, self._run = state, state.run
        self._clock = time.monotonic()
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
        }
        if self._run:
            self._run.log(row)
            if now >= self._next_save:
                self.checkpoint()
        return row

    def tick(self) -> float:
        """Count the seconds that have gone by; the time now."""
        now = time.monotonic()
        self._state.seconds += now - self._clock
        self._clock = now
        return now

    def checkpoint(self) -> None:
        """Write a checkpoint."""
        if self._run:
            started = time.monotonic()
            self._run.save_checkpoint(self._state.to_arrays())
            now = time.monotonic()
            self._next_save = now + max(CHECKPOINT_INTERVAL, CHECKPOINT_PAUSE * (now - started))

    def result(self, model: Model) -> None:
        """Write down where the search stands, and what it found."""
        if self._run:
            self.checkpoint()
            model.save(self._run.path / "champion.json")
