"""A race for episodes that are dear: who does badly in the first ones is spared the others.

Successive halving (Karnin, Koren & Somekh, "Almost optimal exploration in multi-armed bandits",
2013). One episode says little where they differ much; so many for each genome that the best can be
told apart would go to those that nobody asks about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.core.network import Network
from wann.evaluation.evaluator import Cases
from wann.evaluation.pool import OutOfTime, Pool
from wann.search.objectives import fitness


def raced(pool: Pool, networks: Sequence[Network], weights: np.ndarray, cases: Cases) -> np.ndarray:
    """The rewards of P networks with W weights on R cases, most of which only the best meet.

    All meet the first case, the better half of them the second, too, the better half of these the
    next two, and so on, each time as many as before. Who is out has, for the other cases, what it
    earned on average with the same weight; but all of a round that are out lose as much as it
    takes for none to have a higher mean than those that went on.

    Returns:
        float64[P, W, R].

    Raises:
        OutOfTime: If the pool's time is up before; its result is what the race has come to.
    """
    result = np.full((len(networks), len(weights), len(cases)), np.nan)
    left, begin, end = np.arange(len(networks)), 0, 1
    out: list[tuple[np.ndarray, int]] = []
    while True:
        try:
            result[left, :, begin:end] = pool.rewards(
                [networks[i] for i in left.tolist()], weights, cases[begin:end]
            )
        except OutOfTime as error:
            if begin == 0:
                raise
            raise OutOfTime(_settled(result, [*out, (left, begin)])) from error
        if end == len(cases):
            return _settled(result, [*out, (left, end)])
        best_first = np.argsort(-fitness(result[left, :, :end]), kind="stable")
        half = -(-len(left) // 2)
        out.append((left[best_first[half:]], end))
        left = left[best_first[:half]]
        begin, end = end, min(2 * end, len(cases))


def _settled(result: np.ndarray, rounds: list[tuple[np.ndarray, int]]) -> np.ndarray:
    """Rewards with those of the cases that networks did not meet, in place.

    Args:
        result: [P, W, R].
        rounds: Which networks were out after how many cases, the last that were in the race last.
    """
    floor = np.inf
    for members, met in reversed(rounds):
        known = result[members, :, :met]
        means = fitness(known)
        finite = np.isfinite(means)
        if not finite.any():
            continue
        too_high = max(0.0, means[finite].max() - floor)
        result[members, :, :met] = known = known - too_high
        result[members, :, met:] = known.mean(axis=2, keepdims=True)
        floor = (means[finite] - too_high).min()
    return result
