"""Settings as they are written in Python: lists for weights and activations, and Python's names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from wann.core import config as configs
from wann.core.checks import parse_weights
from wann.core.config import RESUMABLE, SearchConfig
from wann.core.presets import is_images
from wann.envs import did_you_mean
from wann.envs.classification import ClassificationTask
from wann.envs.tables.name import CLASSIFICATION, REGRESSION
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task

Weights = str | Sequence[float] | np.ndarray

# What `evolve` takes by other names, or from the task.
_ELSEWHERE = {"env", "seed", "preset"}
NAMES = tuple(field.name for field in fields(SearchConfig) if field.name not in _ELSEWHERE)
# Flags of the command line that are not called so in Python.
_ARGUMENTS = {"from": "start", "to": "to"}


def config_of(task: Task, seed: int, preset: str, settings: dict[str, Any]) -> SearchConfig:
    """The settings of a search.

    Args:
        task: The task.
        seed: The seed.
        preset: Where the settings come from that are not given.
        settings: Some of `NAMES`; weights and activations as text or as lists.

    Raises:
        TypeError: If there is no setting of a name.
        ValueError: If a value is of the wrong kind or out of range.
    """
    for name in settings:
        if name not in NAMES:
            raise TypeError(f"evolve: there is no setting {name!r}{did_you_mean(name, NAMES)}")
    values = {name: _plain(name, value) for name, value in settings.items()}
    with python_names():
        config = configs.preset(_known_as(task), preset, seed=_plain("seed", seed), **values)
    return replace(config, env=task.name)


def _known_as(task: Task) -> str:
    """The name by which presets know a task: that of its kind, for tables and arrays."""
    if isinstance(task, RegressionTask):
        return REGRESSION
    if isinstance(task, ClassificationTask) and not is_images(task.name):
        return CLASSIFICATION
    return task.name


def _plain(name: str, value: Any) -> Any:
    """A value as the config holds it."""
    if name == "shared_weights" and not isinstance(value, str):
        return ",".join(map(repr, weights_of(value).tolist()))
    if name in ("activations", "objectives") and not isinstance(value, str):
        return ",".join(value)
    if name == "mutations" and not isinstance(value, str):
        return ",".join(f"{mutation}={float(rate)!r}" for mutation, rate in value.items())
    return value.item() if isinstance(value, np.generic) else value


def weights_of(weights: Weights, name: str = "shared_weights") -> np.ndarray:
    """Shared weights, float64[W], from numbers or from text such as "-2:2:81".

    Raises:
        ValueError: If they are none, or not finite.
    """
    if isinstance(weights, str):
        with python_names():
            return parse_weights(weights)
    try:
        values = np.asarray(weights, np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(
            f"{name}: expected a list of finite numbers, or LOW:HIGH:COUNT, got {weights!r:.80}"
        )
    return values


def check_same(now: SearchConfig, before: SearchConfig, run: object) -> None:
    """See that a search goes on with the settings it began with.

    Raises:
        ValueError: If one differs, but for those that only say when it ends.
    """
    for name, value in asdict(now).items():
        old = getattr(before, name)
        if name not in RESUMABLE and value != old:
            raise ValueError(
                f"{name}: expected {old!r} as in the run {run}, got {value!r}; name another folder "
                "to search with other settings"
            )


@contextmanager
def python_names() -> Iterator[None]:
    """Tell what is wrong by the names that settings have in Python.

    Raises:
        ValueError: Where one comes, in other words.
    """
    try:
        yield
    except ValueError as error:
        raise ValueError(re.sub(r"--(no-)?([a-z][a-z-]*)", _in_python, str(error))) from None


def _in_python(flag: re.Match[str]) -> str:
    no, name = flag.groups()
    name = _ARGUMENTS.get(name, name.replace("-", "_"))
    return f"{name}=False" if no else name
