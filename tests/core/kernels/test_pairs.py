import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes, naive
from tests.core.kernels.test_graph import GENOME, parts
from wann.core.kernels import pairs
from wann.search.variation import edit


def test_a_free_pair_by_hand():
    # Sources are 0, 1, 2, 7, 9 and targets 3, 7, 9: pair number p joins source p % 5 to target
    # p // 5. Number 0 is 0 -> 3, 1 is 1 -> 3, 2 is 2 -> 3 (taken), 5 is 0 -> 7 (disabled).
    assert pairs.free_connection(*parts(GENOME), 0, 1) == (0, 3, -1)
    assert pairs.free_connection(*parts(GENOME), 2, 1) == (9, 3, -1)
    assert pairs.free_connection(*parts(GENOME), 5, 1) == (0, 7, 3)
    # 13 is 7 -> 9, which would close a cycle, 14 is 9 -> 9; then it starts again at 0.
    assert pairs.free_connection(*parts(GENOME), 13, 1) == (0, 3, -1)
    assert pairs.free_connection(*parts(GENOME), 13, 2) == (0, 3, -1)


@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(0, 10**6))
def test_a_free_pair_is_free(seed, mutations, start):
    genome = genomes.grown(seed, mutations, 2, 1)
    count = (3 + len(genome.hidden)) * (1 + len(genome.hidden))
    source, target, gene = pairs.free_connection(*parts(genome), start % count, 1)
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


@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(1, 4))
def test_a_path_to_one_of_several_is_one_to_any_of_them(seed, mutations, count):
    genome = genomes.grown(seed, mutations, 3, 2)
    nodes = [*range(1 + 3 + 2), *genome.hidden["id"].tolist()]
    start, *ends = np.random.default_rng(seed).choice(nodes, 1 + count).tolist()
    reached, targets = {start}, genome.connections[["source", "target"]].tolist()
    for _ in nodes:
        reached |= {target for source, target in targets if source in reached}
    assert edit.has_path(genome, start, *ends) == any(end in reached for end in ends)
