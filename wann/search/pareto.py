"""Ranking by several objectives, all to be maximised (Deb et al., 2002, NSGA-II)."""

from __future__ import annotations

import numpy as np

from wann.core.kernels.jit import compiled


def nondominated_sort(objectives: np.ndarray) -> np.ndarray:
    """The front of each individual: 0 for those that nothing dominates, and so on.

    One individual dominates another if it is at least as good in all objectives and better in
    one. Two objectives take O(P log P), more take O(P² K).

    Args:
        objectives: [P, K], finite.

    Returns:
        int64[P].
    """
    objectives = np.asarray(objectives, dtype=np.float64)
    if objectives.shape[1] == 2:
        order = np.lexsort((-objectives[:, 1], -objectives[:, 0]))
        return _sort_two(objectives, order)
    return _sort_many(objectives)


@compiled
def _sort_two(objectives: np.ndarray, order: np.ndarray) -> np.ndarray:
    # In this order nobody is dominated by a later one, so a front dominates an individual if
    # its best second objective does; the fronts that do come first, hence the bisection.
    fronts = np.empty(len(order), np.int64)
    best = np.empty((len(order), 2))
    count = 0
    for i in order:
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            first, second = best[middle]
            if second > objectives[i, 1] or (
                second == objectives[i, 1] and first > objectives[i, 0]
            ):
                low = middle + 1
            else:
                high = middle
        if low == count:
            count += 1
            best[low] = objectives[i]
        elif objectives[i, 1] > best[low, 1]:
            best[low] = objectives[i]
        fronts[i] = low
    return fronts


def _sort_many(objectives: np.ndarray) -> np.ndarray:
    better = np.any(objectives[:, None] > objectives, axis=2)
    dominates = better & ~better.T
    fronts = np.full(len(objectives), -1)
    front = 0
    while (left := fronts < 0).any():
        dominated = dominates[left].any(axis=0)
        fronts[left & ~dominated] = front
        front += 1
    return fronts


@compiled
def crowding_distance(objectives: np.ndarray, fronts: np.ndarray) -> np.ndarray:
    """How alone each individual is in its front: the sum over the objectives of the distance
    between its two neighbours, as a share of the front's range, (next - previous)/(max - min).

    The first and last of a front in any objective have infinite distance.

    Args:
        objectives: float64[P, K], finite.
        fronts: int64[P], from `nondominated_sort`.

    Returns:
        float64[P].
    """
    distance = np.zeros(len(fronts))
    for front in range(fronts.max() + 1):
        members = np.flatnonzero(fronts == front)
        for k in range(objectives.shape[1]):
            values = objectives[members, k]
            order = np.argsort(values, kind="mergesort")
            low, high = values[order[0]], values[order[-1]]
            distance[members[order[0]]] = np.inf
            distance[members[order[-1]]] = np.inf
            if high > low:
                for i in range(1, len(members) - 1):
                    gap = values[order[i + 1]] - values[order[i - 1]]
                    distance[members[order[i]]] += gap / (high - low)
    return distance


def rank(objectives: np.ndarray) -> np.ndarray:
    """Indices of the individuals from best to worst: by front, then by crowding distance (the
    more alone the better), then by index.

    Args:
        objectives: [P, K], finite.

    Returns:
        int64[P].
    """
    objectives = np.asarray(objectives, dtype=np.float64)
    fronts = nondominated_sort(objectives)
    return np.lexsort((-crowding_distance(objectives, fronts), fronts))
