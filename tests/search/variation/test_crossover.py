import numpy as np

from tests import genomes
from wann.core.kernels import activations
from wann.search.variation.crossover import crossover


def test_crossover_by_hand():
    rng = np.random.default_rng(0)
    better = genomes.genome(
        *(2, 1, [(4, "relu"), (5, "sin")]),
        [(1, 3, True, 1), (1, 4, True, 2), (4, 3, True, 3), (5, 3, True, 8)],
    )
    other = genomes.genome(
        *(2, 1, [(4, "tanh"), (6, "cos")]),
        [(1, 3, False, 1), (4, 3, False, 3), (6, 3, True, 9)],
    )
    seen = set()
    for _ in range(100):
        child = crossover(better, other, rng)
        assert genomes.pairs(child) == genomes.pairs(better)
        assert child.hidden["id"].tolist() == [4, 5]
        assert child.hidden["activation"][1] == activations.SIN
        enabled = child.connections["enabled"].tolist()
        assert (enabled[1], enabled[3]) == (True, True)
        seen.add((enabled[0], enabled[2], activations.NAMES[child.hidden["activation"][0]]))
    assert seen == {(a, b, name) for a in (0, 1) for b in (0, 1) for name in ("relu", "tanh")}
