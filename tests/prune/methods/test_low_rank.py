"""Two thin layers for one."""

import numpy as np
import pytest

from wann.prune.methods.low_rank import rank, thinned
from wann.prune.networks.mlp import MLP, forward, glorot_normal


def network(seed=0, sizes=(6, 5, 3)):
    rng = np.random.default_rng(seed)
    mlp = glorot_normal(sizes, rng)
    return MLP(mlp.weights, tuple(rng.normal(size=b.shape) for b in mlp.biases)), rng


def test_the_rank_leaves_at_most_the_share():
    assert rank(784, 300, 0.5) == 108  # 108 * 1084 = 117,072 of 117,600
    assert rank(4, 4, 0.0) == 2
    assert rank(10, 10, 0.99) == 1


def test_responses_in_a_subspace_are_kept_exactly():
    mlp, rng = network()
    images = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 6))  # of rank 2
    thin = thinned(mlp, images, 0.2)
    assert thin.sizes == (6, 2, 5, 3)
    found = forward(thin, images, ("linear", "relu"))
    np.testing.assert_allclose(found, forward(mlp, images), atol=1e-4)


def test_it_is_the_best_approximation_of_its_rank():
    """Eckart & Young: its error is the sum of the squares of the singular values left out."""
    mlp, rng = network(1)
    images = rng.normal(size=(300, 6))
    thin = thinned(mlp, images, 0.2)
    responses = images @ mlp.weights[0] + mlp.biases[0]
    approximated = (images @ thin.weights[0]) @ thin.weights[1] + thin.biases[1]
    singular = np.linalg.svd(responses - responses.mean(axis=0), compute_uv=False)
    assert ((responses - approximated) ** 2).sum() == pytest.approx(
        (singular[2:] ** 2).sum(), rel=1e-4
    )
