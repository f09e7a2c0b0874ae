"""Recipes: named settings, one for each method of the literature that is compared here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from wann.pruning import chains
from wann.pruning.experiment import Experiment, Result
from wann.pruning.settings import TASKS, Settings, nearest

Procedure = Callable[[Experiment, int], Iterator[Result]]


@dataclass(frozen=True)
class Recipe:
    """A method.

    Attributes:
        name: Its name.
        paper: Where it comes from.
        line: What it does, in a line.
        settings: Its defaults, on top of the task's.
        procedure: ``f(experiment, seed)`` yields the networks to report.
    """

    name: str
    paper: str
    line: str
    settings: dict[str, Any] = field(default_factory=dict)
    procedure: Procedure = chains.results


_FROM_TRAINED = {"survivors": "trained", "retrain": "none"}
_ALL = (
    Recipe(
        "lottery-ticket",
        "Frankle & Carbin 2019",
        "iterative magnitude pruning, survivors reset to their initial weights",
        {"arms": "reinitialised,shuffled"},
    ),
)
RECIPES = {recipe.name: recipe for recipe in _ALL}


def find(name: str) -> Recipe:
    """The recipe of this name.

    Raises:
        ValueError: If there is none.
    """
    if name not in RECIPES:
        known = ", ".join(nearest(name, list(RECIPES)))
        raise ValueError(f"unknown method {name!r}: expected one of {known}")
    return RECIPES[name]


def preset(method: str, env: str) -> Settings:
    """The default settings of a recipe on a task.

    Raises:
        ValueError: If there is no such recipe.
    """
    return Settings(**{**TASKS.get(env, {}), **find(method).settings, "method": method, "env": env})
