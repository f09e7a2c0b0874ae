"""What a network is tried on: control tasks play episodes, classification tasks sort images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Array = np.ndarray


class Task(Protocol):
    """What control and classification tasks have in common."""

    @property
    def name(self) -> str:
        """The name in the registry."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Name of each input of the network, I names."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Name of each output of the network, O names."""

    @property
    def action(self) -> dict[str, Any]:
        """How outputs become an action, as written to network files."""

    @property
    def solved_at(self) -> float | None:
        """Mean score from which the task counts as solved, if there is one."""


@dataclass(frozen=True)
class ControlTask:
    """A control task whose dynamics are compiled.

    The episode's start is drawn outside compiled code; from there on the dynamics are
    deterministic, so an episode is fixed by its initial state. What the S entries of a state
    mean is up to the task; it may keep values there that are costly to compute twice.

    Attributes:
        name: The name in the registry.
        inputs: Name of each entry of an observation, I names.
        outputs: Name of each output of the network, O names.
        episode_limit: Steps after which an episode ends.
        solved_at: Mean return from which the task counts as solved.
        bounds: ``None`` for discrete actions (the index of the largest output, the first on
            ties); for continuous actions ``(low, high)``, to which every output is clipped.
        initial_states: ``f(rng, count) -> float64[count, S]``, the starts of ``count`` episodes;
            a larger count continues the same sequence.
        observe: Compiled ``f(state, observation)``: writes the float64[I] observation of the
            float64[S] state.
        step: Compiled ``f(state, action) -> (reward, terminated)``: moves the state one step on,
            in place. ``action`` is float64[O]; a discrete action stands in ``action[0]``. Both
            functions are compiled once more, into loops over many episodes: these become vector
            instructions where the functions have no branches but choices between two numbers,
            and call nothing but `abs`, `min`, `max` and `wann.envs.trigonometry`.
        draw: ``f(state) -> uint8[height, width, 3]``, a picture of the state; ``None`` where
            the task has none.
        gym_id: The equal environment in Gymnasium's registry.
        units: Unit of each entry of an observation, such as m/s; "" of one that has none, and
            empty where nothing is told.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    episode_limit: int
    solved_at: float
    bounds: tuple[float, float] | None
    initial_states: Callable[[np.random.Generator, int], Array]
    observe: Callable[[Array, Array], None]
    step: Callable[[Array, Array], tuple[float, bool]]
    draw: Callable[[Array], Array] | None = None
    gym_id: str | None = None
    units: tuple[str, ...] = ()

    @property
    def action(self) -> dict[str, Any]:
        """How outputs become an action, as written to network files."""
        if self.bounds is None:
            return {"kind": "discrete"}
        return {"kind": "continuous", "low": self.bounds[0], "high": self.bounds[1]}
