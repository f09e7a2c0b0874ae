"""Whether an expression is an even or an odd function, as far as its form tells."""

from __future__ import annotations

from collections.abc import Callable

from wann.core.expressions.tree import Tree

EVEN, ODD, NEITHER = range(1, 4)


def parity(tree: Tree) -> int:
    """EVEN if f(-x) = f(x) by its form, ODD if f(-x) = -f(x), else NEITHER."""
    if tree.operation == "x":
        return ODD
    found = [parity(part) for part in tree.parts]
    if NEITHER in found:
        return NEITHER
    if set(found) <= {EVEN}:  # a number is a function of nothing
        return EVEN
    if tree.operation == "pow":
        exponent = tree.parts[1].number
        return NEITHER if exponent % 1 else ODD if exponent % 2 else EVEN
    return _OF_ODD.get(tree.operation, lambda *_: NEITHER)(*found)


def _same(first: int, *others: int) -> int:
    return first if {first} == set(others) else NEITHER


def _product(left: int, right: int) -> int:
    return EVEN if left == right else ODD


# What an operation gives whose parts are even or odd, at least one of them odd.
_OF_ODD: dict[str, Callable[..., int]] = {
    **dict.fromkeys(("add", "sub"), _same),
    **dict.fromkeys(("mul", "div"), _product),
    **dict.fromkeys(("neg", "tanh", "sin"), lambda _: ODD),
    **dict.fromkeys(("abs", "cos"), lambda _: EVEN),
    "where": lambda condition, a, b: _same(a, b) if condition == EVEN else NEITHER,
}
