"""What activations of one's own are as arrays: their values, and what the kernels take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from wann.core.expressions.own import Own
from wann.core.expressions.parity import parity
from wann.core.expressions.tree import Tree
from wann.core.kernels import activations
from wann.core.kernels.programs import CODES

_NUMPY: dict[str, Callable[..., Any]] = {
    **{"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power},
    **{"max": np.maximum, "min": np.minimum, "greater": np.greater, "at_least": np.greater_equal},
    **{"where": np.where, "neg": np.negative, "abs": np.abs, "exp": np.exp, "log": np.log},
    **{"tanh": np.tanh, "sin": np.sin, "cos": np.cos, "sqrt": np.sqrt},
}


def value(found: Sequence[Own], activation: int, x: np.ndarray) -> np.ndarray:
    """An activation of an array, by its index, in the array's precision."""
    if activation < activations.OWN:
        return activations.TABLE[activation].value(x)
    return found[activation - activations.OWN].tree.fold(x, x.dtype.type, _NUMPY)


@cache
def programs(found: tuple[Own, ...]) -> np.ndarray | None:
    """Activations of one's own as the kernels take them, float64[K, L, 2]; None for none."""
    if not found:
        return None
    trees = [each.tree for each in found]
    result = np.zeros((len(trees), max(map(len, trees)), 2))
    for program, tree in zip(result, trees, strict=True):
        steps = _steps(tree)
        program[: len(steps)] = steps
    return result


@cache
def parities(found: tuple[Own, ...]) -> np.ndarray:
    """Whether each is even or odd, uint8[K]; see `parity`."""
    return np.array([parity(each.tree) for each in found], np.uint8)


def _steps(tree: Tree) -> list[tuple[float, float]]:
    """The operations of a program, each after those of its parts."""
    before = [step for part in tree.parts for step in _steps(part)]
    return [*before, (CODES.index(tree.operation), tree.number)]
