"""Normalising observations: estimated in the first generations, then frozen.

A shared weight cannot scale each input by itself, so inputs should be near 1 in size. What they
are is seen in episodes of a few genomes of each of the first generations; afterwards it stays, and
goes into the network's file. Champions found meanwhile are confirmed anew, as they see something
else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain

import numpy as np

from wann.core.arrays import evenly
from wann.core.network import Network
from wann.envs.envpool import EnvPoolTask
from wann.envs.gym import GymTask
from wann.envs.stepped.normalization import Moments, total
from wann.evaluation import recording
from wann.evaluation import timeout as deadline
from wann.evaluation.engine import envpool
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
    seen: Iterable[Moments | None]
    if isinstance(task, EnvPoolTask):
        parts = np.array_split(np.arange(len(players)), min(pool.workers, len(players)))
        lanes = [(task, [players[i] for i in part], weights, seed) for part in parts]
        seen = chain.from_iterable(pool.map(observed_together, lanes))
    else:
        timeout = getattr(pool.evaluator, "timeout", math.inf)
        jobs = [
            (task, player, weight, seed, timeout)
            for player in players
            for weight in weights.tolist()
        ]
        seen = pool.map(observed, jobs)
    found = [each for each in seen if each is not None]
    pool.rollouts += len(players) * len(weights)
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


def observed_together(
    task: EnvPoolTask, networks: Sequence[Network], weights: np.ndarray, seed: int
) -> list[Moments | None]:
    """A worker's job where lanes step together: the same of each network with each weight."""
    return [_moments(seen) for seen in envpool.observed(task, networks, weights, seed)]


def _observed(task: GymTask, network: Network, weight: float, seed: int) -> Moments | None:
    return _moments(recording.record(task, network, weight, seed).observations)


def _moments(seen: np.ndarray) -> Moments | None:
    """Those of the observations [T, I] that are finite; None if there are none."""
    seen = seen[np.isfinite(seen).all(axis=1)]
    return Moments.of(seen) if len(seen) else None
