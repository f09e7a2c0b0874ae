"""Supermasks that are learned: only the mask is."""

from dataclasses import replace

import numpy as np

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.methods.learned_supermask import learn, results
from wann.prune.methods.registry import preset

SETTINGS = replace(preset("learned-supermask", "digits"), hidden="32", steps=400)


def test_the_mask_is_learned_and_the_weights_are_not():
    experiment = Experiment(SETTINGS, envs.make("digits"))
    (result,) = results(experiment, 0)
    outcome = result.outcome
    assert result.regime == "A"
    assert result.score > 0.7  # by chance 0.1
    initial = experiment.initial(0)
    for w, mask, first in zip(outcome.mlp.weights, outcome.masks, initial.weights, strict=True):
        np.testing.assert_array_equal(np.sign(w[mask]), np.sign(first[mask]))
        size = np.sqrt(2 / sum(w.shape)) * mask.size / mask.sum()
        np.testing.assert_allclose(abs(w[mask]), size, rtol=1e-5)
        assert (w[~mask] == 0).all()
        assert 0.1 < mask.mean() < 0.9
    assert all((b == 0).all() for b in outcome.mlp.biases)
    assert outcome.samples == 400 * 250


def test_the_same_seed_learns_the_same_mask():
    experiment = Experiment(replace(SETTINGS, steps=40), envs.make("digits"))
    a, b, other = (learn(experiment, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a.masks[0], b.masks[0])
    assert not np.array_equal(a.masks[0], other.masks[0])
