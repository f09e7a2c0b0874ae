import math

import numpy as np
import pytest

from wann.search.objectives import fitness, ranked


def rng():
    return np.random.default_rng(0)


def test_fitness_is_the_mean_over_weights_and_rollouts():
    rewards = np.array([[[1, 2], [3, 4]], [[0, 0], [0, -2]]], dtype=float)
    np.testing.assert_array_equal(fitness(rewards), [2.5, -0.5])


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_a_reward_that_is_not_finite_makes_the_fitness_that_of_the_worst(broken):
    rewards = np.array([[[1, broken]], [[1, 2]]], dtype=float)
    np.testing.assert_array_equal(fitness(rewards), [-math.inf, 1.5])


def test_few_connections_as_the_second_objective():
    # By (fitness, 1/connections): 0 and 2 are the front, then 1, dominated by 2, then 3.
    rewards = np.array([4, 2, 3, 1], dtype=float).reshape(4, 1, 1)
    order = ranked(rewards, np.array([10, 5, 3, 7]), 1.0, rng())
    assert set(order[:2]) == {0, 2}
    assert order[2:].tolist() == [1, 3]


def test_the_best_weight_as_the_second_objective():
    # Fitness 1.5, 2, 1, 0.5 and peak 3, 2, 2, 1: 0 and 1 are the front, then 2.
    rewards = np.array([[0, 3], [2, 2], [0, 2], [0, 1]], dtype=float).reshape(4, 2, 1)
    order = ranked(rewards, np.array([1, 1, 100, 1]), 0.0, rng())
    assert set(order[:2]) == {0, 1}
    assert order[2:].tolist() == [2, 3]


def test_the_second_objective_is_drawn_at_its_probability():
    # By complexity 0 and 1 dominate the others, by peak 0 and 2 do.
    rewards = np.array([[4, 4], [1, 1], [0, 2], [0, 0]], dtype=float).reshape(4, 2, 1)
    complexity, chance = np.array([5, 1, 9, 9]), rng()
    firsts = [set(ranked(rewards, complexity, 0.3, chance)[:2].tolist()) for _ in range(1000)]
    assert firsts.count({0, 1}) == pytest.approx(300, abs=45)


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_genomes_with_a_reward_that_is_not_finite_rank_last(broken, probability):
    rewards = np.array([[9, 9], [broken, 9], [1, 1], [broken, -broken]], dtype=float)
    order = ranked(rewards.reshape(4, 2, 1), np.array([1, 1, 2, 1]), probability, rng())
    assert order.tolist() == [0, 2, 1, 3]


def test_rewards_whose_mean_overflows_rank_last():
    """Each is finite, and so is the mean of a genome whose rewards cancel out."""
    rewards = np.array([[1.5e308, 1.5e308], [1, 2], [-1.5e308, -1.5e308], [0, 1]])
    assert fitness(rewards.reshape(4, 2, 1)).tolist() == [-math.inf, 1.5, -math.inf, 0.5]
    for probability in (0.0, 1.0):
        order = ranked(rewards.reshape(4, 1, 2), np.array([1, 1, 1, 1]), probability, rng())
        assert order.tolist() == [1, 3, 0, 2]


def test_another_second_objective_in_the_place_of_the_peak():
    """By fitness and accuracy 0 and 2 are the front; by fitness alone they come in its order."""
    rewards = np.array([[4, 4], [3, 9], [1, 1], [2, 0]], dtype=float).reshape(4, 2, 1)
    complexity = np.array([1, 1, 1, 1])
    accuracy = np.array([0.2, 0.9, 0.5, 0.1])
    order = ranked(rewards, complexity, 0.0, rng(), accuracy)
    assert order.tolist() == [1, 0, 2, 3]
    accuracy = np.array([0.5, 0.2, 0.9, 0.1])
    order = ranked(rewards, complexity, 0.0, rng(), accuracy)
    assert order.tolist() == [1, 2, 0, 3]  # a front, its ends first
    assert ranked(rewards, complexity, 0.0, rng(), np.zeros(4)).tolist() == [1, 0, 2, 3]


def test_without_one_finite_reward_the_order_stays():
    assert ranked(np.full((3, 2, 1), math.nan), np.array([3, 1, 2]), 1.0, rng()).tolist() == [
        0,
        1,
        2,
    ]
