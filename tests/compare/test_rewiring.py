from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.genomes import genome, grown
from wann.compare.rewiring import permuted
from wann.core.layers import drawn_layers
from wann.core.network import express


def edges(network):
    targets = np.repeat(np.arange(len(network.ids)), np.diff(network.offsets))
    return list(zip(network.sources.tolist(), targets.tolist(), strict=True))


@given(st.integers(0, 10_000), st.integers(0, 60))
def test_every_degree_stays_and_nothing_runs_backwards(seed, mutations):
    network = express(grown(seed, mutations))
    other = permuted(network, np.random.default_rng(seed))
    before, after = edges(network), edges(other)
    assert len(set(after)) == len(after) == len(before)
    assert all(source < target for source, target in after)
    for end in (0, 1):
        assert sorted(edge[end] for edge in after) == sorted(edge[end] for edge in before)
    assert other.activations.tolist() == network.activations.tolist()
    assert drawn_layers(other).min() == 0  # it can be put into layers: no cycle


def test_most_edges_change_where_there_is_room():
    changed = []
    for seed in range(10):
        network = express(grown(seed, 120))
        other = permuted(network, np.random.default_rng(seed))
        changed.append(len(set(edges(network)) - set(edges(other))) / network.complexity)
    assert min(changed) > 0.1
    assert np.mean(changed) > 0.4


def test_all_wirings_of_these_degrees_are_equally_likely():
    # Three inputs, three hidden nodes with one source each, which feed the output: the first can
    # have 3 sources, the others 3 each that are left and come before them; the rest go on.
    hidden = [(5 + k, "tanh") for k in range(3)]
    connections = [(1 + k, 5 + k) for k in range(3)] + [(5 + k, 4) for k in range(3)]
    network = express(genome(3, 1, hidden, connections))
    rng = np.random.default_rng(0)
    found = Counter(tuple(permuted(network, rng).sources[:3].tolist()) for _ in range(2700))
    assert len(found) == 27
    assert min(found.values()) > 60
    assert max(found.values()) < 145


def test_a_network_without_a_choice_stays_as_it_is():
    single = express(genome(1, 1, (), [(1, 2)]))
    assert permuted(single, np.random.default_rng(0)) is single
    full = express(genome(2, 1, (), [(0, 3), (1, 3), (2, 3)]))
    assert sorted(edges(permuted(full, np.random.default_rng(0)))) == edges(full)


def test_the_network_given_is_not_changed_and_the_seed_decides():
    network = express(grown(3, 60))
    before = network.sources.tolist()
    a, b = (permuted(network, np.random.default_rng(1)) for _ in range(2))
    assert network.sources.tolist() == before
    assert a.sources.tolist() == b.sources.tolist()
