import dataclasses

import numpy as np
import pytest

from tests import genomes
from wann.core.genome import (
    CONNECTION,
    Genome,
    GenomeError,
    Genomes,
    together,
    validate,
    with_genes,
)

# 2 inputs and 1 output: bias 0, inputs 1 and 2, output 3, hidden from 4 on.
HIDDEN = [(4, "tanh"), (6, "relu")]
CONNECTIONS = [(1, 4), (4, 3), (0, 6, False), (6, 4), (2, 3)]


def test_a_valid_genome():
    genome = genomes.genome(2, 1, HIDDEN, CONNECTIONS)
    validate(genome)
    assert genome.first_hidden == 4
    validate(genomes.genome(2, 1))


BROKEN = {
    "expected at least one input and one output, got 0 and 1": (0, 1, [], []),
    "expected at least one input and one output, got 1 and 0": (1, 0, [], []),
    "hidden nodes: an id stands twice or out of order": (2, 1, [(5, "sin"), (4, "sin")], []),
    "hidden nodes: an id stands twice": (2, 1, [(4, "sin"), (4, "tanh")], []),
    "hidden node 3: ids below 4 belong to bias, inputs": (2, 1, [(3, "sin")], []),
    "connections: an innovation number stands twice or out of order": (
        *(2, 1, []),
        [(1, 3, True, 7), (2, 3, True, 7)],
    ),
    "connections: an innovation number stands twice or out": (
        *(2, 1, []),
        [(1, 3, True, 7), (2, 3, True, 6)],
    ),
    "connection 9 -> 3: node 9 does not exist": (2, 1, [], [(9, 3)]),
    "connection 1 -> 5: node 5 does not exist": (2, 1, [(4, "sin")], [(1, 5)]),
    "connection -1 -> 3: node -1 does not exist": (2, 1, [], [(-1, 3)]),
    "connection 3 -> 4: node 3 cannot be a source": (2, 1, [(4, "sin")], [(3, 4)]),
    "connection 1 -> 2: node 2 cannot be a target": (2, 1, [], [(1, 2)]),
    "connection 1 -> 0: node 0 cannot be a target": (2, 1, [], [(1, 0)]),
    "connection 1 -> 3 stands twice": (2, 1, [], [(1, 3), (2, 3), (1, 3, False)]),
    "the connections form a cycle: 4 -> back to the start": (2, 1, [(4, "sin")], [(4, 4)]),
    "the connections form a cycle: (4 -> 6|6 -> 4) -> back to the start": (
        *(2, 1, HIDDEN),
        [(4, 6), (6, 4, False), (6, 3)],
    ),
}


@pytest.mark.parametrize("message", BROKEN)
def test_broken_genomes(message):
    with pytest.raises(GenomeError, match=message):
        validate(genomes.genome(*BROKEN[message]))


def test_unknown_activations():
    genome = genomes.genome(2, 1, [(4, "cos")], [])
    hidden = genome.hidden.copy()
    hidden["activation"] = 10
    with pytest.raises(GenomeError, match="node 4: unknown activation number 10"):
        validate(Genome(2, 1, hidden, genome.connections))


def test_genomes_are_values():
    genome = genomes.genome(2, 1, HIDDEN, CONNECTIONS)
    assert genome == genomes.genome(2, 1, HIDDEN, CONNECTIONS)
    assert genome != genomes.genome(2, 1, HIDDEN, CONNECTIONS[:-1])
    assert genome != genomes.genome(2, 1, [(4, "tanh"), (6, "abs")], CONNECTIONS)
    assert genome != genomes.genome(2, 2, HIDDEN, CONNECTIONS)
    assert genome != "genome"
    with pytest.raises(dataclasses.FrozenInstanceError):
        genome.inputs = 3
    for array in (genome.hidden, genome.connections):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_with_genes_sorts():
    shuffled = np.array([(2, 3, 9, True), (1, 3, 4, False)], CONNECTION)
    hidden = genomes.genome(2, 1, HIDDEN, []).hidden
    genome = with_genes(genomes.genome(2, 1), hidden[::-1], shuffled)
    assert genome.hidden["id"].tolist() == [4, 6]
    assert genome.connections.tolist() == [(1, 3, 4, False), (2, 3, 9, True)]


def test_genomes_of_a_pool_are_made_when_asked_for():
    family = [genomes.grown(seed, 5 * seed, 3, 2) for seed in range(5)]
    pool = together(family).pool
    apart = Genomes(pool, (), [None] * 5)
    assert apart.made(2) is None
    assert list(apart) == apart[:] == family
    assert apart[-1] == family[-1]
    assert apart[2] is apart[2] is apart.made(2)
    assert not np.shares_memory(apart[2].connections, pool.connections)
    with pytest.raises(IndexError):
        apart[5]
