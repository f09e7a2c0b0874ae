"""Episodes of many lanes at once; those of one seed that act alike share an environment.

A seed's first episode is the same each time, so lanes that have done the same so far are at the
same point. They step once, until one acts otherwise: that one goes on in an environment of its
own, which the same actions bring to where it was. So what does the same as another, as many mutants
of a network do, costs no steps; and what is found is that of an environment for each lane, bit for
bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from wann.core.kernels.jit import compiled
from wann.envs.envpool import EnvPoolTask
from wann.evaluation.engine.crowd import NOWHERE, Crowd
from wann.evaluation.engine.lanes import Lanes

Watch = Callable[[np.ndarray, np.ndarray], None]


def play(
    task: EnvPoolTask,
    lanes: Lanes,
    chosen: np.ndarray,
    seeds: np.ndarray,
    give_up: int = 0,
    least_reward: float = -math.inf,
    watch: Watch | None = None,
) -> np.ndarray:
    """The returns of some lanes, int[L], in environments of the seeds [L], float64[L].

    If there is a `watch`, each lane has an environment of its own from the start, and before each
    step `watch` is told which lanes do it, by their places, and what they see.

    An episode is given up when its return has not risen above its highest for `give_up` steps, if
    that is not 0. It is taken to go on as in these steps: what it earned or lost in them counts
    for each so many of the steps that are left. A reward below `least_reward` counts as that.
    """
    pool = task.pool(seeds.tolist())
    where = np.arange(len(seeds))
    if watch is None:
        _, first, of = np.unique(seeds, return_index=True, return_inverse=True)
        where = first[of]
    crowd = Crowd(lanes, chosen, where)
    accounts = _Accounts(task, len(chosen), give_up, least_reward)
    found, info = _reset(pool, np.unique(where))
    going = info["env_id"]
    while len(going):
        shown, numbers = going, task.see(found)
        going, actions, parted = crowd.act(task, shown, numbers)
        if watch is not None:
            acted = np.isin(shown, going)
            watch(shown[acted], numbers[acted])
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


class _Accounts:
    """What each environment has paid, and whether its episode is over."""

    def __init__(self, task: EnvPoolTask, count: int, give_up: int, least_reward: float) -> None:
        self._rules = task.episode_limit, give_up, least_reward
        self.returns, self._highest = np.zeros(count), np.zeros(count)
        self._step, self._since = np.zeros(count, np.int64), np.zeros(count, np.int64)

    def over(self, going: np.ndarray, rewards: np.ndarray, ended: np.ndarray) -> np.ndarray:
        """Which of the environments int[E] are over after a step."""
        kept = self.returns, self._highest, self._step, self._since
        over: np.ndarray = _over(going, rewards, ended, *self._rules, *kept)
        return over


@compiled
def _over(
    going: np.ndarray,
    rewards: np.ndarray,
    ended: np.ndarray,
    limit: int,
    give_up: int,
    least_reward: float,
    returns: np.ndarray,
    highest: np.ndarray,
    steps: np.ndarray,
    since: np.ndarray,
) -> np.ndarray:
    """As `_Accounts.over`, of rewards [E] and what the environments' own rules say, bool[E]; the
    rest is of all environments, and written to: the returns, the highest return so far, the steps,
    and in which the highest was reached."""
    over = np.zeros(len(going), np.bool_)
    for e in range(len(going)):
        environment = going[e]
        reward = np.float64(rewards[e])
        if reward < least_reward:  # not where it is NaN
            reward = least_reward
        returns[environment] += reward
        steps[environment] += 1
        paid, step = returns[environment], steps[environment]
        over[e] = ended[e] or not np.isfinite(paid) or step >= limit
        if give_up and paid > highest[environment]:
            highest[environment], since[environment] = paid, step
        hopeless = give_up and step - since[environment] >= give_up
        if hopeless and not ended[e] and np.isfinite(paid):
            left = (limit - step) / give_up
            returns[environment] += (paid - highest[environment]) * left
            over[e] = True
    return over


def _reset(pool: object, environments: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Begin episodes in some of a pool's environments."""
    found: tuple[np.ndarray, dict[str, np.ndarray]] = pool.reset(environments)  # type: ignore
    return found
