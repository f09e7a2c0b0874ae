"""A control task whose returns are exact, and the plain rollout of it."""

import dataclasses

import numba
import numpy as np

from tests import genomes, naive
from wann.envs.task import ControlTask

WEIGHTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
# On sums of small multiples of 1/8 these are exact in float32.
EXACT = {"linear", "step", "inverse", "abs", "relu"}


# A task without feedback, in which small errors stay small. The state is (steps done, length of
# the episode, inputs); the inputs drift, and the reward is the action.
@numba.njit
def drifting(state, observation):
    for i in range(len(observation)):
        observation[i] = state[2 + i] + 0.125 * (i - 1) * state[0]


@numba.njit
def rewarded(state, action):
    state[0] += 1.0
    return action[0], state[0] >= state[1]


DRIFT = ControlTask(
    name="drift",
    inputs=("a", "b", "c"),
    outputs=("first", "second"),
    episode_limit=20,
    solved_at=1.0,
    bounds=(-8.0, 8.0),
    initial_states=lambda rng, count: np.column_stack(
        (np.zeros(count), rng.integers(1, 30, count), rng.integers(-8, 9, (count, 3)) / 8)
    ),
    observe=drifting,
    step=rewarded,
)


def states_of(task, count, seed=0):
    return task.initial_states(np.random.default_rng(seed), count)


def naive_returns(task, genome, weights, states):
    return [[naive.rollout(task, genome, w, state)[0] for state in states] for w in weights]


def exact_genomes(count):
    """Genomes with exact activations, and few nodes, so that values stay small."""
    for seed in range(count):
        grown = genomes.grown(seed, seed % 20, 3, 2)
        hidden = grown.hidden.copy()
        names = np.array([naive.ORDER.index(name) for name in sorted(EXACT)])
        hidden["activation"] = names[hidden["activation"] % len(names)]
        yield dataclasses.replace(grown, hidden=hidden)
