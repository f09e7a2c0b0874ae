"""Training connection by connection is training with masks."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.prune.images.data import examples_of
from wann.prune.images.training import Trainer, Training
from wann.prune.networks import sparse
from wann.prune.networks.mlp import accuracy, glorot_normal, masked

SIZES = (64, 12, 9, 10)
NAMES = ["relu", "tanh", "linear"]


@pytest.fixture(scope="module")
def data():
    return examples_of(envs.make("digits"))


@pytest.fixture
def start():
    rng = np.random.default_rng(0)
    found = glorot_normal(SIZES, rng)
    return found._replace(biases=tuple(rng.normal(size=b.shape).astype("f4") for b in found.biases))


def some(start, share, seed=1):
    rng = np.random.default_rng(seed)
    return tuple(rng.random(w.shape) < share for w in start.weights)


def trained(monkeypatch, data, start, masks, how, few, **options):
    monkeypatch.setattr(sparse, "FEW", few)
    trainer = Trainer(data, activation=NAMES[:-1])
    return trainer.train(start, masks, how, np.random.default_rng(3), **options)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("some_learn", [False, True])
def test_it_is_the_training_of_the_masked_network(monkeypatch, data, start, optimizer, some_learn):
    masks = some(start, 0.15)
    masks[1][:, 4] = False  # a node without inputs but its bias
    rates = {"adam": 5e-3, "sgd": 0.05}
    how = Training(90, 70, optimizer, rates[optimizer], l2=0.01, choose=False)
    options = {}
    if some_learn:
        options["learns"] = tuple(a & b for a, b in zip(masks, some(start, 0.5, 2), strict=True))
    dense = trained(monkeypatch, data, start, masks, how, -1.0, **options)
    found = trained(monkeypatch, data, start, masks, how, sparse.FEW + 0.2, **options)
    before = masked(start, masks)
    for layer, (a, b) in enumerate(zip(found.mlp.weights, dense.mlp.weights, strict=True)):
        np.testing.assert_allclose(a, b, atol=2e-4)
        assert (a[~masks[layer]] == 0).all()
        if some_learn:
            still = ~options["learns"][layer]
            np.testing.assert_array_equal(a[still], before.weights[layer][still])
    for a, b in zip(found.mlp.biases, dense.mlp.biases, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-4)
    assert np.abs(found.mlp.weights[0] - before.weights[0]).max() > 0.01
    assert found.validation == pytest.approx(accuracy(found.mlp, *data.validation, NAMES[:-1]))
    np.testing.assert_allclose(found.curve, dense.curve, atol=0.012)  # two images of 180


def test_a_shorter_training_is_the_beginning_of_a_longer(monkeypatch, data, start):
    masks, how = some(start, 0.1), Training(12)
    trainer = Trainer(data)
    (short,) = trainer.run(start, masks, how, np.random.default_rng(0), iter([7]))
    first, second = trainer.run(start, masks, how, np.random.default_rng(0), iter([7, 5]))
    np.testing.assert_array_equal(short.weights[1], first.weights[1])
    assert (first.weights[1] != second.weights[1]).any()


def test_there_and_back(data, start):
    masks = some(start, 0.3)
    network = sparse.SparseNetwork(start, masks, NAMES)
    assert len(network.weights) == sum(mask.sum() for mask in masks) + sum(SIZES[1:])
    back, expected = network.mlp(), masked(start, masks)
    for a, b in zip((*back.weights, *back.biases), (*expected.weights, *expected.biases),
                    strict=True):  # fmt: skip
        np.testing.assert_array_equal(a, b)
    found = network.accuracy(*data.validation)
    assert found == pytest.approx(accuracy(expected, *data.validation, NAMES[:-1]))


def test_where_it_pays(start):
    labels, targets = np.zeros(5, int), np.zeros((5, 10), np.float32)
    few, many = some(start, 0.1), some(start, 0.4)
    assert sparse.pays(few, NAMES, labels)
    assert not sparse.pays(many, NAMES, labels)
    assert not sparse.pays(few, NAMES, targets)
    for name in ("convolution", "winners-3"):
        assert not sparse.pays(few, [name, *NAMES[1:]], labels)


def test_only_classes_of_dense_layers_are_trained_so(monkeypatch, data, start):
    """What the dense way alone can train it trains, however few weights are left."""
    trainer = Trainer(data, activation=["winners-3", "relu"])
    masks = some(start, 0.1)
    monkeypatch.setattr(sparse, "run", None)
    how = replace(Training(20), batch=30)
    assert trainer.train(start, masks, how, np.random.default_rng(0)).samples == 600
