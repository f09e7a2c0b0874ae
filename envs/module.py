"""A task in a module of the user's: "MODULE:NAME", where NAME is a task or a function making it."""

from __future__ import annotations

import copy
import importlib
from typing import Any

from wann.envs import did_you_mean
from wann.envs.failure import Unfit
from wann.envs.stepped import making
from wann.envs.task import Task

NAMED = ("name", "inputs", "outputs", "action", "solved_at")  # what a task has


def make(name: str, **options: Any) -> Task:
    """The task, which is called by this name in runs and network files.

    Args:
        name: The module, a colon, and what is called so in it.
        **options: For a function.

    Raises:
        ValueError: If there is none.
        EnvironmentFailed: If the module or the function raises, or asks to end the program.
    """
    module, attribute = name.split(":")
    with making.told(name):
        task: Any = _found(name, module, attribute)
        if isinstance(task, type) or (callable(task) and _lacking(task)):
            task = task(**options)
        if lacking := _lacking(task):
            raise Unfit(
                f"{name}: expected a task, or a function that makes one; a {type(task).__name__} "
                f"has no {lacking[0]}"
            )
        named: Task = copy.copy(task)
        object.__setattr__(named, "name", name)  # the copy is ours, be its kind frozen or not
        return named


def _found(name: str, module: str, attribute: str) -> Any:
    try:
        inside = vars(importlib.import_module(module))
    except ModuleNotFoundError as error:
        raise Unfit(
            f"{name}: expected MODULE:NAME with a module that can be imported from here, but "
            f"{error}"
        ) from None
    if attribute not in inside:
        raise Unfit(
            f"{name}: the module {module} has no {attribute!r}{did_you_mean(attribute, inside)}"
        )
    return inside[attribute]


def _lacking(task: Any) -> list[str]:
    return [each for each in NAMED if not hasattr(task, each)]
