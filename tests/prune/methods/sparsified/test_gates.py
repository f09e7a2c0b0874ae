"""Gates of nodes: the hard concrete distribution by integration, the divergence by its limits."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.methods.registry import of_images, preset
from wann.prune.methods.sparsified.gates import divergence, gate, open_, settled


@pytest.mark.parametrize("location", [-3.0, -0.5, 0.0, 1.0, 4.0])
def test_the_mean_of_a_gate_and_how_often_it_is_open(location):
    u = (np.arange(200_000) + 0.5) / 200_000
    found = np.asarray(gate(location, u.astype(np.float32)), np.float64)

    def density(x):
        """Of the stretched gate before it is clipped, from equation 10: a logistic's, moved."""
        s = (x + 0.1) / 1.2
        logit = np.log(s / (1 - s))
        inside = (2 / 3) * logit - location
        logistic = np.exp(-abs(inside)) / (1 + np.exp(-abs(inside))) ** 2
        return logistic * (2 / 3) / (s * (1 - s)) / 1.2

    inside = quad(lambda x: x * density(x), 0, 1)[0]
    above = quad(density, 1, 1.1 - 1e-12)[0]
    assert found.mean() == pytest.approx(inside + above, abs=2e-3)
    assert (found > 0).mean() == pytest.approx(float(open_(location)), abs=2e-3)
    positive = quad(density, 0, 1)[0] + above
    assert positive == pytest.approx(float(open_(location)), abs=2e-3)


def test_the_gate_after_training_is_0_or_1_far_out():
    np.testing.assert_array_equal(settled(np.array([-9.0, 9.0], np.float32)), [0, 1])


@pytest.mark.parametrize("log_alpha", [-4.0, -1.0, 0.0, 1.0, 3.0])
def test_the_divergence_is_that_of_the_integral(log_alpha):
    """KL(N(1, α) || p(z) ∝ 1/|z|) = E log|z| - log √(2πeα) + c, with c so that it ends at 0."""

    def exact(la):
        deviation = np.exp(la / 2)
        low, high = 1 - 12 * deviation, 1 + 12 * deviation
        points = sorted({0.0, 1.0} & {x for x in (0.0, 1.0) if low < x < high})
        mean = quad(
            lambda z: norm.pdf(z, 1, deviation) * np.log(abs(z) + 1e-300),
            low,
            high,
            points=points,
            limit=400,
        )[0]
        return mean - 0.5 * (np.log(2 * np.pi * np.e) + la)

    limit = exact(14.0)
    expected = exact(log_alpha) - limit
    assert float(divergence(log_alpha)) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("name", "penalty"), [("l0", 1.0), ("bayesian-compression", 1.0)])
def test_nodes_vanish_whole(name, penalty):
    settings = replace(preset(name, "digits"), hidden="12", steps=400, penalty=penalty)
    settings = replace(settings, learning_rate=0.02, arms="")
    (result,) = of_images(name).runner(Experiment(settings, envs.make("digits")), 0)
    first, last = result.outcome.masks
    hidden = int(last.any(axis=1).sum())
    assert set(first.sum(axis=1)) <= {0, hidden}
    assert (first.any(axis=0) == last.any(axis=1)).all()
    assert first.sum() < first.size  # digits have pixels that are always 0
    assert result.score > 0.5
