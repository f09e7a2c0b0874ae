"""What is left, really smaller: the same function, in fewer bytes."""

import numpy as np
import pytest

from wann.prune.images.outcome import Outcome
from wann.prune.masks.selection import n_of_m, of_nodes
from wann.prune.methods.low_rank import thinned
from wann.prune.networks.deploy import deployed, restored
from wann.prune.networks.mlp import MLP, forward, glorot_normal, keep_all, masked


def network(sizes=(10, 8, 6, 3), seed=0):
    rng = np.random.default_rng(seed)
    mlp = glorot_normal(sizes, rng)
    biases = tuple(rng.normal(size=b.shape).astype(np.float32) for b in mlp.biases)
    return MLP(mlp.weights, biases), rng.normal(size=(20, sizes[0])).astype(np.float32)


def size(arrays):
    return sum(a.nbytes for key, a in arrays.items() if key.startswith(("weights", "values", "pl")))


def test_nodes_that_are_gone_are_not_there():
    mlp, x = network()
    keep = [np.arange(8) % 2 == 0, np.arange(6) < 2]
    masks = of_nodes(keep, mlp.shapes)
    outcome = Outcome(masked(mlp, masks), masks, 0.0, 0, 0)
    arrays = deployed(outcome, (0.5, 0.25))
    small, activation = restored(arrays)
    assert small.sizes == (10, 4, 2, 3)
    assert size(arrays) == 4 * (40 + 8 + 6)
    assert (arrays["shift"], arrays["scale"]) == (0.5, 0.25)
    np.testing.assert_allclose(forward(small, x, activation), forward(outcome.mlp, x), atol=1e-5)


def test_thin_layers_stay_thin():
    mlp, x = network((10, 8, 3))
    thin = thinned(mlp, x, 0.5)
    outcome = Outcome(thin, keep_all(thin), 0.0, 0, 0, ("linear", "relu"))
    small, activation = restored(deployed(outcome, (0.0, 1.0)))
    assert small.sizes == thin.sizes == (10, 2, 8, 3)
    expected = forward(thin, x, outcome.activation)
    np.testing.assert_allclose(forward(small, x, activation), expected, atol=1e-5)


@pytest.mark.parametrize(("n", "m"), [(2, 4), (1, 4), (1, 3), (3, 5)])
def test_n_of_m_weights_go_without_the_others(n, m):
    mlp, x = network()  # 10 inputs: the last group is smaller
    masks = n_of_m([abs(w) for w in mlp.weights], n, m)
    outcome = Outcome(masked(mlp, masks), masks, 0.0, 0, 0)
    arrays = deployed(outcome, (0.0, 1.0), m)
    again, activation = restored(arrays)
    for w, whole in zip(again.weights, outcome.mlp.weights, strict=True):
        np.testing.assert_array_equal(w, whole)
    np.testing.assert_allclose(forward(again, x, activation), forward(outcome.mlp, x), atol=1e-5)
    if (n, m) == (2, 4):  # half of the values, and two bits for the place of each
        groups = sum(-(-a // 4) * b for a, b in ((10, 8), (8, 6), (6, 3)))
        bits = [-(-a // 4) * 2 * b * 2 for a, b in ((10, 8), (8, 6), (6, 3))]
        assert size(arrays) == 4 * 2 * groups + sum(-(-b // 8) for b in bits)
