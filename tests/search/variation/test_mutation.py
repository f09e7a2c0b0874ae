import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes, naive
from wann.core.genome import validate
from wann.core.kernels import activations
from wann.core.network import express
from wann.search.variation import initial, mutation
from wann.search.variation.crossover import crossover
from wann.search.variation.innovation import Innovations

RELU_TANH = activations.indices(["relu", "tanh"])
NAMES = list(genomes.RATES)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def innovations():
    """A table that starts after the genes of hand-made genomes."""
    none = np.empty((0, 3), np.int64)
    return Innovations.from_arrays(
        {"next": np.array([100, 100]), "connections": none, "nodes": none}
    )


def frozen(genome):
    return genome.hidden.tobytes(), genome.connections.tobytes()


def test_add_connection_finds_every_pair_that_is_left(rng, innovations):
    # Bias 0, inputs 1 and 2, output 3. 4 -> 5 exists, so all but 5 -> 4 may be joined.
    genome = genomes.genome(2, 1, [(4, "sin"), (5, "sin")], [(4, 5), (1, 3)])
    free = {(s, t) for s in (0, 1, 2, 4, 5) for t in (3, 4, 5)} - {
        *((4, 5), (1, 3)),  # there
        *((4, 4), (5, 5), (5, 4)),  # cycles
    }
    found = set()
    for _ in range(300):
        child = mutation.add_connection(genome, rng, innovations)
        assert len(child.connections) == 3
        found |= genomes.pairs(child) - genomes.pairs(genome)
        validate(child)
    assert found == free


def test_add_connection_joins_nodes_of_the_same_depth(rng, innovations):
    """The reference joins only strictly lower to strictly higher layers."""
    genome = genomes.genome(
        *(2, 1, [(4, "sin"), (5, "sin")]),
        [(s, t) for s in range(3) for t in (3, 4, 5)] + [(4, 3), (5, 3)],
    )
    children = [mutation.add_connection(genome, rng, innovations) for _ in range(20)]
    assert {pair for c in children for pair in genomes.pairs(c) - genomes.pairs(genome)} == {
        (4, 5),
        (5, 4),
    }


def test_add_connection_enables_instead_of_doubling(rng, innovations):
    genome = genomes.genome(2, 1, [], [(0, 3, False), (1, 3), (2, 3)])
    child = mutation.add_connection(genome, rng, innovations)
    assert child == genomes.genome(2, 1, [], [(0, 3), (1, 3), (2, 3)])


def test_a_disabled_connection_still_forbids_its_way_back(rng, innovations):
    """Else enabling it later could close a cycle."""
    genome = genomes.genome(
        *(2, 1, [(4, "sin"), (5, "sin")]),
        [(s, t) for s in range(3) for t in (3, 4, 5)] + [(4, 3), (5, 3), (4, 5, False)],
    )
    child = mutation.add_connection(genome, rng, innovations)
    assert genomes.pairs(child) == genomes.pairs(genome)
    assert genomes.pairs(child, enabled=False) == set()


def test_add_connection_gives_up_when_all_are_joined(rng, innovations):
    genome = genomes.genome(2, 1, [], [(0, 3), (1, 3), (2, 3)])
    assert mutation.add_connection(genome, rng, innovations) is None


def test_add_node_by_hand(rng, innovations):
    genome = genomes.genome(2, 1, [], [(1, 3)])
    child = mutation.add_node(genome, rng, innovations, RELU_TANH[:1])
    assert child == genomes.genome(
        2, 1, [(100, "relu")], [(1, 3, False, 0), (1, 100, True, 100), (100, 3, True, 101)]
    )
    validate(child)
    assert mutation.add_node(genome, rng, innovations, RELU_TANH[:1]) == child


def test_add_node_needs_an_enabled_connection(rng, innovations):
    genome = genomes.genome(2, 1, [], [(1, 3, False)])
    assert mutation.add_node(genome, rng, innovations, RELU_TANH) is None


def test_splitting_a_connection_a_second_time(rng, innovations):
    once = mutation.add_node(genomes.genome(2, 1, [], [(1, 3)]), rng, innovations, RELU_TANH)
    again = mutation.enable_connection(once, rng)
    again = mutation.disable_connection(
        mutation.disable_connection(again, np.random.default_rng(1)), np.random.default_rng(1)
    )
    enabled = genomes.pairs(again, enabled=True)
    twice = mutation.add_node(again, rng, innovations, RELU_TANH)
    validate(twice)
    assert len(twice.hidden) == 2
    assert len(enabled) == 1


def test_enable_and_disable(rng):
    genome = genomes.genome(2, 1, [], [(0, 3, False), (1, 3)])
    assert mutation.enable_connection(genome, rng) == genomes.genome(2, 1, [], [(0, 3), (1, 3)])
    disabled = genomes.genome(2, 1, [], [(0, 3, False), (1, 3, False)])
    assert mutation.disable_connection(genome, rng) == disabled
    assert mutation.disable_connection(disabled, rng) is None
    assert mutation.enable_connection(genomes.genome(2, 1, [], [(0, 3)]), rng) is None


def test_change_activation(rng):
    genome = genomes.genome(2, 1, [(4, "relu")], [(1, 4)])
    changed = genomes.genome(2, 1, [(4, "tanh")], [(1, 4)])
    assert mutation.change_activation(genome, rng, RELU_TANH) == changed
    assert mutation.change_activation(genome, rng, RELU_TANH[:1]) is None
    assert mutation.change_activation(genomes.genome(2, 1), rng, RELU_TANH) is None


def test_change_activation_chooses_a_node_that_can_change(rng):
    genome = genomes.genome(2, 1, [(4, "relu"), (5, "tanh"), (6, "relu")], [])
    for _ in range(20):
        child = mutation.change_activation(genome, rng, RELU_TANH[:1])
        assert child == genomes.genome(2, 1, [(4, "relu"), (5, "relu"), (6, "relu")], [])


def test_mutations_come_at_their_rates(rng):
    genome = genomes.genome(
        2, 1, [(4, "relu")], [(1, 4), (4, 3), (1, 3, False), (0, 3), (2, 3, False)]
    )
    counts = dict.fromkeys(("activation", "node", "enabled", "disabled"), 0)
    rates = {"change_activation": 6, "add_node": 3, "enable_connection": 1, "disable_connection": 2}
    for _ in range(2400):
        child = mutation.mutate(genome, rng, Innovations(2, 1), RELU_TANH, rates)
        if len(child.hidden) == 2:
            counts["node"] += 1
        elif child.hidden["activation"][0] != genome.hidden["activation"][0]:
            counts["activation"] += 1
        else:
            change = child.connections["enabled"].sum() - genome.connections["enabled"].sum()
            counts["enabled" if change > 0 else "disabled"] += 1
    expected = {"activation": 1200, "node": 600, "enabled": 200, "disabled": 400}
    assert counts == pytest.approx(expected, abs=80)


def test_a_mutation_that_cannot_act_gives_way(rng):
    """In the reference half of the first children are clones of their parents."""
    parent = initial.thinned(initial.direct(2, 1, Innovations(2, 1)), 1.0, rng)
    rates = {"change_activation": 0.99, "enable_connection": 0.009, "add_node": 0.001}
    for _ in range(20):
        child = mutation.mutate(parent, rng, Innovations(2, 1), RELU_TANH, rates)
        assert len(child.hidden) == 1


def test_nothing_can_change(rng):
    parent = genomes.genome(2, 1, [], [(0, 3), (1, 3), (2, 3)])
    rates = {"change_activation": 1.0, "add_connection": 1.0, "enable_connection": 1.0}
    assert mutation.mutate(parent, rng, Innovations(2, 1), RELU_TANH, rates) is parent


@given(
    seed=st.integers(0, 10**6),
    mutations=st.integers(50, 400),
    sizes=st.sampled_from([(1, 1), (2, 1), (5, 3)]),
    rates=st.fixed_dictionaries({name: st.floats(0.01, 1.0) for name in NAMES}),
    probability=st.floats(0.0, 1.0),
)
def test_long_chains_keep_every_rule(seed, mutations, sizes, rates, probability):
    """Mutations and crossovers in a family of three, which share their innovations."""
    rng = np.random.default_rng(seed)
    innovations = Innovations(*sizes)
    whole = initial.direct(*sizes, innovations)
    family = [initial.thinned(whole, probability, rng) for _ in range(3)]
    for _ in range(mutations):
        first, second, replaced = rng.integers(3, size=3)
        parent = family[first]
        if rng.random() < 0.2:
            before = frozen(parent), frozen(family[second])
            parent = crossover(parent, family[second], rng)
            assert (frozen(family[first]), frozen(family[second])) == before
        before = frozen(parent)
        child = mutation.mutate(parent, rng, innovations, genomes.ALL_ACTIVATIONS, rates)
        assert frozen(parent) == before
        assert child != parent
        family[replaced] = child
    x = rng.normal(size=sizes[0])
    for genome in family:
        validate(genome)
        assert naive.is_acyclic(genome)
        network = express(genome)
        assert network.complexity == naive.complexity(genome)
        for weight in (-2.0, 2.0):
            values = network.forward(x, weight)
            assert np.isfinite(values).all()
            expected = naive.outputs(genome, x, weight)
            np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 10**6), mutations=st.integers(0, 100))
def test_each_operator_changes_one_thing(name, seed, mutations):
    innovations = Innovations(3, 2)
    parent = genomes.grown(seed, mutations, 3, 2, innovations=innovations)
    before = frozen(parent)
    child = mutation.mutate(
        parent, np.random.default_rng(seed), innovations, genomes.ALL_ACTIVATIONS, {name: 1.0}
    )
    assert frozen(parent) == before
    validate(child)
    if child is parent:
        return
    assert child != parent
    new_nodes = len(child.hidden) - len(parent.hidden)
    new_pairs = len(child.connections) - len(parent.connections)
    flips = (
        len(genomes.pairs(child, enabled=True) ^ genomes.pairs(parent, enabled=True)) - new_pairs
    )
    assert (new_nodes, new_pairs, flips) in {
        "add_connection": {(0, 1, 0), (0, 0, 1)},
        "add_node": {(1, 2, 1)},
        "enable_connection": {(0, 0, 1)},
        "disable_connection": {(0, 0, 1)},
        "change_activation": {(0, 0, 0)},
    }[name]
