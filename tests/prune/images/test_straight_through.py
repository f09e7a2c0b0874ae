"""Training of ternary weights: the gradient, and which weights count."""

import numpy as np
import pytest

from wann.prune.images import straight_through
from wann.prune.images.straight_through import Ternary
from wann.prune.networks.mlp import MLP

SIZES = (6, 4, 3)


def examples(seed=0, count=20):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 6)).astype(np.float32), rng.integers(0, 3, count)


def test_the_largest_count_as_their_signs():
    network = Ternary(SIZES, np.random.default_rng(0))
    network.choose(10)
    both = np.concatenate((network.first.ravel(), network.second.ravel()))
    assert network.total == len(both) == 36
    largest = np.argsort(-abs(network.real[:-1]))[:10]
    expected = np.zeros(36)
    expected[largest] = np.sign(network.real[largest])
    np.testing.assert_array_equal(both, expected)


def loss(first, second, temper, scale, X, y):
    """The mean cross-entropy, by plain formulas in float64."""
    sums = X.astype(float) @ first
    half = first.shape[1] // 2
    hidden = np.column_stack((abs(sums[:, :half]), np.maximum(sums[:, half:], 0)))
    logits = hidden @ second * scale * np.exp(temper)
    logits -= logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]).mean()


def test_the_gradient_is_that_of_the_ternary_weights_also_where_they_are_zero():
    network = Ternary(SIZES, np.random.default_rng(1))
    network.choose(20)
    X, y = examples()
    first, second = network.first.astype(float), network.second.astype(float)
    # The scales are constants of a step: one over the root of the weights that count for a node.
    scale = np.prod([1 / np.sqrt(np.count_nonzero(w) / w.shape[1]) for w in (first, second)])
    found = network.gradient(X, y)
    values = np.concatenate((first.ravel(), second.ravel(), [0.0]))
    for place, size in enumerate(found):
        sides = []
        for change in (1e-5, -1e-5):
            moved = values.copy()
            moved[place] += change
            parts = moved[:24].reshape(6, 4), moved[24:36].reshape(4, 3), moved[36]
            sides.append(loss(*parts, scale, X, y))
        assert size == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=2e-4)


def test_the_first_step_of_adam_moves_each_number_by_the_rate():
    network = Ternary(SIZES, np.random.default_rng(1))
    X, y = examples()
    before, gradient = network.real.copy(), network.gradient(X, y)
    network.step(X, y, 0.01)
    moved = abs(gradient) > 1e-5
    assert moved.sum() > 20
    expected = before - 0.01 * np.sign(gradient)
    np.testing.assert_allclose(network.real[moved], expected[moved], atol=1e-4)


def test_the_accuracy_is_that_of_the_outputs():
    first = np.eye(2, dtype=np.float32)  # abs, then relu
    mlp = MLP((first, np.array([[1, 0], [0, 1]], np.float32)), (np.zeros(2), np.zeros(2)))
    X = np.array([[-3, 1], [1, 2], [0.5, -2]], np.float32)
    np.testing.assert_array_equal(straight_through.forward(mlp, X), [[3, 1], [1, 2], [0.5, 0]])
    assert straight_through.accuracy(mlp, X, np.array([0, 1, 1])) == pytest.approx(2 / 3)
