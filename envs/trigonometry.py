"""Sine and cosine for the dynamics of tasks: straight lines of float64 arithmetic.

A call into libm handles one number at a time. These have no branches, tables or calls, so that
the compiler turns a step that uses them into vector instructions, which move many episodes on at
a time. Used together on one angle, they share their work. Every operation is rounded as IEEE 754
says, nothing is fused: the results are the same on every machine.

Both are within 2e-16 of the exact values for arguments up to 1e4, within 1e-14 up to 1e6 and
between -1 and 1 always; beyond 1e9 they mean nothing. Infinity and NaN give NaN. cos(0) is 1.
"""

from __future__ import annotations

import math

import numba
import numpy as np

QUARTERS = 2.0 / math.pi
# π/2 in two parts; the first has 33 bits, so that its product with a number of quarter turns is
# exact up to 2^20 of them. What is left out is 2e-21.
QUARTER_TURN = (1.5707963267341256, 6.077100506303966e-11)
LIMIT = 0.79  # a little beyond π/4: x at the edge may go to either side
# Added to a number of at most 2^51, this leaves its nearest integer in the low bits.
ROUND = 1.5 * 2.0**52
ONE, TWO, SIGN = np.int64(1), np.int64(2), np.int64(62)

# sin(r) = r + r³ · S(r²) and cos(r) = 1 - r²/2 + r⁴ · C(r²) on [-π/4, π/4], minimax fits (Remez)
# to 3e-18 and 5e-20.
S = (
    -0.16666666666666632,
    0.008333333333322425,
    -0.00019841269829816926,
    2.755731369522549e-06,
    -2.5050758653916337e-08,
    1.589682800102687e-10,
)
C = (
    0.0416666666666666,
    -0.001388888888887414,
    2.4801587289492e-05,
    -2.755731435528728e-07,
    2.087572369022853e-09,
    -1.1359670155396643e-11,
)

# Without its body in the loop over episodes a loop cannot become vector instructions.
_inlined = numba.njit(nogil=True, error_model="numpy", forceinline=True)


@_inlined
def _sin_and_cos(x: float) -> tuple[float, float, int]:
    """The sine and cosine of what is left of x after its quarter turns, and their number."""
    rounded = x * QUARTERS + ROUND
    turns = rounded - ROUND
    r = x - turns * QUARTER_TURN[0] - turns * QUARTER_TURN[1]
    # Where x has no digits left the rest is noise; it must not leave the polynomials' range.
    r = -LIMIT if r < -LIMIT else r  # this way round NaN stays NaN
    r = LIMIT if r > LIMIT else r
    # Not Horner's form: its steps would wait for each other.
    z = r * r
    w = z * z
    sin = r + r * z * (S[0] + z * S[1] + w * (S[2] + z * S[3] + w * (S[4] + z * S[5])))
    cos = C[0] + z * C[1] + w * (C[2] + z * C[3] + w * (C[4] + z * C[5]))
    return sin, 1.0 - (0.5 * z - w * cos), np.float64(rounded).view(np.int64)


@_inlined
def _turned(sin: float, cos: float, turns: int) -> float:
    """sin after so many quarter turns: cos, -sin, -cos, sin."""
    value = cos if turns & ONE else sin
    negative = (turns & TWO) << SIGN  # in the place of a float's sign
    return np.int64(np.float64(value).view(np.int64) ^ negative).view(np.float64)


@_inlined
def sin(x: float) -> float:
    """The sine of an angle in rad."""
    sin, cos, turns = _sin_and_cos(x)
    return _turned(sin, cos, turns)


@_inlined
def cos(x: float) -> float:
    """The cosine of an angle in rad."""
    sin, cos, turns = _sin_and_cos(x)
    return _turned(sin, cos, turns + ONE)
