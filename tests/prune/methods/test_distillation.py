"""Distillation: the loss against the plain formula, and the students."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.masks.selection import kept
from wann.prune.methods.distillation import Distillation, results, small
from wann.prune.methods.registry import preset
from wann.prune.networks.mlp import forward, glorot_normal, keep_all


@pytest.mark.parametrize(("temperature", "mix"), [(1.0, 0.0), (4.0, 0.7), (8.0, 1.0)])
def test_the_loss_is_the_mix_of_both(temperature, mix):
    rng = np.random.default_rng(0)
    student, teacher = (glorot_normal((5, 4, 3), rng) for _ in range(2))
    X, y = rng.normal(size=(6, 5)).astype(np.float32), rng.integers(0, 3, 6)
    masks = tuple(m.astype(np.float32) for m in keep_all(student))
    found = Distillation(temperature, mix, 0.0)(student, (masks, teacher), X, y, None, 0.0)
    said, wanted = forward(student, X), softmax(forward(teacher, X) / temperature, axis=1)
    labels = -log_softmax(said, axis=1)[np.arange(6), y].mean()
    soft = -(wanted * log_softmax(said / temperature, axis=1)).sum(axis=1).mean()
    assert float(found) == pytest.approx((1 - mix) * labels + mix * temperature**2 * soft, rel=1e-5)


def test_small_networks_have_at_most_their_share():
    assert small((784, 300, 100, 10), 1.0) == (784, 300, 100, 10)
    sizes = small((784, 300, 100, 10), 0.1)
    total = sum(a * b for a, b in pairwise(sizes))
    assert 0.097 < total / 266_200 <= 0.1
    assert small((784, 300, 100, 10), 1e-6) == (784, 1, 1, 10)


def test_students_are_small_or_pruned_and_each_has_its_control():
    settings = replace(preset("distillation", "digits"), hidden="16", steps=60, sparsity="0.6")
    experiment = Experiment(settings, envs.make("digits"))
    found = {(r.arm, r.level): r for r in results(experiment, 0)}
    assert set(found) == {
        ("ticket", 0),
        *((arm, 1) for arm in ("ticket", "labels", "pruned", "pruned-labels")),
        *((arm, 1) for arm in ("dense-equal", "small-dense")),
    }
    teacher = found["ticket", 0].outcome
    assert found["ticket", 1].outcome.mlp.sizes == found["labels", 1].outcome.mlp.sizes
    assert found["pruned", 1].outcome.mlp.sizes == teacher.mlp.sizes
    for arm in ("ticket", "pruned"):
        assert kept(found[arm, 1].outcome.masks) <= 0.4 * experiment.total + 1
    assert found["labels", 1].outcome.samples == 60 * 60  # no teacher was needed
    for arm in ("ticket", "dense-equal", "small-dense"):
        assert found[arm, 1].outcome.samples == 2 * 60 * 60
