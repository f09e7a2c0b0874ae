"""The gradient by each weight is that of JAX and that of differences."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.genomes import grown
from tests.naive.jax_forward import forward_function
from wann.core.kernels.gradients.weight_gradients import weight_gradients
from wann.core.kernels.vector_math import TILE
from wann.core.network import express


@pytest.mark.parametrize("seed", range(4))
def test_the_function_equals_the_network_with_individual_weights(seed):
    rng = np.random.default_rng(seed)
    network = express(grown(seed, 60, inputs=5, outputs=3))
    weights = rng.normal(size=network.enabled)
    x = rng.normal(size=(7, 5))
    with jax.enable_x64(True):
        got = forward_function(network)(jnp.asarray(weights[network.genes]), jnp.asarray(x))
    np.testing.assert_allclose(np.asarray(got), network.forward(x, weights), atol=1e-12)


def test_the_gradient_equals_differences():
    rng = np.random.default_rng(3)
    network = express(grown(3, 12, inputs=4, outputs=2))
    weights = rng.normal(size=network.enabled)
    x = rng.normal(size=(6, 4))
    function = forward_function(network)
    with jax.enable_x64(True):
        strengths = jnp.asarray(weights[network.genes])
        gradient = np.asarray(
            jax.grad(lambda s: (function(s, jnp.asarray(x)) ** 2).sum())(strengths)
        )
    step = 1e-6
    for edge, gene in enumerate(network.genes):
        change = np.zeros(len(weights))
        change[gene] = step
        above = (network.forward(x, weights + change) ** 2).sum()
        below = (network.forward(x, weights - change) ** 2).sum()
        assert gradient[edge] == pytest.approx((above - below) / (2 * step), rel=1e-4, abs=1e-5)


def likelihood(function, weights, x, y):
    """The mean log-likelihood of labels y [B], and which outputs are the largest."""
    outputs = function(weights, x)
    return jax.nn.log_softmax(outputs)[jnp.arange(len(y)), y].mean(), outputs.argmax(axis=1)


@pytest.mark.parametrize(("seed", "count"), [(0, 1), (1, TILE), (2, 2 * TILE + 5)])
def test_the_gradient_by_weights_is_that_of_jax(seed, count):
    """Of images that fill tiles and of others."""
    rng = np.random.default_rng(seed)
    network = express(grown(seed, 50, inputs=6, outputs=3))
    weights = rng.normal(size=network.complexity).astype(np.float32)
    x = rng.normal(size=(count, 6)).astype(np.float32)
    y = rng.integers(3, size=count)
    found, accuracy = weight_gradients(network.graph, weights, x, y)
    slope = jax.jit(jax.grad(partial(likelihood, forward_function(network)), has_aux=True))
    with jax.enable_x64(True):
        expected, best = slope(weights.astype(np.float64), x.astype(np.float64), y)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-5)
    assert accuracy == pytest.approx(np.mean(np.asarray(best) == y))


def test_an_output_that_is_not_finite_has_no_gradient():
    network = express(grown(0, 10, inputs=6, outputs=3))
    x = np.full((4, 6), np.inf, np.float32)
    found, _ = weight_gradients(network.graph, np.ones(network.complexity), x, np.zeros(4, int))
    assert np.isnan(found).any()
