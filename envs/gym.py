"""Any Gymnasium environment as a task: "gym:BipedalWalker-v3", or "gym:module:EnvId" of one's own.

The network sees the observation, flattened; its outputs become an action by the rules of
`wann.envs.stepped.actions`. After a question mark the name says what else is asked, such as
arguments or what is seen of images: "gym:LunarLander-v3?continuous=True"; see
`wann.envs.stepped.asked`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from gymnasium.wrappers import TransformAction, TransformObservation

from wann.envs.interface import interface, usually_seen
from wann.envs.observation import observation
from wann.envs.stepped import actions, making, observations
from wann.envs.stepped.actions import Part
from wann.envs.stepped.asked import SEEN, Asked, parted
from wann.envs.stepped.normalization import Normalization

LIMIT = 1000  # steps of an episode where the environment sets no limit itself
OWN = "own:"  # before the name of an environment that only this program has


@dataclass(frozen=True)
class GymTask:
    """A control task that is a Gymnasium environment, stepped in Python.

    It is a small value that travels to workers; `environment` makes what is stepped there.

    Attributes:
        env_id: The environment's id, as `gymnasium.make` takes it.
        inputs: Name of each number of an observation, I names.
        outputs: Name of each output of the network, O names.
        episode_limit: Steps after which an episode ends.
        solved_at: Mean return from which the task counts as solved; None if none is known.
        low: The least value of each output, O numbers, if all are continuous; else None.
        high: The greatest value of each output.
        first: The number of the first discrete action.
        observe: What is seen of images, as `wann.envs.observation` has it; empty if there are
            none.
        scale: What a clipped output is multiplied with for the action, O numbers; None for 1.
        shift: What is added to it then.
        parts: How the outputs become an action of several parts; empty if one rule does for all.
        asked: What the user asked of the environment.
        normalization: How observations are normalised, if they are.
        maker: What makes the environment where only this program knows it.
        key: Tells environments of this program apart that have the same name.
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
    parts: tuple[Part, ...] = ()
    asked: Asked = field(default_factory=Asked)
    normalization: Normalization | None = None
    maker: making.Maker | None = field(default=None, compare=False, repr=False)
    key: str = ""

    prefix: ClassVar[str] = "gym:"

    @property
    def name(self) -> str:
        """The name in runs and network files."""
        usual = self.observe == usually_seen(self.env_id)
        text = replace(self.asked, observe="" if usual else self.observe).text
        own = callable(self.maker)
        return f"{OWN if own else self.prefix}{self.env_id}{SEEN + text if text else ''}"

    @property
    def action(self) -> dict[str, Any]:
        """How outputs become an action, as written to network files."""
        if self.parts:
            rules = [{**part.rule, "outputs": len(part.names)} for part in self.parts]
            return {"kind": actions.PARTS, "parts": rules}
        if self.low is None or self.high is None:
            return Part(actions.DISCRETE, self.outputs, self.first).rule
        return Part(actions.CONTINUOUS, self.outputs, 0, self.low, self.high).rule

    @property
    def numbers(self) -> tuple[str, ...]:
        """The name of each number of an action, A names."""
        if self.parts:
            kept = (part.names for part in self.parts)
            return tuple(
                name
                for part, names in zip(self.parts, kept, strict=True)
                for name in (
                    (names[0].rpartition("_")[0],) if part.kind == actions.DISCRETE else names
                )
            )
        return (actions.ROOT,) if self.low is None else self.outputs

    def environment(self, **options: Any) -> gymnasium.Env[Any, Any]:
        """A new environment.

        Args:
            **options: For `gymnasium.make`.

        Raises:
            ValueError: If there is none of this id, or a package is missing.
            EnvironmentFailed: If it raises, or asks to end the program.
        """
        with making.told(self.name):
            if not callable(self.maker):
                options.setdefault("max_episode_steps", self.episode_limit)
            env = making.made(self.name, self.env_id, self.maker, self.asked.values, **options)
            env = self.asked.wrapped(env)
        seen = env.observation_space
        if self.observe:
            see = observation(self.observe, seen.shape or ())
            space = Box(-1.0, 1.0, (len(see.names),), np.float64)
            env = TransformObservation(env, lambda image: see(image[None])[0], space)
        elif not isinstance(seen, Box):
            env = observations.Flattened(env)
        if self.scale is not None:
            scale, shift = np.array(self.scale), np.array(self.shift)
            outputs = Box(*np.array([self.low, self.high]), dtype=np.float64)
            env = TransformAction(env, lambda action: np.float32(scale * action + shift), outputs)
        return env


def make(name: str) -> GymTask:
    """The task of a Gymnasium id, which may be followed by "?" and what is asked.

    Raises:
        ValueError: If there is no such environment, a package is missing, or its observations
            or actions are of a kind that networks cannot have.
        EnvironmentFailed: If it raises, or asks to end the program.
    """
    env_id, asked = parted(name)
    asked = replace(asked, observe=asked.observe or usually_seen(env_id))
    with making.told(f"gym:{env_id}"):
        env = making.made(f"gym:{env_id}", env_id, None, asked.values)
        maker = making.registered_here(env_id)
        key = f"{id(maker.entry_point):x}" if maker and callable(maker.entry_point) else ""
        return _task(f"gym:{env_id}", env_id, env, asked, maker, key)


def of(env: Any, name: str | None = None) -> GymTask:
    """The task of an environment of this program, or of a function or class that makes it.

    Args:
        env: The environment, which is copied, or what makes it.
        name: The name after "own:" in files; by default that of its class or function.

    Raises:
        ValueError: If it is none, or of a kind that networks cannot have.
        EnvironmentFailed: If it raises.
    """
    maker = making.maker_of(env)
    whose = env if hasattr(env, "__name__") else type(getattr(env, "unwrapped", env))
    env_id = name or whose.__name__.strip("<>")
    with making.told(f"{OWN}{env_id}"):
        found = making.made(f"{OWN}{env_id}", env_id, maker, {})
        return _task(f"{OWN}{env_id}", env_id, found, Asked(), maker, f"{id(env):x}")


def _task(
    name: str,
    env_id: str,
    env: gymnasium.Env[Any, Any],
    asked: Asked,
    maker: making.Maker | None,
    key: str,
) -> GymTask:
    """The task of an environment, which is closed."""
    try:
        spec, env = env.spec, asked.wrapped(env)
        seen, done = env.observation_space, env.action_space
        values = interface(name, asked.observe, seen, done, asked.limits)
    finally:
        env.close()
    return GymTask(
        env_id=env_id,
        episode_limit=(spec.max_episode_steps if spec else None) or LIMIT,
        solved_at=spec.reward_threshold if spec else None,
        asked=replace(asked, observe=""),
        maker=maker,
        key=key,
        **values,
    )
