import dataclasses

import numpy as np
import pytest

import wann
from tests import genomes, naive
from tests.genomes import model_of
from wann.storage.load import load
from wann.storage.model import Model

GENOME = genomes.genome(
    *(2, 1, [(4, "tanh"), (6, "relu")]),
    [(1, 4, True, 3), (4, 3, True, 5), (0, 6, False, 6), (6, 4, True, 8), (2, 3, True, 9)],
)


def test_saving_and_loading(tmp_path):
    path = tmp_path / "champion.json"
    model_of(GENOME, weights=np.array([0.1, 0.2, 0.3, 1 / 3])).save(path)
    for place in (path, str(path), tmp_path):
        model = wann.load(place)
        assert model.genome == GENOME
        assert model.weights.tolist() == [0.1, 0.2, 0.3, 1 / 3]


def test_a_policy_for_continuous_actions():
    model = model_of(GENOME)
    np.testing.assert_array_equal(model([0.1, 0.2], weight=0.5), model.forward([0.1, 0.2], 0.5))
    assert model([0.0, 50.0], weight=2.0).tolist() == [1.0]
    assert model(np.array([[0.0, 50.0], [0.0, -50.0]]), weight=2.0).tolist() == [[1.0], [-1.0]]


def test_bounds_of_each_action(tmp_path):
    action = {"kind": "continuous", "low": [-1.0, 0.0], "high": [1.0, 0.25]}
    found = Model(
        genomes.genome(1, 2, connections=[(1, 2), (1, 3)]), "t", ("x",), ("a", "b"), action
    )
    found.save(tmp_path / "x.json")
    read = load(tmp_path / "x.json")
    assert read.action == action
    np.testing.assert_array_equal(read(np.array([[3.0], [-3.0]]), 1.0), [[1.0, 0.25], [-1.0, 0.0]])


def test_a_policy_for_discrete_actions():
    genome = genomes.genome(1, 3, [], [(1, 2), (0, 3)])
    model = dataclasses.replace(model_of(genome), action={"kind": "discrete"})
    assert model([0.5], weight=1.0) == 1
    assert model([1.0], weight=1.0) == 0  # the first on ties
    assert type(model([1.0], weight=1.0)) is int
    assert model(np.array([[2.0], [0.5], [-1.0]]), weight=1.0).tolist() == [0, 1, 1]


def test_the_models_own_weights():
    with pytest.raises(ValueError, match=r"this network holds no weights: expected weight=\.\.\."):
        model_of(GENOME)([0.1, 0.2])
    shared = model_of(GENOME, weights=0.5)
    np.testing.assert_array_equal(shared([0.1, 0.2]), model_of(GENOME)([0.1, 0.2], weight=0.5))
    individual = np.array([0.5, -1.0, 2.0, 0.25])
    np.testing.assert_allclose(
        model_of(GENOME, weights=individual).forward([0.1, 0.2]),
        naive.outputs(GENOME, [0.1, 0.2], individual),
    )
