import numpy as np
import pytest

from tests import genomes
from wann.core.config import SearchConfig
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


def test_pairs_that_are_not_drawn_can_be_kept_disabled():
    whole = initial.direct(2, 3, Innovations(2, 3))
    kept = initial.undrawn_disabled(whole, 0.3, np.random.default_rng(0))
    validate(kept)
    assert genomes.pairs(kept) == {(i, o) for i in range(3) for o in range(3, 6)}
    drawn = initial.thinned(whole, 0.3, np.random.default_rng(0))
    assert genomes.pairs(kept, enabled=True) == genomes.pairs(drawn)
    assert 0 < len(drawn.connections) < 9


@pytest.mark.parametrize("keep", [False, True])
def test_the_first_generation_keeps_what_it_is_told_to(keep):
    config = SearchConfig(population=50, keep_undrawn=keep)
    genes = [
        len(genome.connections)
        for genome in initial.population(2, 3, config, Innovations(2, 3), np.random.default_rng(0))
    ]
    assert (set(genes) == {9}) == keep
