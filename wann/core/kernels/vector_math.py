"""Fast float32 forms of the transcendental activations, for loops over whole rows.

A call into libm handles one number at a time. These are straight lines of arithmetic without
branches, tables or conversions, so the compiler turns a loop over them into full-width vector
instructions. Each is within 2e-6 of the exact function on every float32, infinities included
(exp: relative to the result where that exceeds 1), and NaN stays NaN. The coefficients are
minimax fits (reweighted least squares in float64).
"""

from __future__ import annotations

import numpy as np

from wann.core.kernels.activations import (
    ABS,
    COS,
    GAUSSIAN,
    INVERSE,
    LINEAR,
    RELU,
    SIGMOID,
    SIN,
    STEP,
    TANH,
)
from wann.core.kernels.jit import compiled_fast


def _float32(*numbers: float) -> tuple[np.float32, ...]:
    return tuple(np.float32(number) for number in numbers)


# Images in a row. More make longer loops, fewer keep the values of all nodes in the level 2
# cache; 64 was the fastest of 32, 64, 128, 256.
TILE = 64
# Floats in a vector, where that is written out; compilers for narrower machines split it.
LANES = 16

ZERO, QUARTER, HALF, ONE, TWO = _float32(0.0, 0.25, 0.5, 1.0, 2.0)

# sin(πt) = t · polynomial(t²) on [-1/2, 1/2], to 4e-9.
SIN_T = _float32(3.14159258, -5.16770688, 2.55003138, -0.59804517, 0.07722012)

# 2 · exp(r) on [-ln(2)/2, ln(2)/2], to 1e-7 relative.
EXP_R = _float32(2.0, 1.99999941, 0.99998292, 0.3333528, 0.08379678, 0.01658046)
# exp is 0 in float32 arithmetic without denormals below the first and infinite above the second.
EXP_LOW, EXP_HIGH = _float32(-87.5, 89.0)
LOG2_E = np.float32(1.44269504)
# ln(2) in two parts; the first has so few bits that its product with an exponent is exact.
LN2_HIGH, LN2_LOW = _float32(0.693359375, -2.12194440e-4)
# Added to a float of at most 2^22, this leaves its nearest integer in the low bits.
ROUND = np.float32(1.5 * 2**23)
EXPONENT_BITS = np.int32(23)
EXPONENT_ZERO = np.int32(126 << 23)  # one less than float32's bias of 127: EXP_R has the factor 2

# tanh(x) = x · P(x²) / Q(x²) on [-8, 8], to 2e-7; beyond, 1 is nearer than 3e-7.
TANH_LIMIT = np.float32(8.0)
TANH_P = _float32(9.99999362e-01, 1.29136428e-01, 2.93882924e-03, 1.13102383e-05)
TANH_Q = _float32(4.62467415e-01, 2.37638336e-02, 2.37028675e-04, 2.42384551e-07)


@compiled_fast
def _clip(x: np.float32, low: np.float32, high: np.float32) -> np.float32:
    x = low if x < low else x  # this way round NaN stays NaN
    return high if x > high else x


@compiled_fast
def _sin_quarter(t: np.float32) -> np.float32:
    """sin(πt) for t in [-1/2, 1/2]."""
    z = t * t
    return t * (SIN_T[0] + z * (SIN_T[1] + z * (SIN_T[2] + z * (SIN_T[3] + z * SIN_T[4]))))


@compiled_fast
def sin_pi(x: np.float32) -> np.float32:
    """sin(πx)."""
    # An even number is taken from x so that r lies in [-1/2, 3/2]; that is exact in float32.
    # There sin(πr) = sin(π(1/2 - |r - 1/2|)).
    r = x - TWO * np.rint(HALF * x - QUARTER)
    return _sin_quarter(HALF - abs(r - HALF))


@compiled_fast
def cos_pi(x: np.float32) -> np.float32:
    """cos(πx)."""
    r = x - TWO * np.rint(HALF * x)  # exact, in [-1, 1]; there cos(πr) = sin(π(1/2 - |r|))
    return _sin_quarter(HALF - abs(r))


@compiled_fast
def exp(x: np.float32) -> np.float32:
    """exp(x), to 3e-7 relative; 0 where the result is below 2^-125."""
    # exp(x) = 2^n · exp(r) with an integer n. It goes straight into the exponent's bits: the
    # shift leaves nothing else of the rounded float.
    x = _clip(x, EXP_LOW, EXP_HIGH)
    rounded = np.float32(x * LOG2_E + ROUND)
    n = rounded - ROUND
    r = x - n * LN2_HIGH - n * LN2_LOW
    power = np.int32((rounded.view(np.int32) << EXPONENT_BITS) + EXPONENT_ZERO)
    polynomial = EXP_R[0] + r * (
        EXP_R[1] + r * (EXP_R[2] + r * (EXP_R[3] + r * (EXP_R[4] + r * EXP_R[5])))
    )
    return polynomial * power.view(np.float32)


@compiled_fast
def gaussian(x: np.float32) -> np.float32:
    """exp(-x²/2)."""
    return exp(-HALF * x * x)


@compiled_fast
def tanh(x: np.float32) -> np.float32:
    """tanh(x)."""
    x = _clip(x, -TANH_LIMIT, TANH_LIMIT)
    z = x * x
    p = TANH_P[0] + z * (TANH_P[1] + z * (TANH_P[2] + z * TANH_P[3]))
    q = ONE + z * (TANH_Q[0] + z * (TANH_Q[1] + z * (TANH_Q[2] + z * TANH_Q[3])))
    return x * p / q


@compiled_fast
def sigmoid(x: np.float32) -> np.float32:
    """1 / (1 + exp(-x))."""
    return HALF + HALF * tanh(HALF * x)


@compiled_fast
def activate_rows(activation: int, weights: np.ndarray, memory: np.ndarray, row: int) -> None:
    """Turn the sums of a node into its values, in place.

    Args:
        activation: An index into `activations.NAMES`.
        weights: float32[W].
        memory: float32[rows, TILE]; the sums for weights[w] stand in row `row` + w.
        row: The first of these rows.
    """
    for w in range(len(weights)):
        weight = weights[w]
        r = row + w
        if activation == LINEAR:
            for t in range(TILE):
                memory[r, t] = weight * memory[r, t]
        elif activation == STEP:
            for t in range(TILE):
                memory[r, t] = ONE if weight * memory[r, t] > ZERO else ZERO
        elif activation == SIN:
            for t in range(TILE):
                memory[r, t] = sin_pi(weight * memory[r, t])
        elif activation == GAUSSIAN:
            for t in range(TILE):
                memory[r, t] = gaussian(weight * memory[r, t])
        elif activation == TANH:
            for t in range(TILE):
                memory[r, t] = tanh(weight * memory[r, t])
        elif activation == SIGMOID:
            for t in range(TILE):
                memory[r, t] = sigmoid(weight * memory[r, t])
        elif activation == INVERSE:
            for t in range(TILE):
                memory[r, t] = -weight * memory[r, t]
        elif activation == ABS:
            for t in range(TILE):
                memory[r, t] = abs(weight * memory[r, t])
        elif activation == RELU:
            for t in range(TILE):
                x = weight * memory[r, t]
                memory[r, t] = ZERO if x <= ZERO else x  # this way round NaN stays NaN
        elif activation == COS:
            for t in range(TILE):
                memory[r, t] = cos_pi(weight * memory[r, t])
