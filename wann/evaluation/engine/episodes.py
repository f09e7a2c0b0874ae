"""Episodes of many lanes at once; those of one seed that act alike share an environment.

A seed's first episode is the same each time, so lanes that have done the same so far are at the
same point. They step once, until one acts otherwise: that one goes on in an environment of its
own, which the same actions bring to where it was. So what does the same as another, as many mutants
of a network do, costs no steps; and what is found is that of an environment for each lane, bit for
bit. It pays where steps are dear: to keep the accounts takes longer than a step of Acrobot.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from wann.envs.envpool import EnvPoolTask
from wann.evaluation.engine.lanes import Lanes

NOWHERE = -1  # of a lane whose outputs or observations were not finite
Watch = Callable[[np.ndarray, np.ndarray], None]


def play(
    task: EnvPoolTask,
    lanes: Lanes,
    chosen: np.ndarray,
    seeds: np.ndarray,
    give_up: int = 0,
    least_reward: float = -math.inf,
    watch: Watch = lambda alive, numbers: None,
    share: bool = True,
) -> np.ndarray:
    """The returns of some lanes, int[L], in environments of the seeds [L], float64[L].

    Before each step `watch` is told which lanes do it, by their places, and what they see. Without
    `share` each lane has an environment of its own from the start.

    An episode is given up when its return has not risen above its highest for `give_up` steps, if
    that is not 0. It is taken to go on as in these steps: what it earned or lost in them counts
    for each so many of the steps that are left. A reward below `least_reward` counts as that.
    """
    pool = task.pool(seeds.tolist())
    crowd = (_Crowd if share else _Separate)(lanes, chosen, seeds)
    accounts = _Accounts(task, len(chosen), give_up, least_reward)
    found, info = _reset(pool, np.unique(crowd.where))
    going = info["env_id"]
    while len(going):
        going, actions, parted = crowd.act(task, going, task.see(found), watch)
        if len(going):
            found, rewards, terminated, truncated, info = pool.step(actions, going)
            going = info["env_id"]
            over = accounts.over(going, rewards, terminated | truncated)
            if over.any():
                broken = ~np.isfinite(task.see(found[over])).all(axis=1)
                accounts.returns[going[over][broken]] = np.nan
                going, found = going[~over], found[~over]
        if len(parted):
            begun, info = _reset(pool, parted)
            going = np.concatenate((going, info["env_id"]))
            found = np.concatenate((found, begun)) if len(found) else begun
    pool.close()
    returns = np.where(crowd.where == NOWHERE, np.nan, accounts.returns[crowd.where])
    returns[~np.isfinite(returns)] = np.nan
    return returns


class _Separate:
    """Each lane in an environment of its own, which has its number.

    Attributes:
        where: int[L], the environment of each lane, or `NOWHERE`.
    """

    def __init__(self, lanes: Lanes, chosen: np.ndarray, seeds: np.ndarray) -> None:
        self._lanes, self._chosen = lanes, chosen
        self.where = np.arange(len(seeds))

    def act(
        self, task: EnvPoolTask, going: np.ndarray, numbers: np.ndarray, watch: Watch
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As that of `_Crowd`; no environment begins later."""
        outputs, best = self._lanes.act(self._chosen[going], _normalized(task, numbers))
        finite = best >= 0
        if not finite.all():
            self.where[going[~finite]] = NOWHERE
            going, numbers, outputs, best = (
                each[finite] for each in (going, numbers, outputs, best)
            )
        watch(going, numbers)
        return going, task.actions(best if task.low is None else outputs), going[:0]


class _Crowd:
    """Lanes that act alike in one environment, which has the number of a lane in it.

    Attributes:
        where: int[L], the environment of each lane, or `NOWHERE`.
    """

    def __init__(self, lanes: Lanes, chosen: np.ndarray, seeds: np.ndarray) -> None:
        self._lanes, self._chosen = lanes, chosen
        _, first, of = np.unique(seeds, return_index=True, return_inverse=True)
        self.where = first[of]
        self._step = np.zeros(len(chosen), int)  # of each environment
        self._known = np.zeros(len(chosen), int)  # steps that only bring one to where it was
        self._past: np.ndarray | None = None  # [T, L, ...], the actions

    def act(
        self, task: EnvPoolTask, going: np.ndarray, numbers: np.ndarray, watch: Watch
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What is done in environments int[E] that show numbers [E, I]; `watch` is told, too.

        Returns:
            The environments that go on, their actions, and those that are to begin, for lanes that
            act otherwise than the others in theirs.
        """
        known = self._step[going] < self._known[going]
        row = np.full(len(self.where) + 1, -1)  # the last for NOWHERE
        row[going[~known]] = np.flatnonzero(~known)
        acting = np.flatnonzero(row[self.where] >= 0)
        seen = numbers[row[self.where[acting]]]
        outputs, best = self._lanes.act(self._chosen[acting], _normalized(task, seen))
        finite = best >= 0
        self.where[acting[~finite]] = NOWHERE
        actions = task.actions(best[finite] if task.low is None else outputs[finite])
        acting, seen = acting[finite], seen[finite]
        # Of the lanes in an environment the first leads. Assigned backwards, it is the last to be.
        row[:] = -1
        row[self.where[acting[::-1]]] = np.arange(len(acting))[::-1]
        led = going[row[going] >= 0]
        first = row[led]
        other = actions != actions[row[self.where[acting]]]
        apart = other.any(axis=tuple(range(1, other.ndim)))
        watch(acting[~apart], seen[~apart])
        parted = self._part(acting[apart], actions[apart]) if apart.any() else acting[:0]
        again = going[known]
        self._remember(led, actions[first])
        assert self._past is not None
        actions = np.concatenate((self._past[self._step[again], again], actions[first]))
        going = np.concatenate((again, led))
        self._step[going] += 1
        return going, actions, parted

    def _part(self, lanes: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """Give lanes that act otherwise environments of their own, one for those that act alike."""
        before = self.where[lanes]
        kinds = np.column_stack((before, actions.reshape(len(lanes), -1).astype(np.float64)))
        _, first, of = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
        own = lanes[first]
        self.where[lanes] = own[of.ravel()]
        self._known[own] = self._step[before[first]]
        if self._past is not None:
            self._past[:, own] = self._past[:, before[first]]
        return own

    def _remember(self, environments: np.ndarray, actions: np.ndarray) -> None:
        """Note what is done in environments."""
        shape = len(self.where), *actions.shape[1:]
        if self._past is None:
            self._past = np.empty((64, *shape), actions.dtype)
        steps = self._step[environments]
        if len(steps) and steps.max() >= len(self._past):
            self._past = np.concatenate((self._past, np.empty_like(self._past)))
        self._past[steps, environments] = actions


class _Accounts:
    """What each environment has paid, and whether its episode is over."""

    def __init__(self, task: EnvPoolTask, count: int, give_up: int, least_reward: float) -> None:
        self._limit, self._give_up = task.episode_limit, give_up
        self._least_reward = least_reward
        self.returns, self._highest = np.zeros(count), np.zeros(count)
        self._step, self._since = np.zeros(count, int), np.zeros(count, int)

    def over(self, going: np.ndarray, rewards: np.ndarray, ended: np.ndarray) -> np.ndarray:
        """Which of the environments int[E] are over after a step."""
        self.returns[going] += np.maximum(rewards, self._least_reward)
        self._step[going] += 1
        step, returns = self._step[going], self.returns[going]
        over: np.ndarray = ended | ~np.isfinite(returns)
        if self._give_up:
            rises = returns > self._highest[going]
            self._highest[going[rises]], self._since[going[rises]] = returns[rises], step[rises]
            hopeless = ~over & (step - self._since[going] >= self._give_up)
            lost = going[hopeless]
            left = (self._limit - step[hopeless]) / self._give_up
            self.returns[lost] += (self.returns[lost] - self._highest[lost]) * left
            over |= hopeless
        over |= step >= self._limit
        return over


def _reset(pool: object, environments: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Begin episodes in some of a pool's environments."""
    found: tuple[np.ndarray, dict[str, np.ndarray]] = pool.reset(environments)  # type: ignore
    return found


def _normalized(task: EnvPoolTask, numbers: np.ndarray) -> np.ndarray:
    """What networks take in where they see numbers [L, I]; what is not finite stays so."""
    if task.normalization is None:
        return numbers
    return np.where(np.isfinite(numbers), task.normalization(numbers), numbers)
