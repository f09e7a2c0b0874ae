"""Activations of one's own by name, and as the kernels take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from wann.core.expressions.parity import parity
from wann.core.expressions.tree import Tree, parse
from wann.core.kernels import activations
from wann.core.kernels.programs import CODES, NO_PROGRAMS

MOST = 16  # in one search
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


class Own(NamedTuple):
    """An activation of one's own; in a genome, its index follows those of `activations.TABLE`."""

    name: str
    expression: str

    @property
    def tree(self) -> Tree:
        """Its expression, read."""
        return parse(self.expression)


def own(name: str, expression: str) -> Own:
    """An activation of one's own, checked.

    Raises:
        ValueError: If the name is no word or taken, or the expression is not allowed.
    """
    if not NAME.fullmatch(name) or name in activations.NAMES:
        raise ValueError(
            f"expected a name of your own for an activation, of at most 32 letters, digits and _, "
            f"got {name!r}"
        )
    try:
        parse(expression)
    except ValueError as error:
        raise ValueError(f"activation {name}: {error}") from None
    return Own(name, expression)


def split(text: str) -> list[str]:
    """The parts of a list with commas; those in brackets part nothing."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


@cache
def listed(text: str) -> tuple[tuple[str, ...], tuple[Own, ...]]:
    """The activations of a list such as ``linear,softsign=x/(1+abs(x))``.

    Returns:
        The names of all, and those of one's own, in the order of the list.

    Raises:
        ValueError: If one is neither known nor a name with an expression, or there are too many of
            one's own.
    """
    names, found = [], []
    for part in split(text):
        name, given, expression = part.partition("=")
        if given:
            found.append(own(name.strip(), expression.strip()))
            name = name.strip()
        names.append(name)
    check(found)
    return tuple(names), tuple(found)


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


def check(found: Sequence[Own]) -> None:
    """See that activations of one's own go together.

    Raises:
        ValueError: If there are too many, or two of a name.
    """
    if len(found) > MOST:
        raise ValueError(f"expected at most {MOST} activations of your own, got {len(found)}")
    names = [each.name for each in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"activations: {sorted(twice)[0]} stands twice")


def names(found: tuple[Own, ...]) -> tuple[str, ...]:
    """The names of all activations by their indices, those of one's own last."""
    return activations.NAMES + tuple(each.name for each in found) if found else activations.NAMES


@cache
def programs(found: tuple[Own, ...]) -> np.ndarray:
    """Activations of one's own as the kernels take them, float64[K, L, 2]."""
    if not found:
        return NO_PROGRAMS
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
