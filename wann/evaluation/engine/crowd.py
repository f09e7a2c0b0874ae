"""Lanes that share environments as long as they act alike."""

from __future__ import annotations

import numpy as np

from wann.core.kernels.jit import compiled, compiled_within
from wann.envs.envpool import EnvPoolTask
from wann.evaluation.engine.lanes import Lanes

NOWHERE = -1  # of a lane whose outputs or observations were not finite


class Crowd:
    """Which lane is in which environment; an environment has the number of the first lane in it.

    Attributes:
        where: int64[L], the environment of each lane, or `NOWHERE`.
    """

    def __init__(self, lanes: Lanes, chosen: np.ndarray, where: np.ndarray) -> None:
        """Some lanes, int64[L], and the environments that they begin in, int64[L]."""
        self._lanes, self._chosen, self.where = lanes, chosen, where

    def act(
        self, task: EnvPoolTask, going: np.ndarray, numbers: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What is done in environments int64[E] that show numbers [E, I].

        Lanes that act otherwise than the first in their environment leave it for another, one for
        those that act alike. It is to begin, and the same networks act the same in it once more,
        which brings it to where they were.

        Returns:
            The environments that go on, their actions, and those that are to begin.
        """
        acting, rows = _in_environments(going, self.where)
        seen = _normalized(task, numbers)[rows]
        outputs, best = self._lanes.act(self._chosen[acting], seen)
        done = best[:, None].astype(np.float64) if task.low is None else outputs
        leaders, parted = _part(acting, best >= 0, done, self.where)
        going = self.where[acting[leaders]]
        return going, task.actions((best if task.low is None else outputs)[leaders]), parted


@compiled
def _in_environments(going: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lanes int64[A] that are in environments int64[E], in their order, by the environment of
    each of all lanes, int64[L]; and where among the E each one's stands, int64[A]."""
    places = np.full(len(where), -1)
    for place in range(len(going)):
        places[going[place]] = place
    lanes, of = np.empty(len(where), np.int64), np.empty(len(where), np.int64)
    count = 0
    for lane in range(len(where)):
        if where[lane] >= 0 and places[where[lane]] >= 0:
            lanes[count], of[count] = lane, places[where[lane]]
            count += 1
    return lanes[:count], of[:count]


@compiled
def _part(
    lanes: np.ndarray, finite: np.ndarray, done: np.ndarray, where: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give lanes that act otherwise environments of their own, in place.

    Args:
        lanes: int64[A], in their order.
        finite: bool[A], whether they act at all.
        done: float64[A, O], what they do.
        where: int64[L], the environment of each of all lanes.

    Returns:
        The places of those that lead the environments they were in, and the new environments.
    """
    leaders, parted = np.empty(len(lanes), np.int64), np.empty(len(lanes), np.int64)
    led = new = 0
    first = np.full(len(where), -1)  # who leads each environment
    other = np.full(len(lanes), -1)  # the next one in it that does something else
    for i in range(len(lanes)):
        lane = lanes[i]
        environment = where[lane]
        if not finite[i]:
            where[lane] = NOWHERE
            continue
        alike, before = first[environment], -1
        while alike >= 0 and not _same(done[i], done[alike]):
            alike, before = other[alike], alike
        if alike >= 0:
            where[lane] = where[lanes[alike]]
        elif before < 0:
            first[environment] = leaders[led] = i
            led += 1
        else:
            other[before] = i
            where[lane] = parted[new] = lane
            new += 1
    return leaders[:led], parted[:new]


@compiled_within
def _same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    o = 0
    while o < len(ours) and ours[o] == theirs[o]:
        o += 1
    return o == len(ours)


def _normalized(task: EnvPoolTask, numbers: np.ndarray) -> np.ndarray:
    """What networks take in where they see numbers [E, I]; what is not finite stays so."""
    if task.normalization is None:
        return numbers
    return np.where(np.isfinite(numbers), task.normalization(numbers), numbers)
