import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes, naive
from wann.core.network import express, express_all

# 1 input, 1 output: bias 0, input 1, output 2, hidden from 3 on.
#
#   1 -> 3 (tanh) -> 2        0 -> 2
#   1 -> 4 (abs) -> 5 (sin)   ends in 5: dead
#   6 (cos) -> 2              without sources: cos(0) = 1
#   1 -> 7 (relu) -/> 2       disabled: dead
SMALL = genomes.genome(
    *(1, 1),
    [(3, "tanh"), (4, "abs"), (5, "sin"), (6, "cos"), (7, "relu")],
    [(1, 3), (3, 2), (0, 2), (1, 4), (4, 5), (6, 2), (1, 7), (7, 2, False)],
)


def test_values_by_hand():
    network = express(SMALL)
    # 0.5 · (tanh(0.5 · 2) + 1 + 1)
    np.testing.assert_allclose(network.forward([2.0], 0.5), [0.5 * (math.tanh(1.0) + 2.0)])
    np.testing.assert_allclose(network.forward([2.0], -1.0), [-(math.tanh(-2.0) + 2.0)])


def test_dead_paths_are_dropped():
    network = express(SMALL)
    assert network.complexity == 4
    assert network.enabled == 7
    assert network.ids.tolist() == [0, 1, 3, 6, 2]
    assert network.activations.tolist() == [0, 0, 4, 9, 0]
    assert network.offsets.tolist() == [0, 0, 0, 1, 1, 4]
    # The output's sources, in the genome's order: node 3, the bias, node 6.
    assert network.sources.tolist() == [1, 2, 0, 3]
    assert network.genes.tolist() == [0, 1, 2, 5]


def test_individual_weights_by_hand():
    # One for each enabled connection: 1 -> 3, 3 -> 2, 0 -> 2, two dead ones, 6 -> 2, a dead one.
    weights = np.array([0.5, 3.0, 10.0, 7.0, 7.0, 100.0, 7.0])
    values = express(SMALL).forward([2.0], weights)
    np.testing.assert_allclose(values, [3.0 * math.tanh(1.0) + 10.0 + 100.0])


def test_no_connections():
    network = express(genomes.genome(3, 2))
    assert network.complexity == 0
    np.testing.assert_array_equal(network.forward(np.ones(3), 2.0), [0.0, 0.0])
    np.testing.assert_array_equal(network.forward(np.ones(3), np.empty(0)), [0.0, 0.0])


def test_only_disabled_connections():
    network = express(genomes.genome(1, 1, [(3, "cos")], [(1, 3, False), (3, 2, False)]))
    assert network.complexity == network.enabled == 0
    assert network.forward([1.0], 1.0) == 0.0


def test_disabled_connections_carry_nothing():
    """Not in evaluation and not in the count; in the reference they did both."""
    genome = genomes.genome(
        *(1, 1, [(3, "abs"), (4, "abs")]),
        [(1, 3), (3, 4, False), (4, 2), (1, 2)],
    )
    network = express(genome)
    assert network.complexity == 2
    assert network.ids.tolist() == [0, 1, 4, 2]
    np.testing.assert_array_equal(network.forward([3.0], 1.0), [3.0])


def test_shapes():
    network = express(genomes.grown(0, 30, inputs=3, outputs=2))
    x = np.random.default_rng(0).normal(size=(4, 5, 3))
    many = network.forward(x, 0.7)
    assert many.shape == (4, 5, 2)
    np.testing.assert_array_equal(many[1, 2], network.forward(x[1, 2], 0.7))
    np.testing.assert_array_equal(many, network.forward(np.asfortranarray(x), 0.7))
    assert network.forward(np.empty((0, 3)), 0.7).shape == (0, 2)
    assert network.forward(np.ones(3, np.float32), 1).dtype == np.float64


@pytest.mark.parametrize("x", [1.0, np.ones(2), np.ones((3, 4))], ids=["number", "short", "long"])
def test_wrong_inputs(x):
    with pytest.raises(ValueError, match=r"expected inputs of shape \[\.\.\., 3\], got \("):
        express(genomes.genome(3, 1)).forward(x, 1.0)


@pytest.mark.parametrize("weights", [np.ones(6), np.ones((7, 1)), np.ones(1)])
def test_wrong_weights(weights):
    with pytest.raises(ValueError, match=r"expected one shared weight or 7 individual weights"):
        express(SMALL).forward([1.0], weights)


@given(st.integers(0, 10**6), st.integers(0, 300), st.integers(1, 6), st.integers(1, 3))
def test_equals_the_genes_evaluated_one_by_one(seed, mutations, inputs, outputs):
    genome = genomes.grown(seed, mutations, inputs, outputs)
    network = express(genome)
    assert network.complexity == naive.complexity(genome)
    rng = np.random.default_rng(seed)
    individual = rng.normal(0.0, 1.5, network.enabled)
    steps = naive.plan(genome)
    for x in rng.normal(0.0, 2.0, (3, inputs)):
        for weight in (-2.0, -0.5, 1.0, individual):
            values = network.forward(x, weight)
            assert np.isfinite(values).all()
            np.testing.assert_allclose(
                values, naive.outputs(genome, x, weight, steps), rtol=1e-9, atol=1e-9
            )


@given(st.integers(0, 10**6), st.integers(0, 300))
def test_sources_come_first_and_lead_to_an_output(seed, mutations):
    genome = genomes.grown(seed, mutations)
    network = express(genome)
    owners = np.repeat(np.arange(len(network.ids)), np.diff(network.offsets))
    assert (network.sources < owners).all()
    assert set(network.ids[1 + genome.inputs :]) == naive.live_nodes(genome) - set(
        range(1 + genome.inputs)
    )
    # Each connection is the gene it says.
    genes = genome.connections[genome.connections["enabled"]][network.genes]
    np.testing.assert_array_equal(network.ids[network.sources], genes["source"])
    np.testing.assert_array_equal(network.ids[owners], genes["target"])


def test_long_chains():
    """A thousand nodes in a row: no recursion, and finite with the largest weight."""
    chain = [(1, 3), *((i, i + 1) for i in range(3, 1002)), (1002, 2)]
    genome = genomes.genome(1, 1, [(i, "linear") for i in range(3, 1003)], chain)
    assert express(genome).complexity == 1001
    np.testing.assert_array_equal(express(genome).forward([1.0], 2.0), [2.0**1001])


def test_a_generation_at_once_is_each_expressed():
    family = [genomes.grown(seed, 5 * seed, 3, 2) for seed in range(6)]
    for one, other in zip(express_all(family), map(express, family), strict=True):
        assert (one.inputs, one.outputs, one.enabled, one.own) == (3, 2, other.enabled, other.own)
        for name in ("activations", "offsets", "sources", "genes", "ids"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
            assert getattr(one, name).dtype == getattr(other, name).dtype
    assert express_all([]) == []
