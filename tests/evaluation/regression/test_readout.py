"""Scale and offset by least squares, R² and the squared correlation, against plain formulas."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from wann.evaluation.regression.readout import fitted, r_squared, squared_correlation

RNG = np.random.default_rng(0)
OUTPUTS = RNG.normal(5, 2, (3, 2, 50))
TARGETS = 3 * OUTPUTS[0] + RNG.normal(0, 4, (2, 50)) - 7


@pytest.mark.parametrize("weight", [None, RNG.random(50)])
def test_the_fit_is_that_of_least_squares(weight):
    found = fitted(OUTPUTS, TARGETS, weight)
    for w in range(3):
        for o in range(2):
            line = LinearRegression().fit(OUTPUTS[w, o, :, None], TARGETS[o], weight)
            assert found.scale[w, o] == pytest.approx(line.coef_[0])
            assert found.offset[w, o] == pytest.approx(line.intercept_)


def test_r_squared_is_scikit_learns():
    predicted = fitted(OUTPUTS, TARGETS)(OUTPUTS)
    expected = [r2_score(TARGETS.T, predicted[w].T) for w in range(3)]
    np.testing.assert_allclose(r_squared(predicted, TARGETS), expected)


def test_the_squared_correlation_is_free_of_scale_and_offset():
    expected = [
        np.mean([np.corrcoef(OUTPUTS[w, o], TARGETS[o])[0, 1] ** 2 for o in range(2)])
        for w in range(3)
    ]
    np.testing.assert_allclose(squared_correlation(OUTPUTS, TARGETS), expected)
    np.testing.assert_allclose(squared_correlation(9 - 4 * OUTPUTS, TARGETS), expected)


def test_constant_outputs_tell_nothing_and_infinite_ones_are_no_numbers():
    outputs = OUTPUTS.copy()
    outputs[0], outputs[1, 0, 3] = 0.1, np.inf
    found = squared_correlation(outputs, TARGETS)
    assert found[0] == 0
    assert np.isnan(found[1])
    readout = fitted(outputs, TARGETS)
    assert readout.scale[0].tolist() == [0, 0]
    np.testing.assert_allclose(readout.offset[0], TARGETS.mean(axis=1))
