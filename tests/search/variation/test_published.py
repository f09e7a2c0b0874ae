import numpy as np
import pytest

from tests import genomes
from wann.core.genome import validate
from wann.core.kernels import activations, graph
from wann.core.network import express
from wann.search.variation import initial, published
from wann.search.variation.innovation import Innovations

RELU_TANH = activations.indices(["relu", "tanh"])
RATES = {
    "change_activation": 0.50,
    "add_node": 0.25,
    "add_connection": 0.20,
    "enable_connection": 0.05,
    "disable_connection": 0.0,
}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def numbers(next_number=100):
    none = np.empty((0, 3), np.int64)
    return Innovations.from_arrays(
        {"next": np.array([next_number] * 2), "connections": none, "nodes": none}
    )


def test_layers_by_hand():
    """Bias 0, inputs 1 and 2, outputs 3 and 4; 5 -> 6 -> 8, of which one is disabled, and 7."""
    genome = genomes.genome(
        *(2, 2, [(5, "sin"), (6, "sin"), (7, "sin"), (8, "sin")]),
        [(1, 5), (5, 6, False), (1, 6), (2, 7), (6, 8), (7, 8), (8, 3), (1, 4)],
    )
    found = graph.layers(2, 2, genome.hidden, genome.connections)
    assert found.tolist() == [0, 0, 0, 4, 4, 1, 2, 1, 3]


def test_without_hidden_nodes_the_outputs_are_layer_one():
    genome = genomes.genome(2, 1, [], [(1, 3)])
    assert graph.layers(2, 1, genome.hidden, genome.connections).tolist() == [0, 0, 0, 1]


def test_new_connections_lead_to_a_later_layer_and_take_up_no_disabled_pair(rng):
    """Nodes 4 and 5 are of one layer, so nothing joins them; 0 -> 3 is there, but disabled."""
    genome = genomes.genome(
        *(2, 1, [(4, "sin"), (5, "sin")]),
        [(0, 3, False), (1, 4), (1, 5), (4, 3), (5, 3)],
    )
    free = {(0, 4), (0, 5), (1, 3), (2, 3), (2, 4), (2, 5)}
    found = set()
    for _ in range(200):
        child = published.add_connection(genome, rng, numbers())
        validate(child)
        found |= genomes.pairs(child) - genomes.pairs(genome)
    assert found == free


def test_the_source_is_drawn_among_the_nodes_and_not_among_the_pairs(rng):
    """The bias lacks one target and input 1 both: each is the source half of the time."""
    genome = genomes.genome(2, 2, [], [(0, 3), (2, 3), (2, 4)])
    children = [published.add_connection(genome, rng, numbers()) for _ in range(1000)]
    sources = [min(genomes.pairs(c) - genomes.pairs(genome))[0] for c in children]
    assert sources.count(0) == pytest.approx(500, abs=60)


def test_where_all_pairs_are_there_nothing_is_added(rng):
    genome = genomes.genome(2, 1, [], [(0, 3, False), (1, 3), (2, 3)])
    assert published.add_connection(genome, rng, numbers()) is None


def test_a_split_always_makes_a_new_id(rng):
    genome, innovations = genomes.genome(2, 1, [], [(1, 3)]), numbers()
    children = [published.add_node(genome, rng, innovations, RELU_TANH[:1]) for _ in range(3)]
    assert [child.hidden["id"].tolist() for child in children] == [[100], [101], [102]]
    assert children[0] == genomes.genome(
        2, 1, [(100, "relu")], [(1, 3, False, 0), (1, 100, True, 100), (100, 3, True, 101)]
    )
    bare = genomes.genome(2, 1, [], [(1, 3, False)])
    assert published.add_node(bare, rng, innovations, RELU_TANH) is None


def test_half_of_the_first_children_are_clones(rng):
    """There is no hidden node whose activation could change."""
    parent = genomes.genome(2, 1, [], [(0, 3), (1, 3, False), (2, 3)])
    children = [
        published.mutate(parent, rng, Innovations(2, 1), RELU_TANH, RATES) for _ in range(2000)
    ]
    clones = sum(child is parent for child in children)
    # No activation to change (0.5), and no pair that is not there already (0.2).
    assert clones == pytest.approx(1400, abs=80)
    assert sum(len(child.hidden) for child in children) == pytest.approx(500, abs=70)
    enabled = [child for child in children if child.connections["enabled"].all()]
    assert len(enabled) == pytest.approx(100, abs=40)


@pytest.mark.parametrize("seed", range(5))
def test_every_enabled_connection_lies_on_a_path(seed):
    """Nothing is ever taken out, so what the paper counts is what is counted here."""
    rng, innovations = np.random.default_rng(seed), Innovations(4, 2)
    genome = initial.undrawn_disabled(initial.direct(4, 2, innovations), 0.5, rng)
    for _ in range(150):
        genome = published.mutate(genome, rng, innovations, genomes.ALL_ACTIVATIONS, RATES)
    validate(genome)
    assert len(genome.hidden) > 10
    assert express(genome).complexity == genome.connections["enabled"].sum()


def test_one_change_at_most(rng):
    innovations = Innovations(3, 2)
    genome = initial.undrawn_disabled(initial.direct(3, 2, innovations), 0.5, rng)
    for _ in range(300):
        child = published.mutate(genome, rng, innovations, RELU_TANH, RATES)
        nodes = len(child.hidden) - len(genome.hidden)
        genes = len(child.connections) - len(genome.connections)
        flips = len(genomes.pairs(child, True) ^ genomes.pairs(genome, True)) - genes
        assert (nodes, genes, flips) in {(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 2, 1)}
        genome = child
