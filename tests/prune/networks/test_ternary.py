"""A network of ternary weights as a topology: the same outputs, times the weight's fourth power."""

import numpy as np
import pytest

from wann.core import invariance
from wann.core.kernels.activations import ABS, RELU
from wann.core.network import express
from wann.prune.networks.ternary import layered

KINDS = np.array([ABS, RELU, ABS, RELU], np.uint8)


def random(seed, inputs=5, outputs=3):
    rng = np.random.default_rng(seed)
    first = rng.integers(-1, 2, (1 + inputs, len(KINDS)))
    return first, rng.integers(-1, 2, (len(KINDS), outputs)), rng


@pytest.mark.parametrize("weight", [1.0, -1.0, 0.3, -1.7])
@pytest.mark.parametrize("seed", range(5))
def test_the_topology_does_what_the_weights_do(seed, weight):
    first, second, rng = random(seed)
    x = rng.normal(size=(7, 5))
    sums = np.column_stack((np.ones(7), x)) @ first
    hidden = np.where(KINDS == ABS, abs(sums), np.maximum(sums, 0))
    network = express(layered(first, second, KINDS))
    np.testing.assert_allclose(network.forward(x, weight), weight**4 * (hidden @ second))


def test_its_class_is_the_same_for_any_weight_by_construction():
    first, second, _ = random(0)
    genome = layered(first, second, KINDS)
    assert invariance.layered(genome)
    assert invariance.any_weight(genome)


def test_each_sign_is_a_connection_and_each_sum_that_is_needed_a_node():
    first = np.array([[0, 0, 0], [1, 0, 1], [-1, 0, 1], [1, 1, 0]])
    second = np.array([[1], [1], [0]])  # the third hidden node leads nowhere
    genome = layered(first, second, KINDS[:3])
    # 1 + 2 of the first node by its linear and its inverse node, 1 of the second by its linear one,
    # these three to the hidden nodes, two to the linear node of the output, and one from it.
    assert express(genome).complexity == len(genome.connections) == 3 + 1 + 3 + 2 + 1
    assert len(genome.hidden) == 3 + 2 + 1


def test_a_network_without_a_path_has_no_connections():
    nothing = np.zeros((4, 2), int)
    assert express(layered(nothing, np.ones((2, 2), int), KINDS[:2])).complexity == 0
