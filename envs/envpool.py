"""Environments of EnvPool, which steps many of them at once in C++: "envpool:BipedalWalker-v3".

An environment's seed is given when its pool is made, not in a reset, and only the first episode is
the same each time. So every episode has an environment of its own, made for it.
"""

from __future__ import annotations

import difflib
import importlib.util
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium
import numpy as np

from wann.envs.gym import LIMIT, GymTask
from wann.envs.interface import interface, usually_seen
from wann.envs.observation import observation
from wann.envs.stepped.asked import parted

# Those of Gymnasium's ids that were measured to be faster here, by benchmarks.engine.
FASTER = (
    "Acrobot-v1",
    "BipedalWalker-v3",
    "BipedalWalkerHardcore-v3",
    "CarRacing-v3",
    "LunarLander-v3",
    "LunarLanderContinuous-v3",
)
INSTALL = "pip install 'wann[envpool]' (Python 3.11 or newer)"


@dataclass(frozen=True)
class EnvPoolTask(GymTask):
    """A control task that is an environment of EnvPool.

    It is a `GymTask` to all that plays one episode at a time.

    Attributes:
        seen_shape: Of what the environment gives as an observation.
        action_shape: Of an action.
        action_dtype: Its type.
    """

    seen_shape: tuple[int, ...] = ()
    action_shape: tuple[int, ...] = ()
    action_dtype: str = "float32"

    prefix: ClassVar[str] = "envpool:"

    def pool(self, seeds: Sequence[int], **options: Any) -> Any:
        """New environments that are stepped together by one thread, one for each of L seeds."""
        return _library().make(
            self.env_id,
            env_type="gymnasium",
            num_envs=len(seeds),
            seed=list(seeds),
            num_threads=1,
            **options,
        )

    def see(self, found: np.ndarray) -> np.ndarray:
        """What networks see of L observations [L, ...]: numbers [L, I]."""
        if self.observe:
            return observation(self.observe, self.seen_shape)(found)
        return found.reshape(len(found), -1)

    def actions(self, chosen: np.ndarray) -> np.ndarray:
        """The actions for the clipped outputs float64[L, O]; if they are discrete, for int[L]."""
        if self.low is None:
            return (chosen + self.first).astype(self.action_dtype)
        if self.scale is not None:
            chosen = np.array(self.scale) * chosen + np.array(self.shift)
        return chosen.astype(self.action_dtype).reshape(-1, *self.action_shape)

    def environment(self, **options: Any) -> gymnasium.Env[Any, Any]:
        """A new environment that plays one episode at a time.

        Args:
            **options: For EnvPool, such as ``render_mode``.
        """
        return _Alone(self, options)


class _Alone(gymnasium.Env[Any, Any]):
    """An environment of EnvPool as one of Gymnasium."""

    def __init__(self, task: EnvPoolTask, options: dict[str, Any]) -> None:
        self._task, self._options = task, options
        size = len(task.inputs)
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (size,), np.float64)
        if task.low is None:
            count = len(task.outputs)
            self.action_space = gymnasium.spaces.Discrete(count, start=task.first)
        else:
            low, high = np.array([task.low, task.high])
            self.action_space = gymnasium.spaces.Box(low, high, dtype=np.float64)
        self.render_mode = options.get("render_mode")

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode with a new pool; `options` are not used."""
        super().reset(seed=seed)
        if seed is None:
            seed = int(self.np_random.integers(2**31))
        self._pool = self._task.pool([seed], **self._options)
        found, _ = self._pool.reset()
        return self._seen(found), {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Move on by one step."""
        task = self._task
        chosen = np.asarray(action)[None]
        actions = task.actions(chosen - task.first if task.low is None else chosen)
        found, rewards, terminated, truncated, _ = self._pool.step(actions)
        return self._seen(found), float(rewards[0]), bool(terminated[0]), bool(truncated[0]), {}

    def render(self) -> np.ndarray | None:
        """The picture uint8[height, width, 3]; None without a render mode."""
        return None if self.render_mode is None else self._pool.render()[0]

    def _seen(self, found: np.ndarray) -> np.ndarray:
        return self._task.see(found)[0].astype(np.float64)


def make(name: str) -> EnvPoolTask:
    """The task of an id of EnvPool's, which may be followed by "?" and what is seen of images.

    Raises:
        ValueError: If EnvPool is missing, it has no such environment, or its observations or
            actions are of a kind that networks cannot have.
    """
    env_id, asked = parted(name)
    if asked.arguments or asked.wrapper or asked.bounds:
        raise ValueError(
            f"envpool:{name}: expected none of --env-args, --wrapper and --action-bounds with "
            f"EnvPool; gym:{name} takes them"
        )
    observe = asked.observe or usually_seen(env_id)
    library = _library(env_id)
    known = library.list_all_envs()
    if env_id not in known:
        nearest = difflib.get_close_matches(env_id, known, 3, 0.5)
        hint = f"; the nearest: {', '.join(nearest)}" if nearest else ""
        raise ValueError(f"envpool:{env_id}: EnvPool has no environment of this id{hint}")
    spec = library.make_spec(env_id)
    seen, done, config = spec.observation_space, spec.action_space, spec.config
    if getattr(config, "max_num_players", 1) > 1:
        raise ValueError(f"envpool:{env_id}: expected one player, got {config.max_num_players}")
    if not isinstance(seen, gymnasium.spaces.Box):
        raise ValueError(
            f"envpool:{env_id}: expected observations in a Box, got {type(seen).__name__}; "
            f"gym:{env_id} takes others"
        )
    values = interface(f"envpool:{env_id}", observe, seen, done)
    if values.get("parts"):
        raise ValueError(f"envpool:{env_id}: expected one kind of action, got {done}")
    return EnvPoolTask(
        env_id=env_id,
        episode_limit=getattr(config, "max_episode_steps", None) or LIMIT,
        solved_at=getattr(config, "reward_threshold", None),
        seen_shape=tuple(seen.shape or ()),
        action_shape=tuple(done.shape or ()),
        action_dtype=str(done.dtype),
        **values,
    )


def advice(task: Any) -> str | None:
    """A line for who could have the same task faster, from EnvPool, which is installed here."""
    faster = type(task) is GymTask and task.env_id in FASTER
    if not faster or importlib.util.find_spec("envpool") is None:
        return None
    return f"{task.name}: EnvPool steps the same task faster: --env envpool:{task.env_id}"


def _library(env_id: str = "") -> Any:
    try:
        import envpool  # takes seconds
    except ImportError as error:
        instead = f", or take gym:{env_id}" if env_id in gymnasium.registry else ""
        raise ValueError(f"envpool:{env_id} needs more ({error}): {INSTALL}{instead}") from None
    # EnvPool gives Gymnasium the bounds of float32 numbers in float64, whenever it makes a space.
    warnings.filterwarnings("ignore", ".*precision lowered by casting", UserWarning)
    return envpool
