import numpy as np
import pytest

from tests import genomes
from wann.core.invariance import LAYERS, NONE, layered, layers_of, scaled_alike
from wann.core.network import express

# Outputs 3 and 4 of inputs 1 and 2, hidden nodes from 5 on: one in each layer.
CHAIN = [(1, 5), (5, 6), (6, 7), (7, 3)]
LAYERED = {
    "nothing": ([], []),
    "a chain": ([(5, "linear"), (6, "relu"), (7, "inverse")], CHAIN),
    "any function in an even layer": ([(5, "linear"), (6, "sin"), (7, "inverse")], CHAIN),
    "a node without sources": ([(5, "tanh"), (6, "linear")], [(5, 6), (6, 3)]),
    "a node that leads nowhere": (
        [(5, "linear"), (6, "relu"), (7, "inverse"), (8, "step")],
        [*CHAIN, (1, 8)],
    ),
}
OTHERS = {
    "a path of one": ([], [(1, 3)]),
    "a path of five": (
        [(5, "linear"), (6, "relu"), (7, "linear"), (8, "relu")],
        [(1, 5), (5, 6), (6, 7), (7, 8), (8, 3)],
    ),
    "a skip": ([(5, "linear"), (6, "relu"), (7, "linear")], [*CHAIN, (1, 6)]),
    "a disabled skip": ([(5, "linear"), (6, "relu"), (7, "linear")], [*CHAIN, (5, 7, False)]),
    "a curve in an odd layer": ([(5, "linear"), (6, "relu"), (7, "abs")], CHAIN),
    "one node at two depths": (
        [(5, "linear"), (6, "relu"), (7, "linear")],
        [*CHAIN, (5, 4)],
    ),
}


@pytest.mark.parametrize("case", LAYERED)
def test_layered(case):
    assert layered(genomes.genome(2, 2, *LAYERED[case]))


@pytest.mark.parametrize("case", OTHERS)
def test_not_layered(case):
    assert not layered(genomes.genome(2, 2, *OTHERS[case]))


def test_layers_of():
    genome = genomes.genome(2, 2, *LAYERED["a node that leads nowhere"])
    assert layers_of(genome).tolist() == [0, 0, 0, LAYERS, LAYERS, 1, 2, 3, NONE]


# What scales as w at output 3, w² at 4.
SCALED = {
    "nothing": ([], []),
    "one connection": ([], [(1, 3), (2, 4), (0, 4)]),
    "a chain": LAYERED["a chain"],
    "no power in common is needed for a zero": ([(5, "relu")], [(1, 3), (5, 3)]),
    "any homogeneous function at any depth": ([(5, "abs"), (6, "relu")], [(1, 5), (5, 6), (6, 3)]),
}
NOT_SCALED = {
    "two powers at two outputs": ([(5, "relu")], [(1, 3), (2, 5), (5, 4)]),
    "two powers at one output": ([(5, "relu")], [(1, 3), (2, 5), (5, 3)]),
    "tanh": ([(5, "tanh")], [(1, 5), (5, 3)]),
    "a constant": ([(5, "cos")], [(5, 3)]),
}


def outputs(genome, weight):
    rng = np.random.default_rng(0)
    return express(genome).forward(rng.normal(size=(20, genome.inputs)), weight)


@pytest.mark.parametrize("case", SCALED)
def test_outputs_that_are_scaled_alike(case):
    genome = genomes.genome(2, 2, *SCALED[case])
    assert scaled_alike(genome)
    one = outputs(genome, 1.0)
    for weight in (0.1, 2.0):
        ratios = (outputs(genome, weight) / np.where(one == 0, np.nan, one)).ravel()
        ratios = ratios[np.isfinite(ratios)]
        np.testing.assert_allclose(ratios, ratios[:1].repeat(len(ratios)))


@pytest.mark.parametrize("case", NOT_SCALED)
def test_outputs_that_are_not(case):
    assert not scaled_alike(genomes.genome(2, 2, *NOT_SCALED[case]))
