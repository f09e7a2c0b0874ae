import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes, naive
from wann.core.genome import NODE
from wann.core.kernels import graph
from wann.search.variation import edit


def parts(genome):
    return genome.inputs, genome.outputs, genome.hidden, genome.connections


# Bias 0, inputs 1 and 2, output 3; hidden 7 and 9 at places 4 and 5; 9 feeds 7.
GENOME = genomes.genome(
    2, 1, [(7, "tanh"), (9, "abs")], [(1, 9), (9, 7), (7, 3), (0, 7, False), (2, 3)]
)


def test_places():
    ids = np.array([0, 3, 7, 9, 7], np.int32)
    assert graph.indices(4, GENOME.hidden, ids).tolist() == [0, 3, 4, 5, 4]


def test_by_target():
    targets = np.array([2, 0, 2, 1, 2], np.int32)
    kept = np.array([True, True, False, True, True])
    offsets, order = graph.by_target(4, targets, kept)
    assert offsets.tolist() == [0, 1, 2, 4, 4]
    assert order.tolist() == [1, 3, 0, 4]


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


def test_a_free_pair_by_hand():
    # Sources are 0, 1, 2, 7, 9 and targets 3, 7, 9: pair number p joins source p % 5 to target
    # p // 5. Number 0 is 0 -> 3, 1 is 1 -> 3, 2 is 2 -> 3 (taken), 5 is 0 -> 7 (disabled).
    assert graph.free_connection(*parts(GENOME), 0, 1) == (0, 3, -1)
    assert graph.free_connection(*parts(GENOME), 2, 1) == (9, 3, -1)
    assert graph.free_connection(*parts(GENOME), 5, 1) == (0, 7, 3)
    # 13 is 7 -> 9, which would close a cycle, 14 is 9 -> 9; then it starts again at 0.
    assert graph.free_connection(*parts(GENOME), 13, 1) == (0, 3, -1)
    assert graph.free_connection(*parts(GENOME), 13, 2) == (0, 3, -1)


@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(0, 10**6))
def test_a_free_pair_is_free(seed, mutations, start):
    genome = genomes.grown(seed, mutations, 2, 1)
    count = (3 + len(genome.hidden)) * (1 + len(genome.hidden))
    source, target, gene = graph.free_connection(*parts(genome), start % count, 1)
    if source < 0:
        assert len(naive.enabled(genome)) >= 3
        return
    assert (source, target) not in naive.enabled(genome)
    found = genome.connections.tolist()
    if gene >= 0:
        assert found[gene][:2] == (source, target)
    else:
        assert (source, target) not in {gene[:2] for gene in found}
    added = genomes.genome(
        *(2, 1, [(int(node["id"]), "linear") for node in genome.hidden]),
        [*{gene[:2] for gene in found}, (source, target)],
    )
    assert naive.is_acyclic(added)


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


@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(1, 4))
def test_a_path_to_one_of_several_is_one_to_any_of_them(seed, mutations, count):
    genome = genomes.grown(seed, mutations, 3, 2)
    nodes = [*range(1 + 3 + 2), *genome.hidden["id"].tolist()]
    start, *ends = np.random.default_rng(seed).choice(nodes, 1 + count).tolist()
    reached, targets = {start}, genome.connections[["source", "target"]].tolist()
    for _ in nodes:
        reached |= {target for source, target in targets if source in reached}
    assert edit.has_path(genome, start, *ends) == any(end in reached for end in ends)
