import dataclasses
from itertools import pairwise

import numba
import numpy as np
import pytest

from tests import genomes, naive
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


@pytest.fixture(scope="module")
def drift():
    return ControlEvaluator(DRIFT)


def test_equals_the_plain_rollout_where_float32_is_exact(drift):
    states = states_of(DRIFT, 9)
    for genome in exact_genomes(30):
        returns = drift.rewards(express(genome), WEIGHTS, states)
        np.testing.assert_array_equal(returns, naive_returns(DRIFT, genome, WEIGHTS, states))


def test_equals_the_plain_rollout_with_every_activation(drift):
    states = states_of(DRIFT, 3)
    apart = []
    for seed in range(30):
        genome = genomes.grown(seed, seed, 3, 2)
        returns = drift.rewards(express(genome), WEIGHTS, states)
        apart.append(abs(returns - naive_returns(DRIFT, genome, WEIGHTS, states)))
    # A step function whose sum is 0 but for rounding may fall to either side.
    assert np.mean(np.array(apart) < 1e-4) > 0.98


@pytest.mark.parametrize("name", naive.ORDER)
def test_one_activation(drift, name):
    genome = genomes.genome(3, 2, [(6, name)], [(1, 6), (2, 6), (0, 6), (6, 4), (6, 5)])
    states = states_of(DRIFT, 5) + 0.03125  # off the places where sums are 0
    states[:, :2] -= 0.03125
    np.testing.assert_allclose(
        drift.rewards(express(genome), WEIGHTS, states),
        naive_returns(DRIFT, genome, WEIGHTS, states),
        atol=1e-4,
    )


def test_individual_weights(drift):
    rng = np.random.default_rng(0)
    states = states_of(DRIFT, 4)
    for genome in exact_genomes(12):
        network = express(genome)
        choices = rng.integers(-8, 9, (3, network.enabled)) / 4
        returns = drift.rewards(network, choices, states)
        assert returns.shape == (3, 4)
        for weights, row in zip(choices, returns, strict=True):
            expected = [naive.rollout(DRIFT, genome, weights, state)[0] for state in states]
            np.testing.assert_allclose(row, expected, atol=1e-4)


@pytest.mark.parametrize("count", [1, 10, 11, 64, 65, 200])
def test_an_episode_does_not_depend_on_the_others(drift, count):
    """Lanes that end early give their place away; full and half-empty tiles."""
    genome = genomes.grown(3, 30, 3, 2)
    states = states_of(DRIFT, 200)
    together = drift.rewards(express(genome), WEIGHTS, states[:count])
    for w, r in [(0, 0), (5, count - 1), (2, count // 2), (4, count // 3)]:
        alone = drift.rewards(express(genome), WEIGHTS[w : w + 1], states[r : r + 1])
        assert together[w, r] == alone[0, 0]


def test_states_are_left_as_they_were(drift):
    states = states_of(DRIFT, 5)
    before = states.copy()
    drift.rewards(express(genomes.grown(0, 5, 3, 2)), WEIGHTS, states)
    np.testing.assert_array_equal(states, before)


def test_the_limit_ends_an_episode(drift):
    bias = genomes.genome(3, 2, [], [(0, 4)])
    states = np.array([[0.0, 7.0, 1.0, 1.0, 1.0], [0.0, 99.0, 1.0, 1.0, 1.0]])
    np.testing.assert_array_equal(drift.rewards(express(bias), np.ones(1), states), [[7.0, 20.0]])


def test_actions_are_clipped(drift):
    bias = genomes.genome(3, 2, [], [(0, 4)])
    states = np.array([[0.0, 1.0, 0.0, 0.0, 0.0]])
    returns = drift.rewards(express(bias), np.array([3.0, 20.0, -20.0]), states)
    assert returns[:, 0].tolist() == [3.0, 8.0, -8.0]


def chain(length, output, hidden=(), connections=()):
    """1 -> ... -> output through linear nodes: the value is input · weight^length."""
    nodes = range(6, 5 + length)
    steps = [1, *nodes, output]
    return genomes.genome(
        *(3, 2, [*((node, "linear") for node in nodes), *hidden]),
        [*pairwise(steps), *connections],
    )


@pytest.mark.parametrize("output", [4, 5])
def test_an_output_that_is_not_finite_earns_nothing(drift, output):
    genome = express(chain(130, output))
    states = np.array([[0.0, 20.0, 0.25, 0.0, 0.0], [0.0, 20.0, 0.125, 0.0, 0.0]])
    returns = drift.rewards(genome, np.array([2.0]), states)
    # 1/4 · 2^130 overflows at once. The input drifts by -1/8 a step: 1/8 · 2^130 is clipped to 8,
    # then come 0, and -8 for -2^127, and -2^128 breaks it. Output 5 moves nothing, but counts, too.
    assert np.isnan(returns[0]).all()
    assert (
        drift.rewards(genome, np.array([1.0]), states)[0, 1]
        == ({4: sum(0.125 - 0.125 * t for t in range(20)), 5: 0.0}[output])
    )


def test_nan_earns_nothing(drift):
    """The end of the chain is infinite, 300 is its negative, 301 their sum."""
    last = 134
    genome = chain(
        *(130, 301, [(300, "inverse"), (301, "abs")]),
        [(last, 300), (300, 301), (301, 5), (0, 4)],
    )
    states = np.array([[0.0, 20.0, 8.0, 0.0, 0.0]])
    returns = drift.rewards(express(genome), np.array([1.0, 2.0]), states)
    np.testing.assert_array_equal(returns[:, 0], [20.0, np.nan])


def test_a_network_without_connections(drift):
    empty = express(genomes.genome(3, 2))
    np.testing.assert_array_equal(drift.rewards(empty, WEIGHTS, states_of(DRIFT, 3)), 0.0)


@pytest.mark.parametrize(
    ("connections", "expected"),
    [([], 0), ([(0, 4), (0, 5)], 0), ([(0, 5)], 1), ([(0, 5), (0, 6)], 1), ([(0, 6)], 2)],
)
def test_discrete_actions_are_the_first_of_the_largest_outputs(connections, expected):
    task = dataclasses.replace(DRIFT, outputs=("a", "b", "c"), bounds=None)
    states = np.array([[0.0, 5.0, 0.0, 0.0, 0.0]])
    network = express(genomes.genome(3, 3, [], connections))
    assert ControlEvaluator(task).rewards(network, np.ones(1), states) == 5 * expected


def test_equals_the_plain_rollout_on_cartpole():
    task = envs.make("cartpole")
    rollouts, states = ControlEvaluator(task), states_of(task, 2)
    lengths = set()
    for seed in range(25):
        genome = genomes.grown(seed, 2 * seed, 4, 2)
        returns = rollouts.rewards(express(genome), WEIGHTS, states)
        np.testing.assert_array_equal(returns, naive_returns(task, genome, WEIGHTS, states))
        lengths |= set(returns.ravel().tolist())
    assert max(lengths) > 100


def test_equals_the_plain_rollout_on_swingup():
    """For some time: the pole is chaotic, and float32 and float64 part at last."""
    task = dataclasses.replace(envs.make("swingup"), episode_limit=40)
    rollouts, states = ControlEvaluator(task), states_of(task, 2)
    apart = []
    for seed in range(25):
        genome = genomes.grown(seed, seed, 5, 1)
        returns = rollouts.rewards(express(genome), WEIGHTS, states)
        apart.append(abs(returns - naive_returns(task, genome, WEIGHTS, states)))
    assert np.mean(np.array(apart) < 1e-4) > 0.95


def test_starts_of_any_kind_are_accepted(drift):
    network = express(genomes.grown(1, 10, 3, 2))
    states = states_of(DRIFT, 6)
    expected = drift.rewards(network, WEIGHTS, states)
    np.testing.assert_array_equal(
        drift.rewards(network, WEIGHTS, np.asfortranarray(states)), expected
    )
    states.flags.writeable = False
    np.testing.assert_array_equal(drift.rewards(network, WEIGHTS, states), expected)


@pytest.mark.parametrize(("inputs", "written"), [("abcd", 3), ("ab", 3)])
def test_observations_must_fit_the_inputs(inputs, written):
    @numba.njit
    def observe(state, observation):
        for i in range(3):
            observation[i] = state[i]

    task = dataclasses.replace(DRIFT, inputs=tuple(inputs), observe=observe)
    with pytest.raises(
        ValueError, match=f"task drift: expected observe to write {len(inputs)} numbers.*{written}"
    ):
        ControlEvaluator(task)


def test_starts_must_be_many():
    task = dataclasses.replace(DRIFT, initial_states=lambda rng, count: np.zeros(5))
    with pytest.raises(ValueError, match=r"expected initial_states to give \[count, S\], got \(5"):
        ControlEvaluator(task)
