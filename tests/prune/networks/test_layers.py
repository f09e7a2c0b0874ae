"""What layers do: the k largest alone, and convolutions, against plain loops and against JAX."""

import numpy as np
import pytest

from wann.prune.images.training import forward as in_jax
from wann.prune.networks.layers import convolution, multiply_adds, winners
from wann.prune.networks.mlp import MLP, accuracy, drawn, forward

RNG = np.random.default_rng(0)


def test_the_largest_of_each_row_stay():
    x = np.array([[3.0, -1.0, 2.0, 0.5], [-4.0, -1.0, -2.0, -3.0]])
    assert winners(x, 2).tolist() == [[3, 0, 2, 0], [0, -1, -2, 0]]
    assert winners(x[0], 1).tolist() == [3, 0, 0, 0]
    assert winners(np.array([1.0, 1.0, 0.0]), 1).tolist() == [1, 1, 0]  # a tie
    np.testing.assert_array_equal(winners(x, 4), x)
    np.testing.assert_array_equal(winners(x, 9), x)


def naive_convolution(image, w, b):
    """One image [C, s, s] by loops: [O, u, u]."""
    channels, side = len(image), image.shape[1]
    k = round((len(w) / channels) ** 0.5)
    kernels = w.T.reshape(-1, channels, k, k)
    t = side - k + 1
    sums = np.zeros((len(kernels), t, t))
    for o, kernel in enumerate(kernels):
        for i in range(t):
            for j in range(t):
                sums[o, i, j] = max(0, (image[:, i : i + k, j : j + k] * kernel).sum() + b[o])
    if t == 1:
        return sums
    u = t // 2
    pooled = np.zeros((len(kernels), u, u))
    for i in range(u):
        for j in range(u):
            pooled[:, i, j] = sums[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max(axis=(1, 2))
    return pooled


@pytest.mark.parametrize(("side", "kernel"), [(8, 3), (9, 3), (12, 5)])
def test_convolutions_are_those_of_loops_and_of_jax(side, kernel):
    first = convolution(side**2, 1, kernel**2)
    second = convolution(4 * first.pooled**2, 4, 16)
    left = second.pooled
    mlp = drawn([(kernel**2, 4), (16, 5), (5 * left**2, 6), (6, 3)], RNG)
    mlp = MLP(mlp.weights, tuple(RNG.standard_normal(len(b)).astype("f4") for b in mlp.biases))
    names = ("convolution", "convolution", "relu")
    x = RNG.standard_normal((7, side**2)).astype(np.float32)
    expected = []
    for row in x:
        image = row.reshape(1, side, side)
        for w, b in zip(mlp.weights[:2], mlp.biases[:2], strict=True):
            image = naive_convolution(image, w, b)
        hidden = np.maximum(image.ravel() @ mlp.weights[2] + mlp.biases[2], 0)
        expected.append(hidden @ mlp.weights[3] + mlp.biases[3])
    np.testing.assert_allclose(forward(mlp, x, names), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(in_jax(mlp, x, names), expected, rtol=1e-4, atol=1e-5)
    assert accuracy(mlp, x, np.argmax(expected, axis=1), names) == 1


def test_winners_in_jax_are_those_of_numpy():
    mlp = drawn([(6, 8), (8, 5), (5, 3)], RNG)
    x = RNG.standard_normal((9, 6)).astype(np.float32)
    names = ("winners-3", "winners-5")
    np.testing.assert_allclose(in_jax(mlp, x, names), forward(mlp, x, names), atol=1e-6)
    hidden = x @ mlp.weights[0]
    for row in hidden:
        row[np.argsort(row)[:5]] = 0
    np.testing.assert_allclose(
        forward(mlp, x, names), hidden @ mlp.weights[1] @ mlp.weights[2], atol=1e-6
    )


def test_a_convolution_counts_at_each_place():
    # LeNet-5 of the pruning literature, 28 x 28: 431,080 parameters, 2.29 million multiply-adds.
    shapes = [(25, 20), (500, 50), (800, 500), (500, 10)]
    names = ["convolution", "convolution", "relu", "linear"]
    assert sum(a * b + b for a, b in shapes) == 431_080
    assert multiply_adds(shapes, names, 784) == 500 * 24**2 + 25_000 * 8**2 + 400_000 + 5_000
    assert multiply_adds(shapes, names, 784, [1, 2, 3, 4]) == 24**2 + 2 * 8**2 + 3 + 4
    assert multiply_adds([(784, 300), (300, 10)], ["relu", "linear"], 784) == 238_200
