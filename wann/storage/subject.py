"""What the commands after a search look at: a saved network, and the task to try it on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wann import envs
from wann.core.config import SearchConfig
from wann.envs.classification import ClassificationTask
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task
from wann.storage import saved
from wann.storage.model import Model
from wann.storage.saved import Saved, check_sizes


@dataclass(frozen=True)
class Subject(Saved):
    """A network to try.

    Attributes:
        task: What it is for.
        config: The settings of its search; those preset for the task where it has no run.
    """

    task: Task
    config: SearchConfig

    @property
    def unit(self) -> str:
        """What its task is scored in."""
        return unit_of(self.task)


def unit_of(task: Task) -> str:
    """What a task is scored in."""
    if isinstance(task, RegressionTask):
        return "R²"
    return "accuracy" if isinstance(task, ClassificationTask) else "return"


def measures_of(task: Any) -> tuple[str, str]:
    """What the fitness of a search and what its champions' scores are, where they are two things:
    they share no scale, so they share no line without their names."""
    if isinstance(task, RegressionTask):
        return "correlation²", "R²"
    if isinstance(task, ClassificationTask):
        return "log-likelihood", "accuracy"
    return "", ""


def task_of(model: Model, data: Path | None = None, env: str | None = None) -> Task:
    """The task that a network is for.

    Args:
        model: The network.
        data: The folder that holds the task's files.
        env: The name that the user gave, if any; see `envs.made_for`.

    Raises:
        OSError: If its data cannot be read.
        ValueError: If there is no such task, or its table is another by now.
    """
    options: dict[str, Any] = {} if data is None else {"data": data}
    if model.table is not None:
        options["record"] = model.table
    return envs.made_for(model.task, env, **options)


def read(
    path: Path,
    env: str | None = None,
    weights_file: Path | None = None,
    data: Path | None = None,
    max_steps: int | None = None,
) -> Subject:
    """Read a run folder, a network file, or a matrix of the paper's code.

    Args:
        path: The folder or file.
        env: The name of the task; needed with a matrix, and with a task in a module of its own.
        weights_file: A list of individual weights, for a matrix.
        data: The folder that holds the task's files.
        max_steps: Steps after which to cut an episode; by default as the search.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not valid, or does not fit its task; it says what is wrong.
    """
    options = {} if data is None else {"data": data}
    task = None if env is None else envs.make(env, **options)
    found = saved.read(path, task, weights_file)
    task = task_of(found.model, data) if task is None or found.model.table else task
    try:
        check_sizes(found.model, task, f"as {task.name} has")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if isinstance(task, GymTask):
        task = replace(task, normalization=found.model.normalization)
    config = found.read_config()
    if max_steps is not None:
        config = replace(config, max_steps=max_steps)
    return Subject(path, found.model, task, config)
