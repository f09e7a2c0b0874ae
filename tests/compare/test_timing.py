import numpy as np
import pytest

from tests.genomes import genome, grown
from wann.compare.timing import dense_function, time_inference
from wann.core.network import express


@pytest.mark.parametrize("seed", range(12))
def test_the_dense_products_compute_the_same(seed):
    network = express(grown(seed, 60, inputs=4, outputs=3))
    rng = np.random.default_rng(seed)
    strengths = rng.normal(size=network.complexity) / 2
    weights = np.zeros(network.enabled)
    weights[network.genes] = strengths
    x = rng.normal(size=(9, 4))
    found = dense_function(network, strengths)(x.astype(np.float32))
    assert found.shape == (9, 3)
    np.testing.assert_allclose(found, network.forward(x, weights), atol=2e-3)


def test_a_node_that_only_the_bias_feeds_and_an_output_that_nothing_does():
    network = express(genome(1, 2, [(4, "tanh")], [(0, 4), (4, 2)]))
    found = dense_function(network, np.array([0.5, 2.0]))(np.zeros((3, 1), np.float32))
    np.testing.assert_allclose(found, [[2 * np.tanh(0.5), 0.0]] * 3, rtol=1e-6)


def test_times_are_measured_for_one_observation_and_for_many():
    network = express(grown(0, 200, inputs=8))
    for count in (1, 500):
        times = time_inference(network, np.zeros((count, 8)))
        assert 0 < times.sparse < 1e6
        assert 0 < times.dense < 1e6
