"""Networks as JAX functions agree with the plain forward pass."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.genomes import grown
from wann.core.network import express
from wann.tune.jax_forward import forward_function


@pytest.mark.parametrize("seed", range(10))
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
