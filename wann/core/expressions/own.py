"""Activations of one's own, by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from wann.core.expressions.names import NAMES
from wann.core.expressions.tree import Tree, parse

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
    if not NAME.fullmatch(name) or name in NAMES:
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
    return NAMES + tuple(each.name for each in found) if found else NAMES
