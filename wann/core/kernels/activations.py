"""The activation functions: names, formulas, derivatives, compiled form.

A node stores its activation as an index into `TABLE`, in the order of the paper's code, whose files
number the functions from 1; what lies beyond is one's own, a program. Whatever else computes those
of the table, such as vectorised kernels, exports and the page of a report, is tested against it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from wann.core.expressions import names
from wann.core.kernels.jit import compiled


class Activation(NamedTuple):
    """An activation function.

    Attributes:
        name: As in network files.
        formula: As people write it.
        value: The function of an array, in the array's precision.
        slope: Its derivative likewise; where it jumps or has a kink, that of one side.
    """

    name: str
    formula: str
    value: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


TABLE = (
    Activation("linear", "x", lambda x: x, np.ones_like),
    Activation("step", "1 if x > 0, else 0", lambda x: (x > 0).astype(x.dtype), np.zeros_like),
    Activation("sin", "sin(πx)", lambda x: np.sin(np.pi * x), lambda x: np.pi * np.cos(np.pi * x)),
    Activation(
        "gaussian",
        "exp(−x²/2)",
        lambda x: np.exp(-0.5 * x * x),
        lambda x: -x * np.exp(-0.5 * x * x),
    ),
    Activation("tanh", "tanh(x)", np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    Activation("sigmoid", "1/(1 + exp(−x))", _sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
    Activation("inverse", "−x", np.negative, lambda x: -np.ones_like(x)),
    Activation("abs", "|x|", np.abs, np.sign),
    Activation("relu", "max(x, 0)", lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype)),
    Activation("cos", "cos(πx)", lambda x: np.cos(np.pi * x), lambda x: -np.pi * np.sin(np.pi * x)),
)
NAMES, index = names.NAMES, names.index
LINEAR, STEP, SIN, GAUSSIAN, TANH, SIGMOID, INVERSE, ABS, RELU, COS = range(len(TABLE))
OWN = len(TABLE)  # the index of the first activation of one's own


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


def indices(chosen: Sequence[str], own: Sequence[str] = ()) -> np.ndarray:
    """The indices of several names, uint8."""
    return np.array([index(name, own) for name in chosen], dtype=np.uint8)
