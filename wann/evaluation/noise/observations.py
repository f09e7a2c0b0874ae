"""Control tasks whose observations are noisy.

The noise is part of the dynamics, as they have to be deterministic: a state has two entries more,
a key and the noise's deviation. The key grows by one each step, and the noise of an observation is
a function of it. So an episode is fixed by its initial state, on any number of workers.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from wann.core.kernels.jit import compiled
from wann.envs.task import ControlTask

KEYS = 2**32  # keys begin at whole multiples of 2^20, more steps than an episode has


def with_noisy_observations(task: ControlTask) -> ControlTask:
    """The task, with states [S + 2]: `noisy_starts` makes them."""
    observe_exactly, step_exactly = task.observe, task.step
    size = task.initial_states(np.random.default_rng(0), 1).shape[1]

    @compiled
    def observe(state: np.ndarray, observation: np.ndarray) -> None:
        observe_exactly(state[:size], observation)
        for i in range(len(observation)):
            observation[i] += state[size + 1] * normal(state[size], i)

    @compiled
    def step(state: np.ndarray, action: np.ndarray) -> tuple[float, bool]:
        reward, over = step_exactly(state[:size], action)
        state[size] += 1.0
        return reward, over

    def initial_states(rng: np.random.Generator, count: int) -> np.ndarray:
        return noisy_starts(task.initial_states(rng, count), 0.0, rng)

    return replace(
        task, name=f"{task.name}, noisy", initial_states=initial_states, observe=observe, step=step
    )


def noisy_starts(states: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """States [R, S] of episodes with their keys and a deviation of the noise, [R, S + 2]."""
    keys = rng.integers(0, KEYS, len(states)) * 2.0**20
    return np.column_stack([states, keys, np.full(len(states), sigma)])


@compiled
def normal(key: Any, entry: int) -> Any:
    """A standard normal number that a key and an entry fix (Box & Muller, 1958)."""
    first = _bits(np.uint64(key) * np.uint64(2654435761) + np.uint64(entry))
    u = (float(first >> np.uint64(11)) + 1.0) / 9007199254740993.0  # in (0, 1]
    v = float(_bits(first) >> np.uint64(11)) / 9007199254740992.0
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@compiled
def _bits(x: np.uint64) -> np.uint64:
    """64 bits that look like chance (SplitMix64, Steele et al., 2014)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
