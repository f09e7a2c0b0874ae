"""Any Gymnasium environment as a task: "gym:BipedalWalker-v3", or "gym:module:EnvId" of one's own.

The network sees the observation, flattened; the environment gets the index of the largest output,
or the outputs clipped to the bounds of its actions. Of images it sees a few numbers, as said after
a question mark: "gym:module:EnvId?grid:7x8"; see `wann.envs.observation`.
"""

from __future__ import annotations

import difflib
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from gymnasium.wrappers import TransformAction, TransformObservation

from wann.envs.failure import EnvironmentFailed, summary
from wann.envs.interface import SEEN, Unfit, interface, parted, usually_seen
from wann.envs.observation import observation

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
        observe: What is seen of images, as `wann.envs.observation` has it; empty if there are
            none.
        scale: What a clipped output is multiplied with for the action, O numbers; None for 1.
        shift: What is added to it then.
    """

    env_id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    episode_limit: int
    solved_at: float | None
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    first: int = 0
    observe: str = ""
    scale: tuple[float, ...] | None = None
    shift: tuple[float, ...] | None = None

    prefix: ClassVar[str] = "gym:"

    @property
    def name(self) -> str:
        """The name in runs and network files."""
        usual = self.observe == usually_seen(self.env_id)
        return f"{self.prefix}{self.env_id}{'' if usual else SEEN + self.observe}"

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
            env = _made(self.env_id, **options)
        if self.observe:
            see = observation(self.observe, env.observation_space.shape or ())
            space = Box(-1.0, 1.0, (len(see.names),), np.float64)
            env = TransformObservation(env, lambda image: see(image[None])[0], space)
        if self.scale is not None:
            scale, shift = np.array(self.scale), np.array(self.shift)
            outputs = Box(*np.array([self.low, self.high]), dtype=np.float64)
            env = TransformAction(env, lambda action: np.float32(scale * action + shift), outputs)
        return env


def make(name: str) -> GymTask:
    """The task of a Gymnasium id, which may be followed by "?" and what is seen of images.

    Raises:
        ValueError: If there is no such environment, a package is missing, or its observations
            or actions are of a kind that networks cannot have.
        EnvironmentFailed: If it raises, or asks to end the program.
    """
    env_id, observe = parted(name)
    with _told(env_id):
        env = _made(env_id)
        try:
            spec, seen, done = env.spec, env.observation_space, env.action_space
            values = interface(f"gym:{env_id}", observe, seen, done)
        finally:
            env.close()
    return GymTask(
        env_id=env_id,
        episode_limit=(spec.max_episode_steps if spec else None) or LIMIT,
        solved_at=spec.reward_threshold if spec else None,
        **values,
    )


@contextmanager
def _told(env_id: str) -> Iterator[None]:
    """Tell what an environment raises as its failure, whatever it is.

    Raises:
        ValueError: If the environment cannot be had, or is of a kind that networks cannot have.
        EnvironmentFailed: If it raises anything else, such as SystemExit.
    """
    try:
        yield
    except Unfit:
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
        raise Unfit(f"gym:{env_id} needs more ({error}): {_install(env_id)}") from None
    except ImportError as error:
        raise Unfit(
            f"gym:{env_id}: expected an id, or MODULE:ID with a module that can be imported from "
            f"here, but {error}"
        ) from None
    except gymnasium.error.Error as error:
        raise Unfit(f"gym:{env_id}: {str(error).rstrip('.')}{_nearest(env_id)}") from None


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
