"""Any Gymnasium environment as a task: "gym:BipedalWalker-v3", or "gym:module:EnvId" of one's own.

The network sees the observation, flattened; the environment gets the index of the largest output,
or the outputs clipped to the bounds of its actions.
"""

from __future__ import annotations

import difflib
import math
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete

from wann.envs.failure import EnvironmentFailed, summary

LIMIT = 1000  # steps of an episode where the environment sets no limit itself


@dataclass(frozen=True)
class GymTask:
    """A control task that is a Gymnasium environment, stepped in Python.

    It is a small value that travels to workers; `environment` makes what is stepped there.

    Attributes:
        env_id: The environment's id, as `gymnasium.make` takes it.
        inputs: Name of each entry of the flattened observation, I names.
        outputs: Name of each output of the network, O names.
        episode_limit: Steps after which an episode ends.
        solved_at: Mean return from which the task counts as solved; None if none is known.
        low: The least value of each output, O numbers; None for discrete actions.
        high: The greatest value of each output.
        first: The number of the first discrete action.
    """

    env_id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    episode_limit: int
    solved_at: float | None
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    first: int = 0

    @property
    def name(self) -> str:
        """The name in runs and network files."""
        return f"gym:{self.env_id}"

    @property
    def action(self) -> dict[str, Any]:
        """How outputs become an action, as written to network files."""
        if self.low is None or self.high is None:
            return {"kind": "discrete"}
        if len(set(self.low)) == len(set(self.high)) == 1:
            return {"kind": "continuous", "low": self.low[0], "high": self.high[0]}
        return {"kind": "continuous", "low": list(self.low), "high": list(self.high)}

    def environment(self, **options: Any) -> gymnasium.Env[Any, Any]:
        """A new environment.

        Args:
            **options: For `gymnasium.make`.

        Raises:
            ValueError: If there is none of this id, or a package is missing.
            EnvironmentFailed: If it raises, or asks to end the program.
        """
        with _told(self.env_id):
            return _made(self.env_id, **options)


def make(env_id: str) -> GymTask:
    """The task of a Gymnasium id.

    Raises:
        ValueError: If there is no such environment, a package is missing, or its observations
            or actions are of a kind that networks cannot have.
        EnvironmentFailed: If it raises, or asks to end the program.
    """
    with _told(env_id):
        env = _made(env_id)
        try:
            spec, seen, done = env.spec, env.observation_space, env.action_space
            inputs = _inputs(env_id, seen)
            outputs, low, high, first = _outputs(env_id, done)
        finally:
            env.close()
    return GymTask(
        env_id,
        inputs,
        outputs,
        (spec.max_episode_steps if spec else None) or LIMIT,
        spec.reward_threshold if spec else None,
        low,
        high,
        first,
    )


class _Unfit(ValueError):
    """What is told of an environment as it is."""


@contextmanager
def _told(env_id: str) -> Iterator[None]:
    """Tell what an environment raises as its failure, whatever it is.

    Raises:
        ValueError: If the environment cannot be had, or is of a kind that networks cannot have.
        EnvironmentFailed: If it raises anything else, such as SystemExit.
    """
    try:
        yield
    except _Unfit:
        raise
    except BaseException as error:
        if is_users(error):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise EnvironmentFailed(
            f"gym:{env_id}: the environment failed when it was imported or made, in "
            f"{where.filename}, line {where.lineno}: {summary(error)}"
        ) from error


def is_users(error: BaseException) -> bool:
    """Whether an exception is a user's Ctrl-C, and not an environment's own."""
    return (
        isinstance(error, KeyboardInterrupt)
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )


def _made(env_id: str, **options: Any) -> gymnasium.Env[Any, Any]:
    try:
        return gymnasium.make(env_id, disable_env_checker=True, **options)
    except gymnasium.error.DependencyNotInstalled as error:
        raise _Unfit(f"gym:{env_id} needs more ({error}): {_install(env_id)}") from None
    except ImportError as error:
        raise _Unfit(
            f"gym:{env_id}: expected an id, or MODULE:ID with a module that can be imported from "
            f"here, but {error}"
        ) from None
    except gymnasium.error.Error as error:
        raise _Unfit(f"gym:{env_id}: {str(error).rstrip('.')}{_nearest(env_id)}") from None


def _install(env_id: str) -> str:
    """What to install for one of Gymnasium's own environments."""
    spec = gymnasium.registry.get(env_id)
    parts = str(spec.entry_point).split(".") if spec else []
    extra = parts[2].replace("_", "-") if parts[:2] == ["gymnasium", "envs"] else "all"
    return f"pip install 'gymnasium[{extra}]'"


def _nearest(env_id: str) -> str:
    """The ids most like one that does not exist."""
    known = {name.lower(): name for name in gymnasium.registry}
    wanted = env_id.rsplit(":", 1)[-1].lower()
    found = [known[name] for name in difflib.get_close_matches(wanted, known, 3, 0.5)]
    return f"; the nearest: {', '.join(found)}" if found else ""


def _inputs(env_id: str, space: gymnasium.Space[Any]) -> tuple[str, ...]:
    if not isinstance(space, Box):
        raise _Unfit(
            f"gym:{env_id}: expected observations in a Box, got {type(space).__name__}; register "
            "it with gymnasium.wrappers.FlattenObservation around it"
        )
    if len(space.shape) == 3 and space.dtype == np.uint8:
        raise _Unfit(
            f"gym:{env_id}: expected numbers to see, got images {space.shape}; register it with a "
            "wrapper that makes a few numbers of them"
        )
    return _names("obs", space.shape, env_id, "observation")


def _outputs(
    env_id: str, space: gymnasium.Space[Any]
) -> tuple[tuple[str, ...], tuple[float, ...] | None, tuple[float, ...] | None, int]:
    """The names of the outputs, the bounds of each or None, and the first discrete action."""
    if isinstance(space, Discrete):
        first = int(space.start)
        return tuple(f"action_{first + i}" for i in range(int(space.n))), None, None, first
    if not isinstance(space, Box):
        raise _Unfit(
            f"gym:{env_id}: expected actions in a Box or Discrete, got {type(space).__name__}"
        )
    names = _names("action", space.shape, env_id, "action")
    low, high = (tuple(map(float, bound.ravel())) for bound in (space.low, space.high))
    if not all(map(math.isfinite, low + high)):
        raise _Unfit(
            f"gym:{env_id}: expected actions with finite bounds, got {space}; register it with "
            "gymnasium.wrappers.RescaleAction or another wrapper that sets them"
        )
    return names, low, high, 0


def _names(what: str, shape: tuple[int, ...], env_id: str, whole: str) -> tuple[str, ...]:
    count = math.prod(shape)
    if count == 0:
        raise _Unfit(f"gym:{env_id}: expected one or more numbers in an {whole}, got {shape}")
    return tuple(f"{what}_{i}" for i in range(count))
