"""Ranking by several objectives, all to be maximised (Deb et al., 2002, NSGA-II)."""

from __future__ import annotations

import numpy as np

from wann.core.kernels.jit import compiled


def nondominated_sort(objectives: np.ndarray) -> np.ndarray:
    """The front of each individual: 0 for those that nothing dominates, and so on.

    One individual dominates another if it is at least as good in all objectives and better in
    one. Two objectives take O(P log P), three seldom much more, others at most O(P² K); the
    memory is O(P K).

    Args:
        objectives: [P, K], finite.

    Returns:
        int64[P].
    """
    objectives = np.asarray(objectives, dtype=np.float64)
    order = _best_first(objectives)
    sort = {2: _sort_two, 3: _sort_three}.get(objectives.shape[1], _sort_many)
    fronts = np.empty(len(order), np.int64)
    fronts[order] = sort(objectives[order])
    return fronts


def _best_first(objectives: np.ndarray) -> np.ndarray:
    """Sorted by the first objective, then by the next ones, the largest values first."""
    order = np.argsort(-objectives[:, 0])
    first = objectives[order, 0]
    # Where no two are equal, the others say nothing, and most of the time is saved.
    return order if (first[1:] < first[:-1]).all() else np.lexsort(-objectives.T[::-1])


@compiled
def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    for k in range(len(a)):  # noqa: SIM110  all() would take an array
        if a[k] != b[k]:
            return False
    return True


@compiled
def _sort_two(objectives: np.ndarray) -> np.ndarray:
    # In this order nobody is dominated by a later one, so a front dominates an individual if
    # its best second objective does; the fronts that do come first, hence the bisection.
    fronts = np.empty(len(objectives), np.int64)
    best = np.empty((len(objectives), 2))
    count = 0
    for i in range(len(objectives)):
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
        if low == count or objectives[i, 1] > best[low, 1]:
            count = max(count, low + 1)
            for k in range(2):  # an assignment of rows takes two seconds more to compile
                best[low, k] = objectives[i, k]
        fronts[i] = low
    return fronts


@compiled
def _sort_three(objectives: np.ndarray) -> np.ndarray:
    # The same order and bisection. Of the second and third objective, a front keeps the pairs
    # that no other pair of it dominates: a staircase, on which the second falls and the third
    # rises. It moves to a place of twice the room when it is full, which takes 4 P in all.
    size = len(objectives)
    fronts = np.zeros(size, np.int64)
    steps = np.empty((4 * size, 2))
    start, length, room = np.zeros((3, size), np.int64)
    used, count = 0, 0
    for i in range(size):
        if i > 0 and _equal(objectives[i], objectives[i - 1]):
            fronts[i] = fronts[i - 1]
            continue
        pair = objectives[i, 1:]
        low, high, before = 0, count, 0
        while low < high:
            middle = (low + high) // 2
            stairs = steps[start[middle] : start[middle] + length[middle]]
            place = _steps_before(stairs, pair[0])
            if place > 0 and stairs[place - 1, 1] >= pair[1]:
                low = middle + 1
            else:
                high, before = middle, place
        count = max(count, low + 1)
        fronts[i] = low
        if length[low] == room[low]:
            room[low] = max(4, 2 * room[low])
            for step in range(length[low]):
                for k in range(2):
                    steps[used + step, k] = steps[start[low] + step, k]
            start[low] = used
            used += room[low]
        stairs = steps[start[low] : start[low] + room[low]]
        length[low] = _climb(stairs, length[low], before, pair)
    return fronts


@compiled
def _steps_before(stairs: np.ndarray, second: float) -> int:
    """How many steps of a staircase have a second objective that is at least this one."""
    low, high = 0, len(stairs)
    while low < high:
        middle = (low + high) // 2
        if stairs[middle, 0] >= second:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _climb(stairs: np.ndarray, length: int, end: int, pair: np.ndarray) -> int:
    """Put a pair that no step dominates, behind the steps before it, in the place of those that it
    dominates; the new length."""
    begin = end - 1 if end > 0 and stairs[end - 1, 0] == pair[0] else end
    while end < length and stairs[end, 1] <= pair[1]:
        end += 1
    moved = begin + 1 - end
    if moved > 0:
        for step in range(length - 1, end - 1, -1):
            for k in range(2):
                stairs[step + 1, k] = stairs[step, k]
    elif moved < 0:
        for step in range(end, length):
            for k in range(2):
                stairs[step + moved, k] = stairs[step, k]
    for k in range(2):
        stairs[begin, k] = pair[k]
    return length + moved


@compiled
def _sort_many(objectives: np.ndarray) -> np.ndarray:
    # The same order and bisection, but each member of a front is asked, the latest first
    # (Zhang et al., 2015, ENS-BS). Equal individuals, which share a front, stand side by side.
    fronts = np.zeros(len(objectives), np.int64)
    latest = np.full(len(objectives), -1)  # of each front
    before = np.full(len(objectives), -1)  # each individual in its front
    count = 0
    for i in range(len(objectives)):
        if i > 0 and _equal(objectives[i], objectives[i - 1]):
            fronts[i] = fronts[i - 1]
            continue
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            if _some_dominates(objectives, i, latest[middle], before):
                low = middle + 1
            else:
                high = middle
        count = max(count, low + 1)
        fronts[i], before[i], latest[low] = low, latest[low], i
    return fronts


@compiled
def _some_dominates(objectives: np.ndarray, i: int, member: int, before: np.ndarray) -> bool:
    """Whether a member of a front dominates an individual that comes later and is not equal."""
    while member >= 0:
        for k in range(1, objectives.shape[1]):  # the first says nothing in this order
            if objectives[member, k] < objectives[i, k]:
                break
        else:
            return True
        member = before[member]
    return False


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
    # NumPy's own sort, as to compile one takes three seconds.
    orders = np.array([np.lexsort((values, fronts)) for values in objectives.T])
    return np.asarray(_crowding(objectives, fronts, orders))


@compiled
def _crowding(objectives: np.ndarray, fronts: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """As `crowding_distance`, with int64[K, P], the individuals by front and each objective."""
    distance = np.zeros(len(fronts))
    start = 0
    while start < len(fronts):
        end = start + 1
        while end < len(fronts) and fronts[orders[0, end]] == fronts[orders[0, start]]:
            end += 1
        for k in range(len(orders)):
            members = orders[k, start:end]
            low, high = objectives[members[0], k], objectives[members[-1], k]
            distance[members[0]] = np.inf
            distance[members[-1]] = np.inf
            if high > low:
                for i in range(1, len(members) - 1):
                    gap = objectives[members[i + 1], k] - objectives[members[i - 1], k]
                    distance[members[i]] += gap / (high - low)
        start = end
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
