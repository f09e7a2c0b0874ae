import math

import numba
import numpy as np
import pytest

from wann.envs import trigonometry

SCALES = (1e-3, 1.0, 100.0, 2e3)
ANGLES = np.concatenate(
    [
        *(np.random.default_rng(0).normal(0.0, scale, 20_000) for scale in SCALES),
        np.arange(-1000, 1000) * (math.pi / 4),
    ]
)


@numba.njit
def computed(x):
    result = np.empty((2, len(x)))
    for i in range(len(x)):
        result[0, i] = trigonometry.sin(x[i])
        result[1, i] = trigonometry.cos(x[i])
    return result


def test_equals_libm():
    expected = [[math.sin(x) for x in ANGLES], [math.cos(x) for x in ANGLES]]
    np.testing.assert_allclose(computed(ANGLES), expected, rtol=0.0, atol=2.3e-16)


def test_far_out_accuracy_goes_and_the_range_stays():
    x = np.random.default_rng(1).normal(0.0, 1e6, 20_000)
    np.testing.assert_allclose(computed(x), [np.sin(x), np.cos(x)], rtol=0.0, atol=1e-14)
    wild = np.concatenate([10.0 ** np.arange(7, 308), -(10.0 ** np.arange(7, 308))])
    assert abs(computed(wild)).max() <= 1.0


def test_quarters_by_hand():
    sin, cos = computed(np.arange(5) * (math.pi / 2))
    np.testing.assert_allclose(sin, [0.0, 1.0, 0.0, -1.0, 0.0], atol=3e-16)
    np.testing.assert_allclose(cos, [1.0, 0.0, -1.0, 0.0, 1.0], atol=4e-16)
    assert (sin[0], cos[0]) == (0.0, 1.0)


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_has_no_sine(x):
    assert math.isnan(trigonometry.sin(x))
    assert math.isnan(trigonometry.cos(x))


def test_one_at_a_time_and_in_a_loop_are_the_same():
    one = [[trigonometry.sin(x) for x in ANGLES[::97]], [trigonometry.cos(x) for x in ANGLES[::97]]]
    np.testing.assert_array_equal(computed(ANGLES)[:, ::97], one)
