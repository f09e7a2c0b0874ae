"""A look at an environment before a search: whether it does as Gymnasium says, and repeats."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from wann.envs.failure import BadObservation, BadStep, Unfit
from wann.envs.gym import GymTask
from wann.envs.stepped.making import ctrl_c
from wann.evaluation import timeout as deadline
from wann.evaluation.gym import OLD, begun, environment, seeded, stepped
from wann.evaluation.pool import Pool
from wann.evaluation.stepped.policy import MASK

SEED = 1  # of the episode


@dataclass(frozen=True)
class Look:
    """What was seen.

    Attributes:
        problem: Why networks cannot be tried on it; empty if they can.
        note: What the user should know; empty if there is nothing.
        seconds: That an episode took; 0 if that is not known.
    """

    problem: str = ""
    note: str = ""
    seconds: float = 0.0


def look(pool: Pool, task: GymTask) -> str:
    """See that an environment can be searched on, by a worker; note how long episodes take.

    Returns:
        What the user should know; empty if there is nothing.

    Raises:
        Unfit: If networks cannot be tried on it.
        OutOfTime: If the pool's time is up before.
    """
    (found,) = pool.map(looked, [(task, getattr(pool.evaluator, "timeout", math.inf))])
    if found.problem:
        raise Unfit(f"{task.name}: {found.problem}")
    pool.pace = found.seconds
    return f"{task.name}: {found.note}" if found.note else ""


def looked(task: GymTask, timeout: float = math.inf) -> Look:
    """A worker's job: an episode of random actions, twice, each of at most `timeout` seconds."""
    if timeout == math.inf:
        return _looked(task)
    late = Look(note="an episode of random actions takes longer than --rollout-timeout")
    found: Look = deadline.call(2 * timeout, late, partial(_made, task), _looked, task)
    return found


def _made(task: GymTask) -> None:
    """Make the environment, which takes a while; that it fails is told by what comes."""
    with suppress(BaseException):
        environment(task)


def _looked(task: GymTask) -> Look:
    """Play an episode of random actions, twice.

    What an environment raises is nothing for here: the search will meet it, and tells it with the
    network that played.
    """
    try:
        with ctrl_c() as came:
            env = environment(task)
            _check(env)
            started = time.monotonic()
            first, last = _random_episode(task, env)
            seconds = time.monotonic() - started
            again, _ = _random_episode(task, environment(task))
    except (BadStep, BadObservation) as error:
        return Look(problem=str(error))
    except BaseException as error:
        if came and isinstance(error, KeyboardInterrupt):
            raise
        return Look()
    if not np.isfinite(last).all():
        which = np.flatnonzero(~np.isfinite(last))
        names = ", ".join(task.inputs[i] for i in which[:3])
        return Look(
            problem=f"expected finite numbers to see, but the first observation has "
            f"some that are not ({names}): say --wrapper MODULE:FUNCTION "
            "with one that leaves them out"
        )
    if first != again:
        return Look(
            note=f"the same episode gave the return {first:g}, then {again:g}: it does not depend "
            "on the seed alone, so the same search may find another champion",
            seconds=seconds,
        )
    return Look(seconds=seconds)


def _check(env: Any) -> None:
    """See that the environment itself, without Gymnasium's wrappers, has Gymnasium's interface.

    Raises:
        BadStep: If not.
    """
    plain = env.unwrapped
    try:
        found = plain.reset(seed=SEED)
    except TypeError as error:
        if "unexpected keyword argument 'seed'" not in str(error):
            raise
        raise BadStep(f"expected reset() to take a seed, but {error}{OLD}") from None
    _, info = begun(found)
    plain.action_space.seed(SEED)
    stepped(plain.step(_chosen(plain, info)))


def _random_episode(task: GymTask, env: Any) -> tuple[float, np.ndarray]:
    """The return of an episode of random actions, and what was seen first, float64[I]."""
    with seeded(SEED):
        observation, info = begun(env.reset(seed=SEED))
        seen = np.ravel(np.asarray(observation)).astype(np.float64)
        if seen.size != len(task.inputs):
            raise BadObservation(
                f"expected an observation of {len(task.inputs)} numbers, as its space says, got "
                f"{seen.size}"
            )
        env.action_space.seed(SEED)
        total = 0.0
        for _ in range(task.episode_limit):
            _, reward, terminated, truncated, info = stepped(env.step(_chosen(env, info)))
            total += reward
            if terminated or truncated or not math.isfinite(total):
                break
    return (total if math.isfinite(total) else 0.0), seen


def _chosen(env: Any, info: dict[str, Any]) -> Any:
    mask = info.get(MASK)
    if isinstance(mask, np.ndarray) and hasattr(env.action_space, "n"):
        return env.action_space.sample(mask.astype(np.int8))
    return env.action_space.sample()
