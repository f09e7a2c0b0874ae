"""The second derivatives of Optimal Brain Damage against differences."""

import numpy as np
import pytest

from tests.naive.pruning import gauss_newton_diagonal
from tests.prunings import pruned, score
from wann.prune.scores.optimal_brain_damage import hessian_diagonal


@pytest.mark.parametrize("sizes", [(3, 4), (3, 4, 3), (2, 3, 3, 2)])
def test_the_hessian_diagonal_equals_differences(sizes):
    one = pruned(4, sizes)
    expected = gauss_newton_diagonal(one.weights, one.mlp.biases, one.images)
    for found, want in zip(hessian_diagonal(one.mlp, one.images), expected, strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-4, atol=1e-7)


def test_one_layer_has_the_exact_hessian():
    """Of a softmax regression: the second derivative by w_ij is the mean of x_i² p_j (1 - p_j)."""
    one = pruned(5, (4, 3))
    outputs = one.images @ one.weights[0] + one.mlp.biases[0]
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    expected = (one.images**2).T @ (p * (1 - p)) / len(one.images)
    np.testing.assert_allclose(hessian_diagonal(one.mlp, one.images)[0], expected, rtol=1e-6)


def test_optimal_brain_damage_is_half_the_curvature_times_the_square():
    one = pruned(6)
    curvature = hessian_diagonal(one.mlp, one.images)
    for found, h, w in zip(score("optimal-brain-damage", one), curvature, one.weights, strict=True):
        np.testing.assert_allclose(found, h * w**2 / 2)
