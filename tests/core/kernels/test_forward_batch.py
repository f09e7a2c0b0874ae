from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import log_softmax

from tests.naive import images as naive
from wann.core.kernels import forward_batch, log_likelihood
from wann.core.kernels.log_likelihood import LEAST, MOST, PROBABILITY_FLOOR
from wann.core.kernels.vector_math import TILE
from wann.core.network import Network

LIMITS = PROBABILITY_FLOOR, LEAST, MOST
WEIGHTS = np.array([-2, -1, -0.5, 0.5, 1, 2])
CASES = {
    "one image": {"images": 1},
    "a full tile": {"images": TILE},
    "a tile and one": {"images": TILE + 1},
    "many tiles": {"images": 5 * TILE - 7},
    "one weight": {"weights": [0.7]},
    "weight zero": {"weights": [0.0, 1.5]},
    "no hidden nodes": {"hidden": 0, "connections": 12},
    "no connections": {"hidden": 3, "connections": 0},
    "outputs without sources": {"hidden": 4, "outputs": 6, "connections": 8},
    "one input": {"inputs": 1, "hidden": 6, "connections": 12},
    "one output": {"outputs": 1},
    "many sources a node": {"inputs": 40, "hidden": 3, "outputs": 2, "connections": 120},
}


def make(seed=0, inputs=9, hidden=12, outputs=3, connections=45, images=100, weights=WEIGHTS):
    rng = np.random.default_rng(seed)
    network = naive.random_network(rng, inputs, hidden, outputs, connections)
    X = rng.random((images, inputs)).astype(np.float32)
    return network, X, np.asarray(weights), rng.integers(outputs, size=images)


def transposed(X):
    return np.ascontiguousarray(X.T)


@pytest.mark.parametrize("case", CASES)
def test_outputs_equal_the_naive_ones(case):
    network, X, weights, _ = make(**CASES[case])
    result = forward_batch.outputs(network.graph, transposed(X), weights)
    assert result.dtype == np.float32
    assert_close(result, naive.outputs(network, X, weights))


def assert_close(result, expected):
    assert result.shape == expected.shape
    # A chain of nodes with sin(πwx) multiplies rounding errors of float32 many times.
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("seed", range(30))
def test_outputs_equal_the_naive_ones_on_random_networks(seed):
    network, X, weights, _ = make(seed)
    assert_close(
        forward_batch.outputs(network.graph, transposed(X), weights),
        naive.outputs(network, X, weights),
    )


@pytest.mark.parametrize("name", naive.NAMES)
def test_each_activation_equals_its_formula(name):
    rng = np.random.default_rng(3)
    network = naive.random_network(rng, 5, 4, 2, 20, names=(name,))
    X = rng.normal(size=(70, 5)).astype(np.float32)
    assert_close(
        forward_batch.outputs(network.graph, transposed(X), WEIGHTS),
        naive.outputs(network, X, WEIGHTS),
    )


def test_individual_weights_are_strengths():
    network, X, _, labels = make(7)
    strengths = np.random.default_rng(8).normal(size=network.complexity)
    expected = naive.outputs(network, X, [1.0], strengths)
    assert_close(forward_batch.outputs(network.graph, transposed(X), strengths=strengths), expected)
    likelihood, accuracy = forward_batch.scores(
        network.graph, transposed(X), labels, strengths=strengths
    )
    assert likelihood.shape == accuracy.shape == (1,)


def test_two_nodes_by_hand():
    # bias, inputs 1 and 2, hidden 3 = relu(w (1 + x1)), output 4 = w (hidden + x2), output 5 = 0
    network = Network(
        inputs=2,
        outputs=2,
        activations=np.array([0, 0, 0, 8, 0, 0], dtype=np.uint8),
        offsets=np.array([0, 0, 0, 0, 2, 4, 4], dtype=np.int32),
        sources=np.array([0, 1, 3, 2], dtype=np.int32),
        genes=np.arange(4, dtype=np.int32),
        enabled=4,
        ids=np.arange(6, dtype=np.int32),
    )
    images_t = np.array([[2, -3], [0.5, 1]], dtype=np.float32)
    result = forward_batch.outputs(network.graph, images_t, [2, -1])
    assert result.tolist() == [[[13, 2], [0, 0]], [[-0.5, -3], [0, 0]]]
    likelihood, accuracy = forward_batch.scores(network.graph, images_t, np.array([0, 1]), [2, -1])
    expected = naive.scores(result.astype(float), np.array([0, 1]), *LIMITS)[0]
    np.testing.assert_allclose(likelihood, expected, rtol=1e-6)
    assert accuracy.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("case", CASES)
def test_scores_equal_the_naive_ones(case):
    network, X, weights, labels = make(**CASES[case])
    likelihood, accuracy = forward_batch.scores(network.graph, transposed(X), labels, weights)
    logits = forward_batch.outputs(network.graph, transposed(X), weights).astype(np.float64)
    expected = naive.scores(logits, labels, *LIMITS)
    np.testing.assert_allclose(likelihood, expected[0], rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(accuracy, expected[1])


def straight(size):
    """A network whose outputs are its inputs times the weight."""
    return Network(
        inputs=size,
        outputs=size,
        activations=np.zeros(1 + 2 * size, dtype=np.uint8),
        offsets=np.maximum(np.arange(2 * size + 2) - size - 1, 0).astype(np.int32),
        sources=np.arange(1, 1 + size, dtype=np.int32),
        genes=np.arange(size, dtype=np.int32),
        enabled=size,
        ids=np.arange(1 + 2 * size, dtype=np.int32),
    )


def test_the_log_likelihood_is_clipped():
    images_t = np.zeros((2, 201), dtype=np.float32)
    images_t[1] = 1
    images_t[0, 7] = 11
    likelihood, accuracy = forward_batch.scores(straight(2).graph, images_t, np.ones(201, int), [1])
    logits = images_t[None].astype(float)
    expected = naive.scores(logits, np.ones(201, int), *LIMITS)[0]
    without_floor = naive.scores(logits, np.ones(201, int), 0, *LIMITS[1:])[0]
    np.testing.assert_allclose(likelihood, expected, rtol=1e-6)
    assert expected > without_floor + 0.001
    assert accuracy == 200 / 201


def test_the_size_of_the_outputs_does_not_count():
    rng = np.random.default_rng(0)
    images_t = rng.normal(size=(3, 300)).astype(np.float32)
    labels = (images_t + rng.normal(size=(3, 300))).argmax(axis=0)
    likelihood, accuracy = forward_batch.scores(
        straight(3).graph, images_t, labels, [1.0, 1e-3, 1e6, -1.0]
    )
    np.testing.assert_allclose(likelihood[:3], likelihood[0], rtol=1e-5)
    assert abs(likelihood[3] - likelihood[0]) > 0.01
    assert (accuracy[:3] == accuracy[0]).all()


def test_a_plain_softmax_takes_the_outputs_as_they_are():
    rng = np.random.default_rng(0)
    images_t = rng.normal(size=(3, 300)).astype(np.float32)
    labels = (images_t + rng.normal(size=(3, 300))).argmax(axis=0)
    weights = [1.0, 1e-3, -2.0, 1e4]
    likelihood, accuracy = forward_batch.scores(
        straight(3).graph, images_t, labels, weights, calibrated=False
    )
    logits = np.multiply.outer(weights, images_t)
    right = log_softmax(logits, axis=1)[:, labels, np.arange(300)]
    floored = np.maximum(right, np.log(log_likelihood.PROBABILITY_FLOOR))
    np.testing.assert_allclose(likelihood, floored.mean(axis=1), rtol=1e-5)
    assert likelihood[1] == pytest.approx(-np.log(3), abs=0.01)
    assert (right[3] < floored[3]).any()  # which would be -inf in float32
    np.testing.assert_array_equal(
        accuracy, forward_batch.scores(straight(3).graph, images_t, labels, weights)[1]
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("output", [0, 1, 2])
def test_an_output_that_is_not_finite_gives_nan_and_a_miss(bad, output):
    images_t = np.ones((3, 70), dtype=np.float32)
    images_t[1] = 2
    labels = np.ones(70, int)
    images_t[output, 65] = bad
    likelihood, accuracy = forward_batch.scores(straight(3).graph, images_t, labels, [1.0])
    assert np.isnan(likelihood).all()
    assert accuracy == pytest.approx(69 / 70)


def test_a_weight_that_overflows_leaves_the_others_alone():
    images_t = np.ones((3, 10), dtype=np.float32)
    likelihood, _ = forward_batch.scores(
        straight(3).graph, images_t, np.zeros(10, int), [np.inf, 1.0]
    )
    assert np.isnan(likelihood[0])
    assert likelihood[1] == pytest.approx(-np.log(3), rel=1e-6)


def test_ties_go_to_the_first_output():
    images_t = np.ones((3, 5), dtype=np.float32)
    _, accuracy = forward_batch.scores(
        straight(3).graph, images_t, np.array([0, 1, 2, 0, 1]), [1.0]
    )
    assert accuracy == pytest.approx(2 / 5)


def test_results_do_not_depend_on_threads_or_on_other_images():
    network, X, weights, labels = make(5, images=300)
    images_t = transposed(X)
    alone = forward_batch.scores(network.graph, images_t, labels, weights)
    with ThreadPoolExecutor(4) as pool:
        futures = [
            pool.submit(forward_batch.scores, network.graph, images_t, labels, weights)
            for _ in range(50)
        ]
        for future in futures:
            np.testing.assert_array_equal(future.result(), alone)
    together = forward_batch.outputs(network.graph, images_t, weights)
    single = forward_batch.outputs(network.graph, transposed(X[130:131]), weights)
    np.testing.assert_array_equal(single[..., 0], together[..., 130])


def test_read_only_and_transposed_arrays_are_accepted():
    network, X, weights, labels = make(6)
    expected = forward_batch.scores(network.graph, transposed(X), labels, weights)
    for array in (X, weights, labels):
        array.flags.writeable = False
    np.testing.assert_array_equal(
        forward_batch.scores(network.graph, X.T, labels, weights), expected
    )


def test_wrong_shapes_are_named():
    network, X, weights, labels = make()
    with pytest.raises(ValueError, match=r"images of shape \[9, B\].*got \(100, 9\)"):
        forward_batch.outputs(network.graph, X, weights)
    with pytest.raises(ValueError, match="images of shape"):
        forward_batch.outputs(network.graph, np.empty((9, 0)), weights)
    with pytest.raises(ValueError, match=r"weights of shape \[W\], got \(0,\)"):
        forward_batch.outputs(network.graph, X.T, [])
    with pytest.raises(ValueError, match=r"strengths of shape \(45,\), got \(44,\)"):
        forward_batch.outputs(network.graph, X.T, strengths=np.ones(44))
    with pytest.raises(ValueError, match=r"labels of shape \(100,\), got \(99,\)"):
        forward_batch.scores(network.graph, X.T, labels[1:], weights)
    with pytest.raises(ValueError, match="labels that number the network's outputs"):
        forward_batch.scores(network.graph, X.T, labels + 1, weights)
