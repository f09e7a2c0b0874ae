import numpy as np
import pytest

from tests import genomes
from tests.genomes import genome
from wann.core.kernels.action import act
from wann.core.network import express
from wann.evaluation.engine.lanes import Lanes

NETWORKS = [express(each) for each in genomes.population(3, 12, 25)]
BOUNDS = (-1.0, -0.5), (0.5, 1.0)


def alone(network, weight, observation, low, high):
    """The outputs and the action of one network."""
    values = np.zeros(len(network.activations))
    values[0] = 1.0
    values[1 : 1 + network.inputs] = observation
    bounds = (None, None) if low is None else (np.array(low), np.array(high))
    best = act(network.graph, *network.strengths(weight), values, *bounds)
    return values[-network.outputs :], best


@pytest.mark.parametrize("bounds", [(None, None), BOUNDS])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_a_lane_does_what_its_network_does_alone(bounds, dtype):
    rng = np.random.default_rng(0)
    weights = np.array([-1.5, 0.3, 2.0])
    lanes = Lanes(NETWORKS, weights, 4, *bounds)
    assert len(lanes) == 12 * 3 * 4
    chosen = rng.permutation(len(lanes))[:70]
    observations = (3 * rng.normal(size=(70, 3))).astype(dtype)
    outputs, best = lanes.act(chosen, observations)
    for i, lane in enumerate(chosen):
        network, weight = NETWORKS[lane // 12], weights[lane // 4 % 3]
        expected, action = alone(network, weight, observations[i], *bounds)
        np.testing.assert_array_equal(outputs[i], expected)
        assert best[i] == action
        clipped = network.forward(observations[i], weight)
        if bounds[0] is not None:
            clipped = np.clip(clipped, *bounds)
        np.testing.assert_array_equal(outputs[i], clipped)


def test_individual_weights():
    rng = np.random.default_rng(1)
    (network,) = [each for each in NETWORKS if each.enabled > 3][:1]
    weights = rng.normal(size=(5, network.enabled))
    lanes = Lanes([network], weights, 2, None, None)
    observations = rng.normal(size=(10, 3))
    outputs, _ = lanes.act(np.arange(10), observations)
    for lane in range(10):
        expected = network.forward(observations[lane], weights[lane // 2])
        np.testing.assert_array_equal(outputs[lane], expected)


def test_individual_weights_of_a_wrong_size():
    with pytest.raises(ValueError, match="individual weights"):
        Lanes(NETWORKS[:1], np.ones((2, NETWORKS[0].enabled + 1)), 1, None, None)


@pytest.mark.parametrize("bounds", [(None, None), BOUNDS])
def test_what_is_not_finite(bounds):
    # The first input feeds nothing, and it still counts; a weight of 1e308 overflows.
    network = express(genome(2, 2, connections=[(2, 3), (2, 4)]))
    lanes = Lanes([network], np.array([1.0, 1e308]), 4, *bounds)
    seen = np.array([[0, 1], [np.nan, 1], [np.inf, 1], [0, np.nan]] * 2, np.float64)
    seen[4:] = [[0, 1], [0, 20], [0, -20], [0, 0]]
    _, best = lanes.act(np.arange(8), seen)
    assert best.tolist() == [0, -1, -1, -1, 0, -1, -1, 0]


def test_first_of_equal_outputs():
    network = express(genome(1, 3, connections=[(1, 3), (1, 4)]))  # the first is always 0
    _, best = Lanes([network], np.ones(1), 3, None, None).act(
        np.arange(3), np.array([[1.0], [0.0], [-1.0]])
    )
    assert best.tolist() == [1, 0, 0]
