"""The state of a search: what its loop moves on, and its checkpoint keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from wann.core.arrays import take_finite, take_scores, take_seconds, take_whole
from wann.core.config import SearchConfig
from wann.core.rng import Stream, generator
from wann.envs.gym import GymTask
from wann.envs.stepped.normalization import Moments
from wann.envs.task import Task
from wann.evaluation.evaluator import drawn, evaluator_for
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.regression.evaluator import RegressionEvaluator
from wann.search.champion import Champion
from wann.search.evolution import Evolution
from wann.search.hall import HallOfFame
from wann.search.start import beginning
from wann.storage.model import Model
from wann.storage.run import Run

# Fitness and complexity of the last generation told, each [P]: for pictures only.
LAST = ("last_fitness", "last_complexity")
# Whether a cost is that of the generations told, from where the search goes on, or also that of
# its end: simplifying and scoring, which come again after a resume.
SO_FAR, IN_ALL = "cost", "whole_cost"


class Cost(NamedTuple):
    """What a search has cost: all that it did, from the guide, confirmation and simplifying to the
    last scores.

    Attributes:
        samples: Examples that networks saw, or steps of their episodes if none ended early, each
            counted for every weight.
        multiply_adds: What they took, one for each connection, and what the guide's products took.
        cpu_seconds: Of this process, and of its workers where they are others.
    """

    samples: int = 0
    multiply_adds: int = 0
    cpu_seconds: float = 0.0

    def to_arrays(self, what: str = SO_FAR) -> dict[str, np.ndarray]:
        """For a checkpoint, `SO_FAR` or `IN_ALL`."""
        return {f"{what}_{name}": np.array(value) for name, value in self._asdict().items()}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], what: str = SO_FAR) -> Cost | None:
        """The cost that a checkpoint holds; None where it holds none, as in older versions.

        Raises:
            ValueError: If an array is missing, or holds something else.
        """
        if f"{what}_samples" not in arrays:
            return None
        return cls(
            int(take_whole(arrays, f"{what}_samples")),
            int(take_whole(arrays, f"{what}_multiply_adds")),
            take_seconds(arrays, f"{what}_cpu_seconds"),
        )


class SearchState:
    """Where a search stands.

    Attributes:
        task: What networks are searched for.
        config: The settings.
        run: The folder that keeps the search, if one does.
        evaluator: What the networks are tried on.
        evolution: The population.
        champion: The best genome so far, None before the first generation.
        evaluations: Number of rollouts so far.
        seconds: Time spent so far, interruptions not counted.
        cost: What it cost so far; None where an older version began it, which did not count.
        moments: What is known of observations, where they are normalised.
        last: What the checkpoint keeps for pictures, by the names in `LAST`.
        row: The metrics of the last generation, by the names in `storage.metrics.METRICS`; empty
            before the first.
    """

    def __init__(
        self, task: Task, config: SearchConfig, run: Run | None, start: Model | None = None
    ) -> None:
        """Start a search, or take up the one whose checkpoint the run holds.

        Args:
            task: What networks are searched for.
            config: The settings.
            run: The folder that keeps the search, if one does.
            start: A network to begin with; by default that of the run, if it has one.

        Raises:
            ValueError: If the checkpoint is damaged or belongs to another task, or the search
                cannot begin with the network.
            OSError: If the run's folder cannot be read or written.
        """
        self.task = task
        self.config = config
        self.run = run
        self.evaluator = evaluator_for(task, config)
        examples = isinstance(self.evaluator, ImageEvaluator | RegressionEvaluator)
        if config.guided and not examples:
            raise ValueError(f"--guided: expected a task with images, got {task.name}")
        if "accuracy" in config.objective_names and not isinstance(self.evaluator, ImageEvaluator):
            raise ValueError(f"--objectives accuracy: expected a task with images, got {task.name}")
        if config.normalize and not isinstance(task, GymTask):
            raise ValueError(f"--normalize: expected --env gym:ID or envpool:ID, got {task.name}")
        if config.own_episodes and not isinstance(task, GymTask):
            raise ValueError(
                f"--own-episodes: expected --env gym:ID or envpool:ID, got {task.name}"
            )
        if start is None and run is not None:
            start = run.start()
        genome = None if start is None else beginning(start, task, config)
        self.evolution = Evolution(len(task.inputs), len(task.outputs), config, genome)
        self.champion: Champion | None = None
        self.hall = HallOfFame(config.hall_of_fame)
        self.moments: Moments | None = None
        self.evaluations = 0
        self.seconds = 0.0
        self.cost: Cost | None = Cost()
        self.last: dict[str, np.ndarray] = {}
        self.row: dict[str, Any] = {}
        if run and (arrays := run.load_checkpoint()):
            try:
                self._restore(arrays)
            except ValueError as error:
                raise ValueError(f"{run.path}: the checkpoint does not fit: {error}") from None
        if run:
            run.trim_metrics(self.evolution.generation)

    def _restore(self, arrays: dict[str, np.ndarray]) -> None:
        expected = [len(self.task.inputs), len(self.task.outputs)]
        for name, count in (("sizes", 2), ("champion_sizes", 3)):
            found = take_whole(arrays, name, count)[:2].tolist()
            if found != expected:
                raise ValueError(
                    f"expected {expected[0]} inputs and {expected[1]} outputs, as {self.task.name} "
                    f"has, got {found[0]} and {found[1]}"
                )
        self.evolution = Evolution.from_arrays(arrays, self.config)
        self.champion = Champion.from_arrays(arrays, self.config.own_activations)
        if self.config.hall_of_fame:
            own = self.config.own_activations
            self.hall = HallOfFame.from_arrays(self.hall.size, arrays, expected, own)
        if self.config.normalize:
            self._restore_moments(arrays)
        self.evaluations = int(take_whole(arrays, "evaluations"))
        self.seconds = take_seconds(arrays, "seconds")
        self.cost = Cost.from_arrays(arrays)
        Cost.from_arrays(arrays, IN_ALL)  # a damaged one is told here, not at the end
        if LAST[0] in arrays:
            fitness = take_scores(arrays, LAST[0], None)
            self.last = {LAST[0]: fitness, LAST[1]: take_whole(arrays, LAST[1], len(fitness))}

    def _restore_moments(self, arrays: dict[str, np.ndarray]) -> None:
        count = int(take_whole(arrays, "observed_count"))
        mean, squares = (
            take_finite(arrays, f"observed_{name}", len(self.task.inputs))
            for name in ("mean", "squares")
        )
        if count < 1 or squares.min() < 0:
            raise ValueError(f"expected moments of observations, got {count} of {squares.min()}")
        self.normalize(Moments(count, mean, squares))

    def normalize(self, moments: Moments) -> None:
        """Give networks observations normalised by what is known of them."""
        assert isinstance(self.task, GymTask)
        self.moments = moments
        self.task = replace(self.task, normalization=moments.normalization())
        self.evaluator = evaluator_for(self.task, self.config)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state as arrays, for a checkpoint; whole once there is a champion."""
        return {
            **self.evolution.to_arrays(),
            **(self.champion.to_arrays() if self.champion else {}),
            **self.hall.to_arrays(),
            **(_arrays(self.moments) if self.moments else {}),
            **self.last,
            **(self.cost.to_arrays() if self.cost else {}),
            "evaluations": np.array(self.evaluations),
            "seconds": np.array(self.seconds),
        }

    def weights(self) -> np.ndarray:
        """The shared weights that all genomes of this generation are tried with, float64[W]."""
        return self.config.drawn_weights(self.evolution.generation)

    def cases(self) -> Sequence[Any]:
        """The R cases that all genomes of this generation meet."""
        rng = generator(self.config.seed, Stream.EPISODES, self.evolution.generation)
        count = self.config.rollouts, len(self.weights())
        return drawn(self.evaluator.draw, rng, *count, self.config)


def _arrays(moments: Moments) -> dict[str, np.ndarray]:
    return {
        "observed_count": np.array(moments.count),
        "observed_mean": moments.mean,
        "observed_squares": moments.squares,
    }
