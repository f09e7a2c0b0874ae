"""A pruned network without what is dead, and as a model."""

from itertools import pairwise

import numpy as np
import pytest

import wann
from tests.naive.pruning import outputs as naive_outputs
from wann.core.genome import validate
from wann.envs.classification import ClassificationTask
from wann.prune.masks.selection import kept
from wann.prune.networks.mlp import MLP, forward, glorot_normal, masked
from wann.prune.networks.model import signs, simplified, to_model

SIZES = (6, 5, 4, 3)


def network(seed, share=0.3):
    rng = np.random.default_rng(seed)
    shapes = list(pairwise(SIZES))
    mlp = MLP(
        tuple(rng.normal(size=shape) for shape in shapes),
        tuple(rng.normal(size=b) * (rng.random(b) < 0.7) for _, b in shapes),
    )
    return mlp, tuple(rng.random(shape) < share for shape in shapes)


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(0)
    return ClassificationTask(rng.random((30, 6)), np.arange(30) % 3)


def places(masks):
    return {
        (layer, int(a), int(b))
        for layer, mask in enumerate(masks)
        for a, b in zip(*np.nonzero(mask), strict=True)
    }


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("seed", range(10))
def test_the_model_computes_the_same(task, seed, activation):
    mlp, masks = network(seed, 0.2 + 0.03 * seed)
    model = to_model(mlp, masks, task, activation=activation)
    validate(model.genome)
    for x in np.random.default_rng(seed).normal(size=(5, 6)):
        expected = naive_outputs(mlp.weights, mlp.biases, masks, x, activation)
        np.testing.assert_allclose(model.forward(x), expected, atol=1e-12)
        found = forward(masked(mlp, masks), x[None], activation)[0]
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_complexity_counts_effective_weights_and_biases(task, seed):
    mlp, masks = network(seed)
    live, alive = simplified(mlp, masks)
    model = to_model(mlp, masks, task)
    biases = sum(np.count_nonzero(b) for b in live.biases)
    assert model.network.complexity == model.network.enabled == kept(alive) + biases


def test_a_constant_node_becomes_a_bias(task):
    first, second = np.zeros((6, 2)), np.array([[2.0, 0, 0], [3.0, 0, 0]])
    mlp = MLP((first, second), (np.array([1.5, -1.0]), np.array([0.25, 0, 0])))
    masks = (np.zeros((6, 2), bool), np.ones((2, 3), bool))
    live, alive = simplified(mlp, masks)
    assert kept(alive) == 0
    np.testing.assert_array_equal(live.biases[1], [3.25, 0, 0])  # 0.25 + 2 relu(1.5)
    assert to_model(mlp, masks, task).network.complexity == 1


def test_normalisation_goes_into_the_weights(task):
    mlp, masks = network(3, 0.6)
    model = to_model(mlp, masks, task, normalisation=(0.1307, 0.3081))
    x = np.random.default_rng(1).random((4, 6))
    expected = forward(masked(mlp, masks), (x - 0.1307) / 0.3081)
    np.testing.assert_allclose(model.forward(x), expected, atol=1e-12)


def test_it_is_read_again_as_it_was_written(task, tmp_path):
    mlp, masks = network(5, 0.6)
    model = to_model(mlp, masks, task, scores={"test": 0.5})
    model.save(tmp_path / "n.json")
    again = wann.load(tmp_path / "n.json")
    assert again.genome == model.genome
    np.testing.assert_array_equal(again.weights, model.weights)
    assert again.scores == {"test": 0.5}


def test_the_first_signs_stand_beside_the_connections(task):
    rng = np.random.default_rng(5)
    sizes = (len(task.inputs), 6, len(task.outputs))
    first = glorot_normal(sizes, rng)
    masks = tuple(rng.random(w.shape) < 0.3 for w in first.weights)
    biases = tuple(rng.normal(size=len(b)) for b in first.biases)
    trained = MLP(tuple(rng.normal(size=w.shape) for w in first.weights), biases)
    model = to_model(trained, masks, task, search={"seed": 3}, first=first)
    beginning = to_model(MLP(first.weights, trained.biases), masks, task)
    biased = model.genome.connections["source"] == 0
    expected = np.where(biased, "0", np.where(beginning.weights > 0, "+", "-"))
    assert model.search.pop("initial_weights") == np.where(biased, 0, beginning.weights).tolist()
    assert model.search.pop("normalisation") == [0.0, 1.0]
    assert model.search == {"seed": 3, "initial_signs": "".join(expected)}
    assert signs(np.array([0.0, -0.1, 2])) == "0-+"
