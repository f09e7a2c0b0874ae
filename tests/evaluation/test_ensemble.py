"""The same network with many shared weights: probabilities and votes."""

import numpy as np

from tests.genomes import genome
from wann.core.kernels.forward_batch import outputs
from wann.core.network import express
from wann.evaluation import ensemble

# Two outputs: 0 is the input, 1 is the bias: class 0 wins where x > 1 (w > 0) or x < 1 (w < 0).
NETWORK = express(genome(1, 2, connections=[(1, 2), (0, 3)]))
IMAGES = np.array([[0.0, 3.0]], np.float32)  # two examples of one feature


def test_votes_count_the_weights_that_choose_a_class():
    weights = np.array([1.0, 2.0, -1.0])
    np.testing.assert_array_equal(
        ensemble.votes(outputs(NETWORK.graph, IMAGES, weights)), [[1, 2], [2, 1]]
    )


def test_probabilities_are_the_mean_softmax():
    got = ensemble.probabilities(outputs(NETWORK.graph, IMAGES, np.array([1.0, -1.0])))
    # x = 0: outputs (0, 1) and (0, -1); by symmetry the mean is a half.
    np.testing.assert_allclose(got[0], [0.5, 0.5], atol=1e-6)
    # One weight: the plain softmax of (3, 1).
    got = ensemble.probabilities(outputs(NETWORK.graph, IMAGES, np.array([1.0])))
    np.testing.assert_allclose(got[1], np.array([np.exp(2), 1]) / (1 + np.exp(2)), atol=1e-6)


def test_no_member_has_weight_0():
    assert np.abs(ensemble.WEIGHTS).min() > 0.05
    assert (ensemble.WEIGHTS.min(), ensemble.WEIGHTS.max()) == (-2, 2)
