import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes
from wann.core.genome import NODE
from wann.core.kernels import graph


def parts(genome):
    return genome.parts


# Bias 0, inputs 1 and 2, output 3; hidden 7 and 9 at places 4 and 5; 9 feeds 7.
GENOME = genomes.genome(
    2, 1, [(7, "tanh"), (9, "abs")], [(1, 9), (9, 7), (7, 3), (0, 7, False), (2, 3)]
)


def test_places():
    ids = np.array([0, 3, 7, 9, 7], np.int32)
    assert graph.indices(4, GENOME.hidden, ids).tolist() == [0, 3, 4, 5, 4]


def test_by_target():
    targets = np.array([2, 0, 2, 1, 2], np.int32)
    offsets, order = graph.by_target(4, targets)
    assert offsets.tolist() == [0, 1, 2, 5, 5]
    assert order.tolist() == [1, 3, 0, 2, 4]


def test_ancestors():
    # 0 <- 1 <- 2, 0 <- 2, 3 <- 4: the sources of node 0 are 1 and 2, of 1 just 2, of 3 just 4.
    offsets, sources = np.array([0, 2, 3, 3, 4, 4], np.int32), np.array([1, 2, 2, 4], np.int32)
    assert graph.topological_order(np.array([0]), offsets, sources).tolist() == [2, 1, 0]
    assert graph.topological_order(np.array([3, 0]), offsets, sources).tolist() == [4, 3, 2, 1, 0]
    assert graph.topological_order(np.array([2, 2]), offsets, sources).tolist() == [2]


def test_hidden_order():
    assert graph.hidden_order(*parts(GENOME)).tolist() == [1, 0]


@given(st.integers(0, 10**6), st.integers(0, 200))
def test_hidden_order_is_topological(seed, mutations):
    """Disabled connections and dead nodes count, too."""
    genome = genomes.grown(seed, mutations, 3, 2)
    order = graph.hidden_order(*parts(genome))
    assert sorted(order.tolist()) == list(range(len(genome.hidden)))
    place = {int(node): i for i, node in enumerate(genome.hidden["id"][order])}
    for source, target, _, _ in genome.connections.tolist():
        if source in place and target in place:
            assert place[source] < place[target]


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 10**6))
def test_places_do_not_depend_on_how_far_apart_ids_lie(seed, count, step):
    """With a table and, where ids lie far apart, without."""
    rng = np.random.default_rng(seed)
    ids = 4 + np.cumsum(rng.integers(1, 1 + step, size=count)).astype(np.int32)
    hidden = np.zeros(count, NODE)
    hidden["id"] = ids
    asked = rng.permutation(np.concatenate((ids, np.arange(4, dtype=np.int32))))
    places = [node if node < 4 else 4 + ids.tolist().index(node) for node in asked.tolist()]
    assert graph.indices(4, hidden, asked).tolist() == places
