"""The gradient of the Gaussian likelihood against differences of its formula."""

import numpy as np

from wann.core.kernels.gaussian_likelihood import gradients


def likelihood(outputs, targets):
    """The mean log-likelihood of each target, but for a constant: -log(1 - r²) / 2."""
    return sum(
        -np.log(1 - np.corrcoef(x, y)[0, 1] ** 2) / 2 for x, y in zip(outputs, targets, strict=True)
    )


def test_the_gradient_is_that_of_the_likelihood():
    rng = np.random.default_rng(0)
    outputs = rng.normal(1, 2, (2, 30))
    targets = outputs * [[3], [-1]] + rng.normal(0, 2, (2, 30))
    found = gradients(outputs.astype(np.float32), targets.astype(np.float32)) / 30
    for o in range(2):
        for b in range(0, 30, 7):
            step = np.zeros_like(outputs)
            step[o, b] = 1e-4
            change = likelihood(outputs + step, targets) - likelihood(outputs - step, targets)
            np.testing.assert_allclose(found[o, b], change / 2e-4, rtol=2e-3, atol=1e-5)


def test_an_output_that_does_not_vary_is_pulled_to_its_target():
    targets = np.array([[1, 2, 4]], np.float32)
    found = gradients(np.ones((1, 3), np.float32), targets)
    deviations = targets - targets.mean()
    np.testing.assert_allclose(found, deviations / targets.std(), rtol=1e-5)
    assert not gradients(targets, np.ones((1, 3), np.float32)).any()
