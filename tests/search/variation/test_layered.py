import numpy as np
import pytest

from tests import genomes
from wann.core.genome import validate
from wann.core.invariance import LAYERS, layered, layers_of, scaled_alike
from wann.core.kernels.activations import indices
from wann.core.network import express
from wann.core.symmetry import symmetric
from wann.search.variation import initial, mutation
from wann.search.variation import layered as operators
from wann.search.variation.innovation import Innovations

KINDS = indices(["linear", "inverse", "abs", "relu"])


def start(rng, innovations):
    return initial.thinned(initial.layered(5, 2, LAYERS, innovations), 0.5, rng)


def test_a_new_node_joins_three_layers():
    rng, innovations = np.random.default_rng(0), Innovations(5, 2)
    genome = start(rng, innovations)
    found = set()
    for _ in range(100):
        child = operators.add_node(genome, rng, innovations, KINDS[2:])
        validate(child)
        assert layered(child)
        (node,) = set(child.hidden["id"]) - set(genome.hidden["id"])
        layer = layers_of(child)[genome.first_hidden + list(child.hidden["id"]).index(node)]
        kind = int(child.hidden["activation"][child.hidden["id"] == node][0])
        assert kind in (KINDS[:2] if layer % 2 else KINDS[2:])
        found.add(int(layer))
    assert found == {1, 2, 3}


@pytest.mark.parametrize("seed", range(5))
def test_random_mutations_keep_layers(seed):
    rng, innovations = np.random.default_rng(seed), Innovations(5, 2)
    genome = start(rng, innovations)
    for _ in range(150):
        child = mutation.mutate(
            genome, rng, innovations, KINDS, genomes.RATES, keep_symmetric=True, keep_layered=True
        )
        assert child != genome
        genome = child
    validate(genome)
    assert layered(genome)
    assert symmetric(genome)
    assert scaled_alike(genome)
    network = express(genome)
    assert len(set(network.activations.tolist())) > 2
    x = rng.normal(size=(20, 5))
    for weight in (-2.0, 0.3):
        expected = network.forward(x, 1.0) * weight**LAYERS
        np.testing.assert_allclose(network.forward(x, weight), expected, atol=1e-9)
