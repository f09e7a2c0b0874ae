from tests.genomes import genome
from wann.core import structure
from wann.core.network import express

CHAIN = genome(  # 1 -> 4 -> 5 -> 3, and 2 -> 6 -> 3, where 2 and 3 are not joined directly
    2,
    1,
    [(4, "tanh"), (5, "sin"), (6, "tanh")],
    [(1, 4), (4, 5), (5, 3), (2, 6), (6, 3)],
)


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
