import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import naive
from wann.search import pareto


@st.composite
def objectives(draw, columns=None):
    """[P, K]: a few values, so that there are many ties, or any floats."""
    shape = (draw(st.integers(1, 40)), columns or draw(st.integers(1, 4)))
    values = draw(st.sampled_from([st.integers(0, 4), st.floats(-1e9, 1e9)]))
    rows = st.lists(values, min_size=shape[1], max_size=shape[1])
    return np.array(draw(st.lists(rows, min_size=shape[0], max_size=shape[0])), dtype=float)


def test_fronts_by_hand():
    points = [[1, 5], [2, 4], [3, 3], [2, 3], [1, 3], [3, 3], [0, 0]]
    assert pareto.nondominated_sort(np.array(points)).tolist() == [0, 0, 0, 1, 2, 0, 3]


def test_three_objectives_by_hand():
    points = [[1, 1, 1], [2, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert pareto.nondominated_sort(np.array(points)).tolist() == [0, 0, 1, 2]


def test_one_objective_has_a_front_for_each_value():
    assert pareto.nondominated_sort(np.array([[3.0], [1.0], [3.0], [2.0]])).tolist() == [0, 2, 0, 1]


@given(objectives())
def test_fronts_equal_brute_force(points):
    assert pareto.nondominated_sort(points).tolist() == naive.fronts(points.tolist())


@pytest.mark.parametrize("columns", [2, 3, 4])
def test_fronts_of_many_equal_brute_force(columns):
    """Fronts of many, each of several, some of them equal."""
    points = np.random.default_rng(0).integers(12, size=(300, columns)).astype(float)
    assert pareto.nondominated_sort(points).tolist() == naive.fronts(points.tolist())


@given(objectives(columns=2))
def test_two_objectives_equal_many(points):
    """The fast ways for two and three, against the other with objectives that say nothing."""
    found = pareto.nondominated_sort(points)
    for more in (1, 2):
        padded = np.column_stack((points, np.zeros((len(points), more))))
        np.testing.assert_array_equal(found, pareto.nondominated_sort(padded))


def test_three_objectives_of_one_large_front():
    """Nobody is dominated on a sphere; its stairs grow and shrink."""
    points = np.abs(np.random.default_rng(0).normal(size=(400, 3)))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    inner = points[:100] / 2
    found = pareto.nondominated_sort(np.concatenate((points, inner)))
    assert found[:400].tolist() == [0] * 400
    assert found[400:].tolist() == [1] * 100


def test_crowding_distance_by_hand():
    # One front, ranges 4 and 10. The second: (2 - 0)/4 + (10 - 5)/10; the third: 3/4 + 7/10.
    points = np.array([[0.0, 10.0], [1.0, 7.0], [2.0, 5.0], [4.0, 0.0]])
    distance = pareto.crowding_distance(points, np.zeros(4, np.int64))
    np.testing.assert_allclose(distance, [math.inf, 1.0, 1.45, math.inf])


def test_crowding_distance_of_equal_values():
    distance = pareto.crowding_distance(np.ones((4, 2)), np.zeros(4, np.int64))
    np.testing.assert_array_equal(distance, [math.inf, 0.0, 0.0, math.inf])


@given(objectives())
def test_crowding_distance_equals_brute_force(points):
    fronts = pareto.nondominated_sort(points)
    expected = naive.crowding_distance(points.tolist(), fronts.tolist())
    np.testing.assert_array_equal(pareto.crowding_distance(points, fronts), expected)


def test_rank_by_hand():
    # The front of five first: its ends, then the lonelier ones; then the dominated by index.
    points = [[0, 0], [0, 10], [1, 9], [2, 8], [6, 4], [10, 0], [1, 1]]
    assert pareto.rank(np.array(points)).tolist() == [1, 5, 4, 3, 2, 6, 0]


@given(objectives())
def test_rank_goes_by_front_then_distance_then_index(points):
    order = pareto.rank(points)
    fronts = naive.fronts(points.tolist())
    distance = pareto.crowding_distance(points, np.array(fronts))
    keys = [(fronts[i], -distance[i], i) for i in order]
    assert keys == sorted(keys)
    assert sorted(order.tolist()) == list(range(len(points)))


def test_a_better_individual_ranks_first_whatever_its_scale():
    """The scale of an objective decides nothing."""
    points = np.random.default_rng(0).normal(size=(50, 2))
    scaled = points * [1e-6, 1e6] + [3.0, 1e7]
    np.testing.assert_array_equal(pareto.rank(points), pareto.rank(scaled))


@pytest.mark.parametrize("size", [1, 2])
def test_tiny_populations(size):
    assert pareto.rank(np.zeros((size, 2))).tolist() == list(range(size))
