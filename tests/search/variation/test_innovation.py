import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes
from wann.search.variation.innovation import Innovations


def test_the_same_connection_has_one_number():
    innovations = Innovations(2, 1)
    assert innovations.connection(1, 3) == 0
    assert innovations.connection(2, 3) == 1
    assert innovations.connection(1, 3) == 0
    assert innovations.connection(3, 1) == 2


def test_the_same_split_has_one_node():
    innovations = Innovations(2, 1)
    assert innovations.node(0, ()) == 4
    assert innovations.node(1, ()) == 5
    assert innovations.node(0, ()) == 4


def test_a_connection_split_again_gets_another_node():
    innovations = Innovations(2, 1)
    assert innovations.node(0, ()) == 4
    assert innovations.node(0, [4]) == 5
    assert innovations.node(0, [4, 5]) == 6
    assert innovations.node(0, [4]) == 5
    assert innovations.node(0, ()) == 4


def test_forgotten_genes_get_new_numbers():
    innovations = Innovations(2, 1)
    kept = [(1, 3, True, innovations.connection(1, 3)), (2, 3, True, innovations.connection(2, 3))]
    gone = innovations.connection(0, 3)
    node, gone_node = innovations.node(0, ()), innovations.node(1, ())
    innovations.keep([genomes.genome(2, 1, [(node, "sin")], kept), genomes.genome(2, 1)])
    assert innovations.connection(1, 3) == 0
    assert innovations.node(0, ()) == node
    assert innovations.connection(0, 3) > gone
    assert innovations.node(1, ()) > gone_node


def test_forgetting_bounds_the_tables():
    innovations = Innovations(3, 1)
    population = [genomes.grown(i, 20, 3, 1, innovations=innovations) for i in range(20)]
    innovations.keep(population[:2])
    arrays = innovations.to_arrays()
    held = np.concatenate([g.connections["innovation"] for g in population[:2]])
    assert len(arrays["connections"]) == len(np.unique(held))
    assert len(arrays["nodes"]) <= sum(len(g.hidden) for g in population[:2])


@given(st.integers(0, 10**6), st.integers(0, 60), st.booleans())
def test_numbers_agree_across_a_population(seed, mutations, forget):
    """The same pair has the same number, and the same node id splits the same connection."""
    innovations = Innovations(3, 2)
    population = []
    for i in range(6):
        population.append(genomes.grown(seed + i, mutations, 3, 2, innovations=innovations))
        if forget:
            innovations.keep(population)
    numbers = {}
    for genome in population:
        for source, target, innovation, _ in genome.connections.tolist():
            assert numbers.setdefault((source, target), innovation) == innovation
    assert len(set(numbers.values())) == len(numbers)
    if not forget:
        assert all(innovations.connection(*pair) == number for pair, number in numbers.items())


def test_survives_a_checkpoint():
    innovations = Innovations(3, 2)
    population = [genomes.grown(i, 40, 3, 2, innovations=innovations) for i in range(5)]
    restored = Innovations.from_arrays(innovations.to_arrays())
    for table in (innovations, restored):
        table.keep(population[:3])
    for i in range(5):
        assert genomes.grown(i, 60, 3, 2, innovations=innovations) == genomes.grown(
            i, 60, 3, 2, innovations=restored
        )


def test_an_empty_table_survives_a_checkpoint():
    restored = Innovations.from_arrays(Innovations(2, 1).to_arrays())
    assert restored.connection(0, 3) == 0
    assert restored.node(0, ()) == 4
