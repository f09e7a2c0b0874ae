"""Dynamics of any kind, in lanes, do what they do one state at a time."""

import dataclasses
import math

import numba
import numpy as np
import pytest

from tests import genomes
from tests.drifting import (
    DRIFT,
    WEIGHTS,
    exact_genomes,
    naive_returns,
    states_of,
)
from wann import envs
from wann.core.network import express
from wann.evaluation.control import ControlEvaluator


# Dynamics that take only arrays without gaps: a column of a tile cannot be reshaped.
@numba.njit
def observed_whole(state, observation):
    seen, whole = observation.reshape(1, 3), state.reshape(1, 5)
    for i in range(3):
        seen[0, i] = whole[0, 2 + i] + 0.125 * whole[0, 0]


@numba.njit
def stepped_whole(state, action):
    state.reshape(5, 1)[0, 0] += 1.0
    return action.reshape(1, 2)[0, 0] - action[1], state[0] >= state[1]


# Dynamics that are not a straight line, and must not be called with what is no state of theirs:
# state[1] is a place in a table, and going past its end raises.
TABLE = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])


@numba.njit
def observed_table(state, observation):
    observation[0] = TABLE[np.int64(state[1])] if state[0] > 0.0 else state[2]
    observation[1] = math.exp(-state[2])
    observation[2] = 1.0


@numba.njit
def stepped_table(state, action):
    state[0] += 1.0
    state[1] += 1.0
    if state[1] > len(TABLE):
        raise IndexError("past the end")
    total = 0.0
    while total < state[0]:
        total += 1.0 + 0.5 * abs(action[0])
    state[2] = math.sin(total)
    return total, state[1] >= len(TABLE)


@pytest.mark.parametrize(
    ("observe", "step"),
    [(observed_whole, stepped_whole), (observed_table, stepped_table)],
    ids=["whole arrays", "branches"],
)
def test_dynamics_of_any_kind(observe, step):
    def initial_states(rng, count):
        states = rng.integers(-8, 9, (count, 5)) / 8
        states[:, 0] = 0.0
        states[:, 1] = rng.integers(1, len(TABLE), count)
        return states

    task = dataclasses.replace(DRIFT, observe=observe, step=step, initial_states=initial_states)
    evaluator, states = ControlEvaluator(task), states_of(task, 30)
    for genome in exact_genomes(8):
        returns = evaluator.rewards(express(genome), WEIGHTS, states)
        expected = naive_returns(task, genome, WEIGHTS, states)
        np.testing.assert_allclose(returns, expected, rtol=1e-5, atol=1e-5)


def test_an_error_in_a_step_shows():
    states = np.array([[0.0, 6.0, 0.0, 0.0, 0.0]])
    task = dataclasses.replace(DRIFT, observe=observed_table, step=stepped_table)
    with pytest.raises(IndexError, match="past the end"):
        ControlEvaluator(task).rewards(express(genomes.genome(3, 2)), np.ones(1), states)


@pytest.mark.parametrize("name", ["swingup", "cartpole"])
def test_lanes_take_the_steps_of_the_task_bit_for_bit(name):
    """A network without connections never pushes; then all is the task's own arithmetic."""
    task = envs.make(name)
    # The state itself as the return: the sum of its entries after each step.
    step = task.step

    @numba.njit
    def summed(state, action):
        _, terminated = step(state, action)
        return state.sum(), terminated

    task = dataclasses.replace(task, step=summed, episode_limit=60)
    rng = np.random.default_rng(0)
    states = states_of(task, 70) * rng.uniform(0.0, 3.0, (70, 1))
    network = express(genomes.genome(len(task.inputs), len(task.outputs)))
    returns = ControlEvaluator(task).rewards(network, np.ones(1), states)[0]
    for start, found in zip(states, returns, strict=True):
        state, total, action = start.copy(), 0.0, np.zeros(len(task.outputs))
        for _ in range(task.episode_limit):
            _, terminated = step(state, action)
            total += state.sum()
            if terminated:
                break
        np.testing.assert_array_equal(found, total)
