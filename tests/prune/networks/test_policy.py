import numpy as np
import pytest

from wann import envs
from wann.core.genome import validate
from wann.core.kernels import activations
from wann.core.network import express
from wann.prune.networks import policy

SIZES = (5, 5, 5, 1)


def connections(sizes):
    return len(policy.glorot_normal(sizes, np.random.default_rng(0)))


def layered(mask, weights, sizes, x):
    """The policy as plain matrix products."""
    for i, (m, w) in enumerate(
        zip(policy.split(mask, sizes), policy.split(weights, sizes), strict=True)
    ):
        x = np.append(1.0, x) @ (w * m)
        x = x if i == len(sizes) - 2 else np.tanh(x)
    return x


def test_the_policy_of_the_paper_has_66_connections():
    assert len(policy.glorot_normal(SIZES, np.random.default_rng(0))) == 66
    genome = policy.genome(np.ones(66, bool), SIZES)
    validate(genome)
    network = express(genome)
    assert network.complexity == 66
    assert set(network.activations[6:-1].tolist()) == {activations.TANH}


def test_split_and_join_are_inverse_and_the_bias_is_the_first_row():
    flat = np.arange(2 * 2 + 3 * 1)
    first, second = policy.split(flat, (1, 2, 1))
    assert first.tolist() == [[0, 1], [2, 3]]
    assert second.tolist() == [[4], [5], [6]]
    assert policy.join([first, second]).tolist() == flat.tolist()
    mask = np.array([1, 0, 1, 1, 1, 1, 0], bool)
    assert policy.biases(mask, (1, 2, 1)) == 2


@pytest.mark.parametrize("sizes", [SIZES, (4, 3, 2), (2, 6, 4, 3, 2)])
def test_the_genome_computes_what_the_matrices_do(sizes):
    rng = np.random.default_rng(0)
    for share in (1.0, 0.7, 0.4):
        mask = policy.alive(rng.random(connections(sizes)) < share, sizes)
        weights = rng.normal(size=len(mask))
        genome = policy.genome(mask, sizes)
        validate(genome)
        network = express(genome)
        assert network.complexity == np.count_nonzero(mask)
        x = rng.normal(size=(7, sizes[0]))
        expected = [layered(mask, weights, sizes, row) for row in x]
        np.testing.assert_allclose(network.forward(x, weights[mask]), expected, atol=1e-12)


def test_what_is_alive_by_hand():
    # 1-2-1: the bias feeds both hidden nodes, the input only the first; the second is a constant.
    mask = np.array([1, 1, 1, 0, 1, 1, 1], bool)
    assert policy.alive(mask, (1, 2, 1)).tolist() == [1, 0, 1, 0, 1, 1, 0]
    # The first hidden node leads nowhere: only the bias of the output is left.
    mask = np.array([1, 0, 1, 0, 1, 0, 0], bool)
    assert policy.alive(mask, (1, 2, 1)).tolist() == [0, 0, 0, 0, 1, 0, 0]


def test_initial_weights_have_the_deviation_of_glorot():
    flat = policy.glorot_normal((300, 200, 1), np.random.default_rng(0))
    first, second = policy.split(flat, (300, 200, 1))
    assert first.std() == pytest.approx(np.sqrt(2 / 500), rel=0.02)
    assert second.std() == pytest.approx(np.sqrt(2 / 201), rel=0.2)


def test_a_model_keeps_the_first_signs_of_what_is_alive():
    task = envs.make("swingup")
    mask = np.zeros(66, bool)
    shapes = policy.split(np.arange(66), SIZES)
    path = [shapes[0][1, 0], shapes[1][1, 0], shapes[2][1, 0]]
    mask[[*path, shapes[0][2, 1]]] = True  # the last leads nowhere
    weights, first = np.arange(66.0), np.ones(66)
    first[path[1]] = -3.0
    model = policy.model(task, SIZES, mask, weights, first)
    assert model.weights.tolist() == [float(i) for i in path]
    assert model.search["initial_signs"] == "+-+"
    assert model.search["initial_weights"] == [1.0, -3.0, 1.0]
    assert model.network.complexity == 3
