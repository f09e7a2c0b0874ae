"""Observations of any kind as numbers: `gymnasium.spaces.flatten`, with a name for each number."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from wann.envs.failure import BadObservation, Unfit

MOST_NUMBERS = 10_000  # in an observation
ROOT = "obs"


def names(task: str, space: gymnasium.Space[Any]) -> tuple[str, ...]:
    """The name of each number that `flatten` gives for an observation, I names.

    They are those of the space: ``position_0`` in a Dict with the key position, ``state_3`` for
    the fourth value of a Discrete space, ``0_1`` for the second number of a Tuple's first part.

    Args:
        task: The name of the task, for messages.
        space: Of the observations.

    Raises:
        ValueError: If it is of a kind that has no fixed number of numbers, or too many of them.
    """
    if not space.is_np_flattenable:
        raise Unfit(
            f"{task}: expected observations that gymnasium.spaces.flatten makes numbers of, got "
            f"{space}: wrap it (--wrapper MODULE:FUNCTION) in one that sees a fixed number of them"
        )
    size = spaces.flatdim(space)
    if not 1 <= size <= MOST_NUMBERS:
        raise Unfit(f"{task}: expected 1 to {MOST_NUMBERS} numbers in an observation, got {size}")
    found = tuple(_names(space, ""))
    if len(found) != size or len(set(found)) != size:
        return tuple(f"{ROOT}_{i}" for i in range(size))
    return found


def _names(space: gymnasium.Space[Any], path: str) -> list[str]:
    if isinstance(space, spaces.Dict):
        parts = [(str(key), part) for key, part in space.spaces.items()]
    elif isinstance(space, spaces.Tuple):
        parts = [(str(i), part) for i, part in enumerate(space.spaces)]
    elif isinstance(space, spaces.MultiDiscrete):
        parts = [(str(i), spaces.Discrete(int(n))) for i, n in enumerate(space.nvec.ravel())]
        path = path or "state"
    else:
        stem = path or ("state" if isinstance(space, spaces.Discrete) else ROOT)
        first = int(space.start) if isinstance(space, spaces.Discrete) else 0
        return [f"{stem}_{first + i}" for i in range(spaces.flatdim(space))]
    return [name for key, part in parts for name in _names(part, f"{path}_{key}" if path else key)]


class Flattened(gymnasium.ObservationWrapper[np.ndarray, Any, Any]):
    """An environment whose observations are flattened, as they come: float64[I]."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        """Wrap it."""
        super().__init__(env)
        self._seen = env.observation_space
        size = spaces.flatdim(self._seen)
        self.observation_space = spaces.Box(-math.inf, math.inf, (size,), np.float64)

    def observation(self, observation: Any) -> np.ndarray:
        """The numbers of an observation.

        Raises:
            BadObservation: If it is none of the space's.
        """
        try:
            return np.asarray(spaces.flatten(self._seen, observation), np.float64)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            raise BadObservation(
                f"expected an observation in {self._seen}, got {observation!r:.80}"
            ) from None
