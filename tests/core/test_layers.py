import numpy as np
import pytest

from tests.genomes import genome, grown
from wann.core.layers import depths, drawn_layers, heights, layers
from wann.core.network import express

CHAIN = genome(  # 1 -> 4 -> 5 -> 3, and 2 -> 6 -> 3, where 2 and 3 are not joined directly
    2,
    1,
    [(4, "tanh"), (5, "sin"), (6, "tanh")],
    [(1, 4), (4, 5), (5, 3), (2, 6), (6, 3)],
)


def layers_by_id(network):
    return dict(zip(network.ids.tolist(), drawn_layers(network).tolist(), strict=True))


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
    found = drawn_layers(network)
    for node in range(len(found)):
        for source in network.sources[network.offsets[node] : network.offsets[node + 1]]:
            assert found[source] < found[node]
    assert set(found.tolist()) == set(range(found.max() + 1))
    assert set(found[-2:].tolist()) == {found.max()}


def longest(network, start):
    """The length of the longest path from a node to each node that it leads to, by recursion."""
    lengths = {start: 0}
    for node in range(start + 1, len(network.ids)):
        sources = network.sources[network.offsets[node] : network.offsets[node + 1]].tolist()
        if found := [lengths[source] for source in sources if source in lengths]:
            lengths[node] = 1 + max(found)
    return lengths


@pytest.mark.parametrize("seed", range(20))
def test_depths_and_heights_are_the_lengths_of_longest_paths(seed):
    network = express(grown(seed, 150, 3, 2))
    first, nodes = 1 + network.inputs, len(network.ids)
    paths = [longest(network, node) for node in range(nodes)]
    lonely = [node for node in range(first, nodes) if not np.diff(network.offsets)[node]]
    for node in range(nodes):
        from_inputs = [paths[source].get(node, 0) for source in range(first)]
        from_lonely = [1 + paths[source][node] for source in lonely if node in paths[source]]
        assert depths(network)[node] == max(from_inputs + from_lonely)
        outputs = range(nodes - network.outputs, nodes)
        assert heights(network)[node] == max(paths[node].get(output, 0) for output in outputs)


@pytest.mark.parametrize("seed", range(20))
def test_layers_hold_each_node_once_after_its_sources(seed):
    network = express(grown(seed, 150, 3, 2))
    found = layers(network)
    assert sorted(np.concatenate(found)) == list(range(4, len(network.ids)))
    for depth, nodes in enumerate(found, 1):
        assert (depths(network)[nodes] == depth).all()
        keys = list(zip(network.activations[nodes].tolist(), nodes.tolist(), strict=True))
        assert keys == sorted(keys)
