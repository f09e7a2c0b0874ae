"""What a search ranks genomes by: fitness, and few connections or the best single weight."""

from __future__ import annotations

import numpy as np

from wann.search import pareto


def fitness(rewards: np.ndarray) -> np.ndarray:
    """The mean of each genome's rewards [P, W, R], float64[P]; -inf if one is not finite."""
    finite = np.isfinite(rewards).all(axis=(1, 2))
    means = np.full(len(rewards), -np.inf)
    means[finite] = rewards[finite].mean(axis=(1, 2))
    return means


def ranked(
    rewards: np.ndarray,
    complexity: np.ndarray,
    complexity_probability: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """The genomes from best to worst, int64[P]: by fronts of fitness and a second objective.

    The second one is few connections or, otherwise, the peak: the mean reward with the best
    single weight (Gaier & Ha, 2019, section 3.2).

    Args:
        rewards: [P, W, R]. A genome with a reward that is not finite ranks last.
        complexity: [P], the number of connections of each genome.
        complexity_probability: How often the second objective is few connections.
        rng: Draws which it is.
    """
    finite = np.isfinite(rewards).all(axis=(1, 2))
    usable = np.flatnonzero(finite)
    if len(usable) == 0:
        return np.arange(len(rewards))
    by_weight = rewards[usable].mean(axis=2)
    if rng.random() < complexity_probability:
        second = 1 / np.maximum(complexity[usable], 1)
    else:
        second = by_weight.max(axis=1)
    order = pareto.rank(np.column_stack((by_weight.mean(axis=1), second)))
    return np.concatenate((usable[order], np.flatnonzero(~finite)))
