import math

import numpy as np
import pytest

from wann.envs.stepped.normalization import Moments, Normalization, total


def test_numbers_by_hand():
    found = Moments.of(np.array([[0.0, 7.0], [4.0, 7.0]])).normalization()
    assert found == Normalization((2.0, 7.0), (2.0, 1.0))  # what has not moved keeps its size
    np.testing.assert_array_equal(
        found(np.array([[6.0, 8.0], [900.0, -90.0]])), [[2, 1], [10, -10]]
    )
    assert math.isnan(found(np.array([np.nan, 0.0]))[0])


def test_moments_add_up():
    rng = np.random.default_rng(0)
    parts = [rng.normal(5 * i, 1 + i, size=(3 + i, 4)) for i in range(6)]
    whole = total([Moments.of(part) for part in parts])
    together = np.concatenate(parts)
    assert whole.count == len(together)
    np.testing.assert_allclose(whole.mean, together.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(whole.squares, together.var(axis=0) * len(together), rtol=1e-12)


def test_a_far_constant_is_no_deviation():
    found = Moments.of(np.full((100, 1), 1e9) + np.linspace(0, 1e-3, 100)[:, None])
    assert found.normalization().deviation == (1.0,)
    assert found.normalization().mean == pytest.approx((1e9,))
