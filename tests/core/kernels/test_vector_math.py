import platform

import numba
import numpy as np
import pytest

from wann.core.kernels import vector_math
from wann.core.kernels.activations import NAMES

TOLERANCE = 2e-6
HUGE = [2.0**23 - 0.5, 2.0**23 + 1, 2.0**24 - 1, 2.0**24 + 2, 2.0**31, 2.0**63, 3e38, np.inf]
SPECIAL = [*HUGE, np.nan, 0.0, 1e-45, 1e-39, 0.5, 1.0, 1.5, 8.0, 87.4, 88.5, 88.8, 89.5, 104.0]


def sin_pi(x):
    return np.sin(np.pi * np.fmod(x, 2.0))


def cos_pi(x):
    return np.cos(np.pi * np.fmod(x, 2.0))


def gaussian(x):
    return np.exp(-(x**2) / 2)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


EXACT = {
    "sin_pi": sin_pi,
    "cos_pi": cos_pi,
    "gaussian": gaussian,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "exp": np.exp,
}


def on_array(name, x):
    function = getattr(vector_math, name)

    @numba.njit(fastmath={"contract"}, error_model="numpy")
    def loop(x, y):
        for i in range(len(x)):
            y[i] = function(x[i])

    y = np.empty_like(x)
    loop(x, y)
    return y, loop.inspect_asm(loop.signatures[0])


def whole_range():
    """Every 4,001st float32, of all signs and exponents, a fine grid near 0, and odd ones."""
    bits = np.arange(0, 2**32, 4001, dtype=np.uint64).astype(np.uint32)
    grid = np.linspace(-20, 20, 1_000_001, dtype=np.float32)
    special = np.array(SPECIAL, dtype=np.float32)
    return np.concatenate([bits.view(np.float32), grid, special, -special])


@pytest.mark.parametrize("name", EXACT)
def test_close_to_the_exact_function_on_the_whole_range_of_float32(name):
    x = whole_range()
    y, _ = on_array(name, x)
    with np.errstate(all="ignore"):
        exact = EXACT[name](x.astype(np.float64))
        if name == "exp":  # beyond 1 the error is relative to the result
            exact = exact.astype(np.float32).astype(np.float64)
            error = np.abs(y - exact) / np.maximum(exact, 1)
            error[np.isinf(exact) & np.isinf(y)] = 0
        else:
            error = np.abs(y - exact)
    np.testing.assert_array_equal(np.isnan(y), np.isnan(exact))
    assert np.nanmax(error) <= TOLERANCE


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("sin_pi", [0, 1, -3, 0.5, -2.5, 8_388_609, 1e30], [0, 0, 0, 1, -1, 0, 0]),
        ("cos_pi", [0, 1, -3, 0.5, -2.5, 8_388_609, 1e30], [1, -1, -1, 0, 0, -1, 1]),
        ("gaussian", [0, 1e30, np.inf, -np.inf], [1, 0, 0, 0]),
        ("tanh", [0, 1e30, np.inf, -np.inf], [0, 1, 1, -1]),
        ("sigmoid", [0, 1e30, np.inf, -np.inf], [0.5, 1, 1, 0]),
        ("exp", [0, 1, 1e30, np.inf, -np.inf], [1, np.e, np.inf, np.inf, 0]),
    ],
)
def test_landmarks(name, x, expected):
    y, _ = on_array(name, np.array(x, dtype=np.float32))
    np.testing.assert_allclose(y, expected, rtol=5e-7, atol=5e-7)


@pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="looks for x86's registers"
)
@pytest.mark.parametrize("name", EXACT)
def test_loops_compile_to_vector_instructions(name):
    _, assembly = on_array(name, np.zeros(64, dtype=np.float32))
    assert "zmm" in assembly or "ymm" in assembly


def test_rows_of_all_activations_equal_their_formulas():
    rng = np.random.default_rng(0)
    sums = rng.normal(0, 3, (3, vector_math.TILE)).astype(np.float32)
    sums[0, :5] = 0, np.nan, np.inf, -np.inf, -0.0
    weights = np.array([-2, 0.5, 1], dtype=np.float32)
    x = weights[:, None].astype(np.float64) * sums
    with np.errstate(all="ignore"):
        expected = {
            "linear": x,
            "step": np.where(x > 0, 1.0, 0.0),
            "sin": np.sin(np.pi * x),
            "gaussian": gaussian(x),
            "tanh": np.tanh(x),
            "sigmoid": sigmoid(x),
            "inverse": -x,
            "abs": np.abs(x),
            "relu": np.maximum(x, 0),
            "cos": np.cos(np.pi * x),
        }
    assert set(expected) == set(NAMES)
    for index, name in enumerate(NAMES):
        memory = np.full((5, vector_math.TILE), 7, dtype=np.float32)
        memory[1:4] = sums
        vector_math.activate_rows(index, weights, memory, 1)
        np.testing.assert_allclose(memory[1:4], expected[name], rtol=1e-6, atol=TOLERANCE)
        assert (memory[[0, 4]] == 7).all(), "another row was written"
