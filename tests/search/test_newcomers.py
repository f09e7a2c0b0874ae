"""Genomes without parents: the first generation, and immigrants."""

import dataclasses

import numpy as np
import pytest

from wann.core.config import SearchConfig
from wann.core.genome import validate
from wann.core.network import express
from wann.core.symmetry import symmetric as is_symmetric
from wann.search.evolution import Evolution

SMALL = SearchConfig(population=20, tournament=4)


@pytest.mark.parametrize("symmetric", [False, True], ids=["any", "symmetric"])
def test_a_first_generation_of_many_mutations(symmetric):
    config = dataclasses.replace(SMALL, symmetric=symmetric, add_node=1.0, add_connection=1.0)
    plain, grown = (
        Evolution(3, 2, dataclasses.replace(config, first_mutations=most)).ask() for most in (0, 12)
    )
    changed = [after != before for before, after in zip(plain, grown, strict=True)]
    assert sum(changed) > 12  # one in thirteen draws no mutation
    assert len({len(genome.hidden) for genome in grown}) > 3
    for genome in grown:
        validate(genome)
        assert len(genome.connections) == express(genome).complexity  # nothing without effect
        assert is_symmetric(genome) or not symmetric


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.5, 4, 12), (1.0, 16, 16)])
def test_immigrants_have_no_parents(share, low, high):
    rates = {"add_node": 1.0, "add_connection": 0, "change_activation": 0, "enable_connection": 0}
    config = dataclasses.replace(SMALL, immigrants=share, **rates)
    evolution = Evolution(3, 2, config)
    for _ in range(3):
        evolution.tell(np.zeros((20, 1, 1)), [1] * 20)
    for genome in evolution.ask():
        validate(genome)
    new = [len(genome.hidden) == 0 for genome in evolution.ask()[4:]]  # after the elites
    assert low <= sum(new) <= high
