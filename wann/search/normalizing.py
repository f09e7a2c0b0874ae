"""Normalising observations: estimated in the first generations, then frozen.

A shared weight cannot scale each input by itself, so inputs should be near 1 in size. What they
are is seen in episodes of a few genomes of each of the first generations; afterwards it stays, and
goes into the network's file. Champions found meanwhile are confirmed anew, as they see something
else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from wann.core.arrays import evenly
from wann.core.network import Network
from wann.envs.gym import GymTask
from wann.envs.stepped.normalization import Moments, total
from wann.evaluation import recording
from wann.evaluation import timeout as deadline
from wann.evaluation.gym import prepare
from wann.evaluation.pool import Pool

GENERATIONS = 5  # in which observations are looked at
PLAYERS = 8  # genomes of each


def moments(
    pool: Pool,
    task: GymTask,
    networks: Sequence[Network],
    weights: np.ndarray,
    seed: int,
    known: Moments | None,
) -> Moments | None:
    """What is known of a task's observations, with those of one more generation.

    Args:
        pool: The workers; the sum does not depend on them.
        task: The task, as networks see it so far.
        networks: The generation, P networks.
        weights: Shared weights, [W].
        seed: Of an episode.
        known: What was known before, if anything.

    Raises:
        OutOfTime: If the pool's time is up before.
    """
    players = [networks[i] for i in evenly(len(networks), min(PLAYERS, len(networks)))]
    timeout = getattr(pool.evaluator, "timeout", math.inf)
    jobs = [
        (task, network, weight, seed, timeout) for network in players for weight in weights.tolist()
    ]
    found = [each for each in pool.map(observed, jobs) if each is not None]
    pool.rollouts += len(jobs)
    return total([*([known] if known else []), *found]) if known or found else None


def observed(
    task: GymTask, network: Network, weight: float, seed: int, timeout: float
) -> Moments | None:
    """A worker's job: what is seen in an episode; None if nothing finite is, or it takes longer
    than the timeout, seconds."""
    arguments = task, network, weight, seed
    if timeout == math.inf:
        return _observed(*arguments)
    ready = partial(prepare, *arguments)
    found: Moments | None = deadline.call(timeout, None, ready, _observed, *arguments)
    return found


def _observed(task: GymTask, network: Network, weight: float, seed: int) -> Moments | None:
    seen: Any = recording.record(task, network, weight, seed).observations
    seen = seen[np.isfinite(seen).all(axis=1)]
    return Moments.of(seen) if len(seen) else None
