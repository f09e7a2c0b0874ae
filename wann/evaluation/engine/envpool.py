"""Episodes of EnvPool's environments: many lanes step together, those that are over no longer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from wann.core.network import Network
from wann.envs.envpool import EnvPoolTask
from wann.evaluation.engine.episodes import play
from wann.evaluation.engine.lanes import Lanes
from wann.evaluation.gym import SEEDS

# Lanes at once; more need memory (3 MB each where they draw images) and are no faster.
MOST_LANES, MOST_WITH_IMAGES = 2048, 256


class EnvPoolEvaluator:
    """Episodes of an environment of EnvPool; a case is the seed of an environment.

    A return is NaN where a reward, an observation, the last one included, or an output is not
    finite. It depends on nothing but the network, the weights and the seed: each lane has a new
    environment.
    """

    def __init__(
        self, task: EnvPoolTask, give_up: int = 0, least_reward: float = -math.inf
    ) -> None:
        """Episodes of a task; in those that selection goes by no reward counts as less than
        `least_reward`, and they end after `give_up` steps in which nothing was earned, if that is
        not 0 (see `play`)."""
        self.task = task
        self._ways: dict[str, Any] = {"give_up": give_up, "least_reward": least_reward}

    def draw(self, rng: np.random.Generator, rollouts: int) -> np.ndarray:
        """Seeds, int64[R]."""
        return rng.integers(SEEDS, size=rollouts)

    confirmation = report = draw

    def samples(self, what: str, cases: np.ndarray) -> int:
        """How many steps the episodes have with each choice of weights, if none ends early."""
        return len(cases) * self.task.episode_limit

    def describe(self, cases: np.ndarray) -> str:
        """What cases for a report are."""
        return f"{len(cases)} fresh episodes a weight"

    def scores(self, network: Network, weights: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """The return of each choice of weights and seed, float64[W, R]; the seeds are [R], or
        [R, W] with those of each weight."""
        found: np.ndarray = self.returns("scores", [network], weights, cases)[0]
        return found

    def rewards(self, network: Network, weights: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """What selection goes by in the place of these, float64[W, R]."""
        found: np.ndarray = self.returns("rewards", [network], weights, cases)[0]
        return found

    def returns(
        self, what: str, networks: Sequence[Network], weights: np.ndarray, cases: np.ndarray
    ) -> np.ndarray:
        """The rewards or scores of P networks, choices of weights and seeds, float64[P, W, R]."""
        task, shape = self.task, (len(networks), len(weights), len(cases))
        lanes = Lanes(networks, weights, len(cases), task.low, task.high)
        seeds = np.broadcast_to(cases.T, shape).ravel()
        most = MOST_WITH_IMAGES if task.observe else MOST_LANES
        parts = np.array_split(np.arange(len(lanes)), -(-len(lanes) // most))
        ways = self._ways if what == "rewards" else {}
        found = [play(task, lanes, part, seeds[part], **ways) for part in parts]
        return np.concatenate(found).reshape(shape)


def observed(
    task: EnvPoolTask, networks: Sequence[Network], weights: np.ndarray, seed: int
) -> list[np.ndarray]:
    """What networks see in an episode of one seed with each weight, before it is normalised.

    Returns:
        For each of the lanes of P networks and W weights float64[T, I], before each of T steps.
    """
    lanes = Lanes(networks, weights, 1, task.low, task.high)
    places, rows = [np.empty(0, np.int64)], [np.empty((0, len(task.inputs)))]

    def watch(alive: np.ndarray, numbers: np.ndarray) -> None:
        places.append(alive)
        rows.append(numbers.astype(np.float64))

    everyone = np.arange(len(lanes)), np.full(len(lanes), seed)
    play(task, lanes, *everyone, watch=watch)
    of_lane = np.concatenate(places)
    by_lane = np.concatenate(rows)[np.argsort(of_lane, kind="stable")]
    return np.split(by_lane, np.cumsum(np.bincount(of_lane, minlength=len(lanes)))[:-1])
