"""Noisy observations are part of the dynamics: normal, and the same for the same key."""

import dataclasses

import numpy as np
import pytest

from tests.genomes import genome
from wann import envs
from wann.core.network import express
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.noise.observations import noisy_starts, normal, with_noisy_observations


def test_the_noise_is_normal_and_uncorrelated():
    numbers = np.array([[normal(float(key), i) for i in range(4)] for key in range(20_000)])
    assert np.abs(numbers.mean(axis=0)).max() < 0.03
    np.testing.assert_allclose(numbers.std(axis=0), 1, atol=0.02)
    assert (np.abs(numbers) < 1.96).mean() == pytest.approx(0.95, abs=0.005)
    correlations = np.corrcoef(np.hstack([numbers[:-1], numbers[1:]]).T) - np.eye(8)
    assert np.abs(correlations).max() < 0.03


def test_without_deviation_episodes_are_those_of_the_task_and_with_it_they_are_not():
    task = dataclasses.replace(envs.make("cartpole"), episode_limit=60)
    network = express(genome(4, 2, [(7, "tanh")], [(3, 7), (4, 7), (7, 6), (1, 5)]))
    states = task.initial_states(np.random.default_rng(0), 40)
    weights = np.array([1.0])
    exact = ControlEvaluator(task).rewards(network, weights, states)
    noisy = ControlEvaluator(with_noisy_observations(task))
    for sigma, same in ((0.0, True), (0.5, False)):
        starts = noisy_starts(states, sigma, np.random.default_rng(1))
        found = noisy.rewards(network, weights, starts)
        assert (found == exact).all() == same
        np.testing.assert_array_equal(found, noisy.rewards(network, weights, starts))
        parts = [noisy.rewards(network, weights, starts[i : i + 1])[0, 0] for i in range(3)]
        np.testing.assert_array_equal(found[0, :3], parts)
