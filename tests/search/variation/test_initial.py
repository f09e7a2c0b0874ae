import numpy as np
import pytest

from tests import genomes
from wann.core.genome import validate
from wann.search.variation import initial
from wann.search.variation.innovation import Innovations


def test_the_start_has_the_chosen_pairs():
    rng = np.random.default_rng(0)
    innovations = Innovations(2, 3)
    full = initial.thinned(initial.direct(2, 3, innovations), 1.0, rng)
    validate(full)
    assert genomes.pairs(full) == {(i, o) for i in range(3) for o in range(3, 6)}
    assert full.connections["enabled"].all()
    assert len(full.hidden) == 0
    assert len(initial.thinned(initial.direct(2, 3, innovations), 0.0, rng).connections) == 0
    whole = initial.direct(2, 3, innovations)
    counts = [len(initial.thinned(whole, 0.3, rng).connections) for _ in range(1000)]
    assert np.mean(counts) == pytest.approx(2.7, abs=0.15)
