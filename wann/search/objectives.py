"""What a search ranks genomes by: fitness, and few connections or something else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.core.config import OWN
from wann.core.network import Network
from wann.search import own, pareto


def fitness(rewards: np.ndarray) -> np.ndarray:
    """The mean of each genome's rewards [P, W, R], float64[P]; -inf if one of them, or the mean,
    is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        means = rewards.mean(axis=(1, 2))
    finite = np.isfinite(rewards).all(axis=(1, 2)) & np.isfinite(means)
    return np.where(finite, means, -np.inf)


def few(complexity: np.ndarray) -> np.ndarray:
    """Few connections as an objective: 1/E for E connections, [P]."""
    return 1 / np.maximum(complexity, 1)


def values(name: str, networks: Sequence[Network], rewards: np.ndarray) -> np.ndarray:
    """The objective of a name, one of `config.OBJECTIVES` but the accuracy, or one's own.

    Args:
        name: The name.
        networks: P networks.
        rewards: [P, W, R].

    Returns:
        float64[P].
    """
    if name == "none":
        return np.zeros(len(networks))
    if name == "connections":
        return few(np.array([network.complexity for network in networks]))
    if name == "peak":
        with np.errstate(over="ignore", invalid="ignore"):
            return rewards.mean(axis=2).max(axis=1)
    return own.objective(name.removeprefix(OWN), networks, rewards)


def ranked(
    rewards: np.ndarray,
    complexity: np.ndarray,
    complexity_probability: float,
    rng: np.random.Generator,
    other: np.ndarray | None = None,
) -> np.ndarray:
    """The genomes from best to worst, int64[P]: by fronts of fitness and a second objective.

    The second one is few connections or, otherwise, the peak: the mean reward with the best
    single weight (Gaier & Ha, 2019, section 3.2).

    Args:
        rewards: [P, W, R]. A genome with a reward, or a mean, that is not finite ranks last.
        complexity: [P], the number of connections of each genome.
        complexity_probability: How often the second objective is few connections.
        rng: Draws which it is.
        other: [P] or [P, K], finite where rewards are, one or K objectives in the place of the
            peak; the same for all if fitness is to count alone.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        by_weight = rewards.mean(axis=2)
        means = by_weight.mean(axis=1)
    finite = np.isfinite(rewards).all(axis=(1, 2)) & np.isfinite(means)
    usable = np.flatnonzero(finite)
    if len(usable) == 0:
        return np.arange(len(rewards))
    if rng.random() < complexity_probability:
        second = few(complexity[usable])
    else:
        second = by_weight[usable].max(axis=1) if other is None else other[usable]
    order = pareto.rank(np.column_stack((means[usable], second)))
    return np.concatenate((usable[order], np.flatnonzero(~finite)))
