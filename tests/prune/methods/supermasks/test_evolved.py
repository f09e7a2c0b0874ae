"""Masks that evolve: their sizes stay, and they get better."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.methods.registry import preset
from wann.prune.methods.supermasks.evolved import crossed, drawn, moved, results

WEIGHTS = (np.zeros((9, 7)), np.zeros((7, 3)))
COUNTS = (20, 21)


def counts(masks):
    return tuple(np.count_nonzero(mask) for mask in masks)


@pytest.mark.parametrize("seed", range(5))
def test_every_operator_keeps_the_count_of_each_layer(seed):
    rng = np.random.default_rng(seed)
    a, b = (drawn(WEIGHTS, COUNTS, rng) for _ in range(2))
    assert counts(a) == counts(b) == COUNTS
    both = crossed(a, b, rng)
    assert counts(both) == COUNTS
    for x, y, z in zip(a, b, both, strict=True):
        assert (z[x & y]).all()
        assert not z[~(x | y)].any()
    other = moved(a, 0.3, rng)
    assert counts(other) == COUNTS
    assert (other[0] != a[0]).any()


def test_a_share_of_almost_nothing_still_moves_one():
    a = drawn(WEIGHTS, (5, 5), np.random.default_rng(0))
    b = moved(a, 1e-9, np.random.default_rng(1))
    assert sum(np.count_nonzero(x != y) for x, y in zip(a, b, strict=True)) == 2


def test_masks_that_keep_everything_stay():
    full = tuple(np.ones((3, 2), bool) for _ in range(2))
    assert counts(moved(full, 0.5, np.random.default_rng(0))) == (6, 6)


def test_evolution_finds_a_mask_and_weights_stay():
    settings = replace(
        preset("evolved-mask", "digits"), hidden="16", steps=60, batch=300, sparsity="0.5"
    )
    experiment = Experiment(settings, envs.make("digits"))
    (result,) = results(experiment, 0)
    assert result.regime == "A"
    assert result.score > 0.4  # a random mask has about 0.1
    initial = experiment.initial(0)
    for w, mask, first in zip(
        result.outcome.mlp.weights, result.outcome.masks, initial.weights, strict=True
    ):
        np.testing.assert_array_equal(np.sign(w[mask]), np.sign(first[mask]))
    assert result.outcome.samples == 60 * 32 * 300
    again = next(results(experiment, 0)).outcome
    np.testing.assert_array_equal(again.masks[0], result.outcome.masks[0])
