"""When how much is pruned: the sparsities of the levels.

With each round a share of a layer's survivors goes, its rate: after t rounds (1 - rate)^t of them
are left. For a sparsity between two rounds t is no whole number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from wann.prune.masks.selection import check_sparsity


def levels(
    counts: Sequence[int], sparsities: Sequence[float], rates: Sequence[float], iterative: bool
) -> list[tuple[float, ...]]:
    """The sparsity of each layer, for each level after the dense one.

    Args:
        counts: The number of weights of each layer.
        sparsities: What to reach, of all weights together; each but 0 becomes a level.
        rates: Share of each layer's survivors that a round removes.
        iterative: Whether a round is a level, too; else only the sparsities are.

    Raises:
        ValueError: If a sparsity is not in [0, 1), or they do not rise.
    """
    for sparsity in sparsities:
        check_sparsity(sparsity)
    if list(sparsities) != sorted(set(sparsities)):
        raise ValueError(f"expected sparsities that rise, got {', '.join(map(str, sparsities))}")
    ends = [_rounds(counts, sparsity, rates) for sparsity in sparsities if sparsity]
    times = list(ends)
    if iterative and ends:
        # A round that would end within a hundredth of a sparsity to reach is that level.
        whole = np.arange(1, int(ends[-1]) + 1)
        times = sorted([*ends, *(float(t) for t in whole if min(abs(t - np.array(ends))) > 0.01)])
    return [_sparsities(time, rates) for time in times]


def of_layers(sparsities: Sequence[float], rate: float, iterative: bool) -> list[tuple[float, ...]]:
    """The sparsity of each layer, for each level, where each layer has one to reach of its own.

    Each round removes the rate of a layer's survivors, until the layer's own sparsity is reached.

    Args:
        sparsities: What each layer is to reach; 0 leaves it alone.
        rate: Share of the survivors that a round removes.
        iterative: Whether a round is a level, too; else only the end is.

    Raises:
        ValueError: If a sparsity is not in [0, 1).
    """
    for sparsity in sparsities:
        check_sparsity(sparsity)
    if not any(sparsities):
        return []
    # A round that would end within a hundredth of one is the last.
    rounds = np.log1p(-max(sparsities)) / np.log1p(-rate) - 0.01 if iterative else 0
    levels = [
        tuple(min(sparsity, 1 - (1 - rate) ** number) for sparsity in sparsities)
        for number in range(1, int(np.ceil(rounds)))
    ]
    return [*levels, tuple(sparsities)]


def overall(counts: Sequence[int], sparsities: Sequence[float]) -> float:
    """The sparsity of all weights together, from that of each layer."""
    return float(np.dot(counts, sparsities) / sum(counts))


def exponential(sparsity: float, rounds: int, gone: float = 0.0) -> list[float]:
    """The sparsities of rounds that each keep the same share (Tanaka et al., 2020, algorithm 1),
    where a share of all is gone before the first."""
    return [
        1 - (1 - gone) ** (1 - k / rounds) * (1 - sparsity) ** (k / rounds)
        for k in range(1, rounds)
    ] + [sparsity]


def _sparsities(time: float, rates: Sequence[float]) -> tuple[float, ...]:
    return tuple(1 - (1 - rate) ** time for rate in rates)


def _rounds(counts: Sequence[int], sparsity: float, rates: Sequence[float]) -> float:
    """After how many rounds a sparsity above 0 is reached."""

    def missing(time: float) -> float:
        return overall(counts, _sparsities(time, rates)) - sparsity

    last = 1.0
    while missing(last) < 0:
        last *= 2
    return float(brentq(missing, 0, last, xtol=1e-12))
