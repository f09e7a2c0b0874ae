"""SNIP and GraSP against derivatives by differences, one weight at a time."""

import numpy as np
import pytest

from tests.naive.pruning import log_likelihoods
from tests.prunings import pruned, score
from wann.prune.networks.mlp import MLP
from wann.prune.scores.gradients import TEMPERATURE, gradient, hessian_product

SIZES = (3, 4, 3)


def loss(mlp, images, labels, temperature=1.0):
    """The mean cross entropy, image by image; outputs over T are those of last layers over T."""
    weights = [*mlp.weights[:-1], mlp.weights[-1] / temperature]
    biases = [*mlp.biases[:-1], mlp.biases[-1] / temperature]
    each = [log_likelihoods(weights, biases, x)[y] for x, y in zip(images, labels, strict=True)]
    return -np.mean(each)


def flat(mlp):
    return np.concatenate([np.ravel(x) for part in mlp for x in part])


def unflat(vector, like):
    parts, first = [], 0
    for part in like:
        arrays = []
        for x in part:
            arrays.append(vector[first : first + x.size].reshape(x.shape))
            first += x.size
        parts.append(tuple(arrays))
    return MLP(*parts)


def slopes(f, at, step):
    unit = np.eye(len(at)) * step
    return np.array([(f(at + u) - f(at - u)) / (2 * step) for u in unit])


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_the_gradient_is_that_of_differences(temperature):
    one = pruned(1, SIZES)
    found = gradient(one.mlp, one.images, one.labels, temperature)
    expected = slopes(
        lambda v: loss(unflat(v, one.mlp), one.images, one.labels, temperature), flat(one.mlp), 1e-6
    )
    np.testing.assert_allclose(flat(found), expected, atol=1e-8)


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_the_product_is_that_of_the_whole_hessian(temperature):
    one = pruned(2, SIZES)
    at = flat(one.mlp)
    hessian = slopes(
        lambda v: flat(gradient(unflat(v, one.mlp), one.images, one.labels, temperature)), at, 1e-6
    )
    direction = np.random.default_rng(5).normal(size=len(at))
    found = hessian_product(
        one.mlp, one.images, one.labels, unflat(direction, one.mlp), temperature
    )
    np.testing.assert_allclose(flat(found), hessian @ direction, atol=1e-8)


def test_snip_is_how_far_the_loss_moves_with_the_gate_of_a_connection():
    one = pruned(3, SIZES)
    for i, found in enumerate(score("snip", one)):
        for place in np.ndindex(found.shape):

            def gated(gate, i=i, place=place):
                moved = [w.copy() for w in one.weights]
                moved[i][place] *= gate
                return loss(MLP(tuple(moved), one.mlp.biases), one.images, one.labels)

            slope = (gated(1 + 1e-6) - gated(1 - 1e-6)) / 2e-6
            assert found[place] == pytest.approx(abs(slope), abs=1e-8)


def test_grasp_is_half_of_what_the_squared_gradient_loses_with_a_connection():
    """To first order: |g|² changes by -2 w (H g) where w becomes 0."""
    one = pruned(4, SIZES)

    def squared(mlp):
        return (flat(gradient(mlp, one.images, one.labels, TEMPERATURE)) ** 2).sum()

    for i, found in enumerate(score("grasp", one)):
        for place in np.ndindex(found.shape):

            def shrunk(gate, i=i, place=place):
                moved = [w.copy() for w in one.weights]
                moved[i][place] *= gate
                return squared(MLP(tuple(moved), one.mlp.biases))

            slope = (shrunk(1 + 1e-5) - shrunk(1 - 1e-5)) / 2e-5
            assert found[place] == pytest.approx(slope / 2, rel=1e-4, abs=1e-12)
