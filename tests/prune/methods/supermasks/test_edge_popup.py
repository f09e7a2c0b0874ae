"""Edge-popup and biprop: scores are trained, weights are not."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.masks.selection import kept
from wann.prune.methods.registry import of_images, preset
from wann.prune.methods.supermasks.edge_popup import Popup, counts_of, least_of, popped
from wann.prune.networks.mlp import MLP
from wann.prune.scores.gradients import gradient


def test_the_threshold_keeps_so_many():
    rng = np.random.default_rng(0)
    for count in (1, 2, 7, 60):
        strength = np.abs(rng.normal(size=(12, 5))).astype(np.float32)
        assert (strength >= least_of(strength, count)).sum() == count


@pytest.mark.parametrize("binary", [False, True])
def test_the_gradient_reaches_all_scores_as_if_each_multiplied_its_weight(binary):
    """Straight through: dL/ds of every weight, used or not, is dL/dw_used times w, times sign s."""
    rng = np.random.default_rng(1)
    weights = tuple(rng.normal(size=s).astype(np.float32) for s in ((4, 6), (6, 3)))
    scores = tuple(rng.normal(size=w.shape).astype(np.float32) for w in weights)
    counts = (10, 8)
    X, y = rng.normal(size=(5, 4)).astype(np.float32), rng.integers(0, 3, 5)
    found = jax.grad(Popup(binary, 0.0))(scores, (weights, counts), X, y, None, 0.0)
    used, whole = [], []
    for s, w, k in zip(scores, weights, counts, strict=True):
        mask = np.abs(s) >= np.sort(np.abs(s).ravel())[-k]
        if binary:
            w = np.sign(w) * np.abs(w[mask]).mean()
        whole.append(w * np.sqrt(w.size / k))
        used.append(whole[-1] * mask)
        np.testing.assert_allclose(popped(s, weights[len(used) - 1], k, binary), used[-1], 1e-5)
    mlp = MLP(tuple(used), (np.zeros(6), np.zeros(3)))
    by_weight = gradient(mlp, X, y).weights
    for g, direct, w, s in zip(found, by_weight, whole, scores, strict=True):
        np.testing.assert_allclose(g, direct * w * np.sign(s), atol=1e-5)


@pytest.mark.parametrize("name", ["edge-popup", "biprop"])
def test_a_mask_is_found_and_the_weights_stay(name):
    settings = replace(
        preset(name, "digits"), hidden="24", steps=300, learning_rate=1.0, sparsity="0.5,0.9"
    )
    experiment = Experiment(settings, envs.make("digits"))
    found = list(of_images(name).runner(experiment, 0))
    assert [r.regime for r in found] == ["A", "A"]
    assert found[0].score > 0.6  # by chance 0.1
    initial = experiment.initial(0)
    for result, counts in zip(found, counts_of(experiment), strict=True):
        outcome = result.outcome
        assert tuple(kept([mask]) for mask in outcome.masks) == counts
        for w, mask, first in zip(outcome.mlp.weights, outcome.masks, initial.weights, strict=True):
            assert (w[~mask] == 0).all()
            ratio = w[mask] / (np.sign(first[mask]) if name == "biprop" else first[mask])
            np.testing.assert_allclose(ratio, ratio[0], rtol=1e-5)
            assert ratio[0] > 0
        assert all((b == 0).all() for b in outcome.mlp.biases)
    assert kept(found[1].outcome.masks) == round(0.1 * experiment.total)


def test_equal_seeds_find_equal_masks():
    settings = replace(preset("edge-popup", "digits"), hidden="8", steps=40)
    a, b, c = (
        next(of_images("edge-popup").runner(Experiment(settings, envs.make("digits")), seed))
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(a.outcome.masks[0], b.outcome.masks[0])
    assert not np.array_equal(a.outcome.masks[0], c.outcome.masks[0])
