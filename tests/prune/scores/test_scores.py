"""Scores of connections, by hand and against plain versions."""

from itertools import pairwise

import numpy as np
import pytest

from tests.naive.pruning import gauss_newton_diagonal
from tests.naive.pruning import synflow as naive_synflow
from wann.prune.networks import mlp as mlps
from wann.prune.networks.mlp import MLP
from wann.prune.scores import registry as scores
from wann.prune.scores.registry import SCORES, Pruned


def subject(seed, sizes=(4, 5, 3)):
    rng = np.random.default_rng(seed)
    start = mlps.initial(sizes, rng)
    mlp = MLP(
        tuple(rng.normal(size=w.shape) for w in start.weights),
        tuple(rng.normal(size=b.shape) for b in start.biases),
    )
    return Pruned(mlp, start, mlps.ones(mlp), rng.normal(size=(6, sizes[0])))


def score(name, subject, seed=0):
    return SCORES[name](subject, np.random.default_rng(seed))


def test_magnitudes():
    one = subject(0)
    for found, w in zip(score("magnitude", one), one.mlp.weights, strict=True):
        np.testing.assert_array_equal(found, abs(w))
    for found, w in zip(score("initial-magnitude", one), one.initial.weights, strict=True):
        np.testing.assert_array_equal(found, abs(w))


def test_same_sign_by_hand():
    biases = (np.zeros(1),)
    trained = MLP((np.array([[2.0], [-3.0], [1.0], [0.0]]),), biases)
    initial = MLP((np.array([[0.1], [0.2], [-0.3], [0.4]]),), biases)
    one = Pruned(trained, initial, mlps.ones(trained), np.zeros((1, 4)))
    assert score("large-final-same-sign", one)[0].ravel().tolist() == [2, 0, 0, 0]


def test_random_depends_on_the_generator_alone():
    a, b = subject(0), subject(1)
    np.testing.assert_array_equal(score("random", a)[0], score("random", b)[0])
    assert (score("random", a)[0] != score("random", a, seed=1)[0]).all()


@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (3, 4, 2, 3)])
def test_synflow_equals_the_sum_over_paths(sizes):
    one = subject(2, sizes)
    expected = naive_synflow(one.mlp.weights)
    for found, want in zip(score("synflow", one), expected, strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-12)


def test_synflow_is_conserved():
    """Tanaka et al., theorems 1 and 2: what flows into a hidden node flows out of it, and each
    layer passes as much as any other."""
    found = score("synflow", subject(3, (6, 5, 4, 3)))
    sums = [layer.sum() for layer in found]
    np.testing.assert_allclose(sums, sums[0])
    for before, after in pairwise(found):
        np.testing.assert_allclose(before.sum(axis=0), after.sum(axis=1))


@pytest.mark.parametrize("sizes", [(3, 4), (3, 4, 3), (2, 3, 3, 2)])
def test_the_hessian_diagonal_equals_differences(sizes):
    one = subject(4, sizes)
    expected = gauss_newton_diagonal(one.mlp.weights, one.mlp.biases, one.images)
    for found, want in zip(scores.hessian_diagonal(one.mlp, one.images), expected, strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-4, atol=1e-7)


def test_one_layer_has_the_exact_hessian():
    """Of a softmax regression: the second derivative by w_ij is the mean of x_i² p_j (1 - p_j)."""
    one = subject(5, (4, 3))
    outputs = one.images @ one.mlp.weights[0] + one.mlp.biases[0]
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    expected = (one.images**2).T @ (p * (1 - p)) / len(one.images)
    np.testing.assert_allclose(scores.hessian_diagonal(one.mlp, one.images)[0], expected, rtol=1e-6)


def test_optimal_brain_damage_is_half_the_curvature_times_the_square():
    one = subject(6)
    curvature = scores.hessian_diagonal(one.mlp, one.images)
    for found, h, w in zip(
        score("optimal-brain-damage", one), curvature, one.mlp.weights, strict=True
    ):
        np.testing.assert_allclose(found, h * w**2 / 2)
