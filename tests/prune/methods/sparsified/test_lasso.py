"""L1 and the group lasso: the proximal step, and what vanishes."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.methods.registry import of_images, preset
from wann.prune.methods.sparsified.lasso import shrunk


@pytest.mark.parametrize("groups", [False, True])
def test_the_step_minimises_what_it_says(groups):
    weights = np.array([[0.9, -0.2, 0.05], [0.1, 0.05, -0.1], [-2.0, 1.0, 0.3]])
    by = 0.15

    def value(flat):
        v = flat.reshape(weights.shape)
        penalty = np.abs(v).sum()
        if groups:
            penalty = (np.sqrt(3) * np.linalg.norm(v, axis=1)).sum()
        return ((v - weights) ** 2).sum() / 2 + by * penalty

    found = np.asarray(shrunk(weights, by, groups))
    best = minimize(value, weights.ravel(), method="Powell", options={"xtol": 1e-9, "ftol": 1e-12})
    assert value(found.ravel()) <= best.fun + 1e-7
    assert (found == 0).sum() == 3 + (not groups) * 1


@pytest.mark.parametrize("name", ["l1", "group-lasso"])
def test_a_larger_penalty_leaves_less(name):
    left = []
    for penalty in (0.0, 0.02):
        settings = replace(preset(name, "digits"), hidden="8", steps=150, penalty=penalty)
        settings = replace(settings, arms="")
        (result,) = of_images(name).runner(Experiment(settings, envs.make("digits")), 0)
        left.append(result.outcome.masks[0])
    assert left[1].sum() < left[0].sum()
    if name == "group-lasso":
        assert set(left[1].sum(axis=1)) == {0, 8}
