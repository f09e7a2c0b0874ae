import pytest

from tests.genomes import genome, grown
from wann.core import structure
from wann.core.network import express

CHAIN = genome(  # 1 -> 4 -> 5 -> 3, and 2 -> 6 -> 3, where 2 and 3 are not joined directly
    2,
    1,
    [(4, "tanh"), (5, "sin"), (6, "tanh")],
    [(1, 4), (4, 5), (5, 3), (2, 6), (6, 3)],
)


def layers_by_id(network):
    return dict(zip(network.ids.tolist(), structure.layers_of(network).tolist(), strict=True))


def test_layers_are_longest_paths():
    assert layers_by_id(express(CHAIN)) == {0: 0, 1: 0, 2: 0, 4: 1, 5: 2, 6: 1, 3: 3}


def test_nodes_with_more_targets_than_sources_move_right():
    late = genome(
        2,
        1,
        [(4, "tanh"), (5, "sin"), (6, "relu"), (7, "abs")],
        [(1, 4), (4, 5), (5, 6), (6, 3), (2, 7), (7, 6), (7, 3)],
    )
    assert layers_by_id(express(late))[7] == 2


def test_without_connections_there_are_two_layers():
    assert layers_by_id(express(genome(2, 1))) == {0: 0, 1: 0, 2: 0, 3: 1}


def test_a_hidden_node_without_sources_is_not_among_the_inputs():
    lonely = genome(1, 1, [(3, "cos")], [(3, 2), (1, 3, False)])
    assert layers_by_id(express(lonely)) == {0: 0, 1: 0, 3: 1, 2: 2}


@pytest.mark.parametrize("seed", range(20))
def test_every_connection_leads_to_a_later_layer(seed):
    network = express(grown(seed, 150, 3, 2))
    layers = structure.layers_of(network)
    for node in range(len(layers)):
        for source in network.sources[network.offsets[node] : network.offsets[node + 1]]:
            assert layers[source] < layers[node]
    assert set(layers.tolist()) == set(range(layers.max() + 1))
    assert set(layers[-2:].tolist()) == {layers.max()}


def test_activations_are_those_of_live_hidden_nodes():
    dead = genome(1, 1, [(3, "relu"), (4, "abs")], [(1, 3), (3, 2), (1, 4)])
    assert structure.activations_of(express(dead)) == ["relu"]
    assert structure.activations_of(express(CHAIN)) == ["sin", "tanh"]


def test_what_is_new():
    before = express(genome(2, 1, [(4, "tanh")], [(1, 4), (4, 3), (2, 3)]))
    after = express(genome(2, 1, [(4, "sin"), (5, "abs")], [(1, 4), (4, 3), (2, 5), (5, 3)]))
    new = dict(zip(structure.pairs_of(after), structure.new_since(after, before), strict=True))
    assert new == {(1, 4): False, (4, 3): False, (2, 5): True, (5, 3): True}
    assert {int(after.ids[n]) for n in structure.changed_since(after, before)} == {4, 5}
    assert structure.changed_since(before, before) == []
