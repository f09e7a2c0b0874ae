"""The dense network."""

import numpy as np
import pytest

from wann.prune.networks.mlp import MLP, accuracy, forward, glorot_normal


def test_sizes_and_counts():
    mlp = glorot_normal((784, 300, 100, 10), np.random.default_rng(0))
    assert mlp.sizes == (784, 300, 100, 10)
    assert mlp.total == 266_200
    assert sum(b.size for b in mlp.biases) == 410
    assert all((b == 0).all() for b in mlp.biases)


def test_initial_weights_are_glorot_normal():
    mlp = glorot_normal((300, 200, 100), np.random.default_rng(0))
    for w, deviation in zip(mlp.weights, (0.0632455532, 0.0816496581), strict=True):
        assert w.dtype == np.float32
        np.testing.assert_allclose(w.std(), deviation, rtol=0.02)
        assert abs(w.mean()) < 0.002


def test_outputs_by_hand():
    mlp = MLP((np.array([[1.0, -2.0]]), np.array([[3.0], [5.0]])), (np.array([0.5, 1.0]), [-1.0]))
    x = np.array([[1.0], [-1.0]])
    # relu: 1.5 and 0 for x = 1, 0 and 3 for x = -1
    np.testing.assert_allclose(forward(mlp, x), [[3.5], [14.0]])
    np.testing.assert_allclose(forward(mlp, x, "linear"), [[-1.5], [12.5]])
    expected = 3 * np.tanh(1.5) + 5 * np.tanh(-1.0) - 1
    np.testing.assert_allclose(forward(mlp, x, ("tanh",))[0], expected)
    with pytest.raises(ValueError, match="expected 1 activations of hidden layers, got 2"):
        forward(mlp, x, ("relu", "relu"))


def test_accuracy_counts_the_largest_output():
    mlp = MLP((np.eye(3),), (np.zeros(3),))
    assert accuracy(mlp, np.eye(3), np.array([0, 1, 0])) == pytest.approx(2 / 3)
