"""The activation functions: names, formulas, compiled form.

A node stores its activation as an index into `NAMES`. The order is that of the paper's code,
whose files number the functions from 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from wann.core.kernels.jit import compiled

NAMES = (
    "linear",  # x
    "step",  # 1 if x > 0 else 0
    "sin",  # sin(πx)
    "gaussian",  # exp(-x²/2)
    "tanh",  # tanh(x)
    "sigmoid",  # 1 / (1 + exp(-x))
    "inverse",  # -x
    "abs",  # |x|
    "relu",  # max(x, 0)
    "cos",  # cos(πx)
)
LINEAR, STEP, SIN, GAUSSIAN, TANH, SIGMOID, INVERSE, ABS, RELU, COS = range(len(NAMES))


@compiled
def activate(activation: int, x: float) -> float:
    """The value of one activation function at x; `activation` is an index into `NAMES`."""
    if activation == LINEAR:
        return x
    if activation == STEP:
        return 1.0 if x > 0.0 else 0.0
    if activation == SIN:
        return math.sin(math.pi * x)
    if activation == GAUSSIAN:
        return math.exp(-0.5 * x * x)
    if activation == TANH:
        return math.tanh(x)
    if activation == SIGMOID:
        return 1.0 / (1.0 + math.exp(-x))
    if activation == INVERSE:
        return -x
    if activation == ABS:
        return abs(x)
    if activation == RELU:
        return 0.0 if x <= 0.0 else x  # this way round NaN stays NaN
    return math.cos(math.pi * x)


def index(name: str) -> int:
    """The index of an activation's name.

    Raises:
        ValueError: If there is no activation of this name.
    """
    if name not in NAMES:
        raise ValueError(f"unknown activation {name!r}: expected one of {', '.join(NAMES)}")
    return NAMES.index(name)


def indices(names: Sequence[str]) -> np.ndarray:
    """The indices of several names, uint8."""
    return np.array([index(name) for name in names], dtype=np.uint8)
