"""Expressions of x as trees: read from text by a short list of what may stand in it.

Python's parser reads the text; nothing of it is run. What is not on the list is refused.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from wann.core.expressions.names import DEEPEST

LONGEST = 200  # characters
MOST = 64  # operations, numbers and x
FUNCTIONS = {
    **dict.fromkeys(("abs", "exp", "log", "tanh", "sin", "cos", "sqrt"), 1),
    **dict.fromkeys(("max", "min"), 2),
    "where": 3,
}
CONSTANTS = {"pi": math.pi}
ALLOWED = (
    f"x, numbers, pi, + - * /, ** with a number as exponent, {', '.join(FUNCTIONS)}; "
    "where(a > b, c, d) takes a comparison by <, <=, > or >="
)
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
# Each comparison by one of two, with its sides swapped or not.
_COMPARISONS: dict[type[ast.cmpop], tuple[str, bool]] = {
    ast.Gt: ("greater", False),
    ast.GtE: ("at_least", False),
    ast.Lt: ("greater", True),
    ast.LtE: ("at_least", True),
}

T = TypeVar("T")


@dataclass(frozen=True)
class Tree:
    """An expression: an operation of parts.

    Attributes:
        operation: One of `kernels.programs.CODES` but for "end". The exponent of "pow" is a
            number, and a comparison stands only as the first part of "where".
        parts: What it is applied to.
        number: The value of a "number".
    """

    operation: str
    parts: tuple[Tree, ...] = ()
    number: float = 0.0

    def fold(
        self, x: T, number: Callable[[float], T], operations: Mapping[str, Callable[..., T]]
    ) -> T:
        """What the expression comes to, with a meaning for x, for numbers and each operation."""
        if self.operation == "x":
            return x
        if self.operation == "number":
            return number(self.number)
        parts = (part.fold(x, number, operations) for part in self.parts)
        return operations[self.operation](*parts)

    def __len__(self) -> int:
        """How many operations, numbers and x it is made of."""
        return 1 + sum(map(len, self.parts))

    @property
    def operations(self) -> set[str]:
        """All operations in it; numbers and x count, too."""
        return {self.operation}.union(*(part.operations for part in self.parts))

    @property
    def depth(self) -> int:
        """How many operations stand inside one another, a number or x as the last."""
        return 1 + max((part.depth for part in self.parts), default=0)


@cache
def parse(text: str) -> Tree:
    """Read an expression of x, such as ``x / (1 + abs(x))``.

    Raises:
        ValueError: If it is too long or too deep, or anything in it is not allowed; it says what.
    """
    if len(text) > LONGEST:
        raise ValueError(f"expected at most {LONGEST} characters, got {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd, such as 1if
            body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError(f"expected an expression of x, got {text!r}") from None
    tree = _tree(body, text)
    if "x" not in tree.operations:
        raise ValueError(f"expected an expression of x, got {text!r}")
    if len(tree) > MOST or tree.depth > DEEPEST:
        raise ValueError(
            f"expected at most {MOST} operations, {DEEPEST} inside one another, got {len(tree)} "
            f"and {tree.depth}"
        )
    return tree


def _tree(node: ast.expr, text: str) -> Tree:
    match node:
        case ast.Name(id="x"):
            return Tree("x")
        case ast.Name(id=name) if name in CONSTANTS:
            return Tree("number", number=CONSTANTS[name])
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number) if abs(number) <= 1e300:
            return Tree("number", number=float(number))
        case ast.UnaryOp(op=ast.UAdd(), operand=part):
            return _tree(part, text)
        case ast.UnaryOp(op=ast.USub(), operand=part):
            inner = _tree(part, text)
            if inner.operation == "number":
                return Tree("number", number=-inner.number)
            return Tree("neg", (inner,))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            parts = _tree(left, text), _tree(right, text)
            if not isinstance(operator, ast.Pow) or parts[1].operation == "number":
                return Tree(_BINARY[type(operator)], parts)
        case ast.Call(func=ast.Name(id="where"), args=[condition, then, otherwise], keywords=[]):
            return Tree("where", (_condition(condition, text), *_trees([then, otherwise], text)))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if (
            name != "where" and FUNCTIONS.get(name) == len(arguments)
        ):
            return Tree(name, _trees(arguments, text))
    raise _refused(node, text)


def _trees(nodes: list[ast.expr], text: str) -> tuple[Tree, ...]:
    return tuple(_tree(node, text) for node in nodes)


def _condition(node: ast.expr, text: str) -> Tree:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if (
            type(operator) in _COMPARISONS
        ):
            name, swapped = _COMPARISONS[type(operator)]
            parts = _trees([left, right], text)
            return Tree(name, parts[::-1] if swapped else parts)
    raise _refused(node, text)


def _refused(node: ast.expr, text: str) -> ValueError:
    found = ast.get_source_segment(text.strip(), node) or text
    return ValueError(f"cannot take {found!r}: an expression may hold {ALLOWED}")
