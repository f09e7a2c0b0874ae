"""What networks score under each disturbance, at each level, with each noise seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask
from wann.envs.task import ControlTask, Task
from wann.evaluation import protocol
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.images import Batch, ImageEvaluator
from wann.evaluation.noise.disturbances import (
    EXACT,
    INPUTS,
    LEVELS,
    OF_WEIGHTS,
    SHIFT,
    shifted,
    with_noise,
)
from wann.evaluation.noise.observations import noisy_starts, with_noisy_observations
from wann.evaluation.pool import Pool

NONE = "none"  # the kind of the scores without any disturbance
SEEDS = 5  # of the noise


@dataclass(frozen=True)
class Point:
    """A score.

    Attributes:
        network: What the network is called.
        member: Which of those of this name, such as its seed.
        connections: Those that are effective.
        kind: The disturbance.
        level: How strong it is.
        noise_seed: Of its chance.
        score: Accuracy, or mean return.
    """

    network: str
    member: str
    connections: int
    kind: str
    level: float
    noise_seed: int
    score: float


class Disturbed(Protocol):
    """A network whose weights can be disturbed."""

    @property
    def connections(self) -> int:
        """How many there are in effect."""

    @property
    def weights(self) -> np.ndarray:
        """[C]."""

    @property
    def targets(self) -> np.ndarray:
        """[C], a number for the node that each connection enters."""

    def scores(self, arena: Arena, weights: np.ndarray, cases: Any, noisy: bool) -> np.ndarray:
        """The mean score on cases of each choice of weights [K, C], float64[K]."""


@dataclass(frozen=True, eq=False)
class Graph:
    """A network as searches and files have it.

    Attributes:
        network: The network, C enabled connections.
        weights: [C].
        targets: [C].
    """

    network: Network
    weights: np.ndarray
    targets: np.ndarray

    @property
    def connections(self) -> int:
        """How many are on a path from an input to an output."""
        return self.network.complexity

    def scores(self, arena: Arena, weights: np.ndarray, cases: Any, noisy: bool) -> np.ndarray:
        """See `Disturbed`."""
        pool = arena.noisy_pool if noisy else arena.pool
        found: np.ndarray = pool.scores([self.network], weights, cases)[0].mean(axis=1)
        return found


@dataclass(frozen=True, eq=False)
class Arena:
    """A task with workers, and its cases with their disturbances.

    Attributes:
        task: The task.
        pool: The workers.
        episodes: Number of episodes; images are all tried at once.
        seed: Of the cases and of all noise.
    """

    task: Task
    pool: Pool
    episodes: int
    seed: int

    @property
    def kinds(self) -> list[str]:
        """The disturbances of the task: those of inputs only where it has images, or dynamics."""
        found = list(OF_WEIGHTS)
        if isinstance(self.task, ControlTask):
            return [*found, INPUTS]
        pictures = isinstance(self.task, ClassificationTask) and self.task.image_shape is not None
        return [*found, INPUTS, SHIFT] if pictures else found

    @cached_property
    def cases(self) -> Any:
        """Those that are reported, and choose nothing."""
        return self.pool.evaluator.report(generator(self.seed, Stream.SWEEP), self.episodes)

    @cached_property
    def noisy_pool(self) -> Pool:
        """Workers for `disturbed_cases`: of control tasks, those that see noisy observations."""
        if not isinstance(self.task, ControlTask):
            return self.pool
        return Pool(ControlEvaluator(with_noisy_observations(self.task)), 1)

    def disturbed_cases(self, kind: str, level: float, rng: np.random.Generator) -> Any:
        """The cases with their inputs disturbed."""
        if isinstance(self.task, ControlTask):
            return noisy_starts(self.cases, level, rng)
        assert isinstance(self.pool.evaluator, ImageEvaluator)
        assert isinstance(self.task, ClassificationTask)
        found = []
        for images, labels in self.cases:
            if kind == SHIFT:
                assert self.task.image_shape is not None
                changed = shifted(images.T, self.task.image_shape, int(level), rng)
            else:
                changed = with_noise(images.T, level, rng)
            found.append(Batch(np.ascontiguousarray(changed.T), labels))
        return found

    def rng(self, kind: str, level: float, noise_seed: int) -> np.random.Generator:
        """The generator of a disturbance: the same for all networks."""
        keys = list(LEVELS).index(kind), LEVELS[kind].index(level), noise_seed
        return generator(self.seed, Stream.SWEEP, protocol.Chance.NOISE, *keys)


def points(arena: Arena, name: str, member: str, subject: Disturbed) -> Iterator[Point]:
    """The scores of a network, first without any disturbance.

    Args:
        arena: The task.
        name: What the network is called.
        member: Which of those of this name.
        subject: The network.
    """

    def point(kind: str, level: float, seed: int, score: float) -> Point:
        return Point(name, member, subject.connections, kind, level, seed, float(score))

    weights = np.asarray(subject.weights, np.float64)
    yield point(NONE, 0.0, 0, subject.scores(arena, weights[None], arena.cases, False)[0])
    for kind in arena.kinds:
        seeds = range(1 if kind in EXACT else SEEDS)
        for level in LEVELS[kind]:
            rngs = [arena.rng(kind, level, seed) for seed in seeds]
            if kind in OF_WEIGHTS:
                changed = [OF_WEIGHTS[kind](weights, subject.targets, level, rng) for rng in rngs]
                found = list(subject.scores(arena, np.stack(changed), arena.cases, False))
            else:
                found = [
                    subject.scores(
                        arena, weights[None], arena.disturbed_cases(kind, level, rng), True
                    )[0]
                    for rng in rngs
                ]
            for seed, score in zip(seeds, found, strict=True):
                yield point(kind, level, seed, score)


def summary(
    found: Sequence[Point],
) -> dict[tuple[str, str, float], tuple[float, float | None, int]]:
    """The mean of each (network, kind, level), its sample deviation, and the number of scores.

    The deviation is over all noise seeds and members; None for a single score.
    """
    groups: dict[tuple[str, str, float], list[float]] = {}
    for point in found:
        groups.setdefault((point.network, point.kind, point.level), []).append(point.score)
    return {
        key: (
            float(np.mean(scores)),
            float(np.std(scores, ddof=1)) if len(scores) > 1 else None,
            len(scores),
        )
        for key, scores in groups.items()
    }
