"""Dense networks that tell numbers, trained by gradient on the squared error."""

from __future__ import annotations

from pathlib import Path

from wann import envs
from wann.core.checks import require
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task
from wann.prune.images.settings import ImageSettings
from wann.prune.kinds.images import Images, ImageTasks
from wann.prune.settings import nearest

# The methods that train by one loss, which here is the squared error, and read no classes.
METHODS = (
    "dense",
    "magnitude",
    "fine-tuning",
    "random",
    "initial-magnitude",
    "lottery-ticket",
    "one-shot-ticket",
    "reinitialised",
    "rearranged",
    "rewinding",
    "nodes",
    "n-of-m",
)


class Regression(Images):
    """As images, with R² in the place of accuracy; see `Kind`."""

    title = "R² on the test rows"

    def suits(self, task: Task) -> bool:
        """Whether a task is one of regression."""
        return isinstance(task, RegressionTask)

    def tasks(self, settings: ImageSettings, data: Path | None) -> ImageTasks:
        """The task."""
        require("train", "pruning", "jax", "optax")
        _check(settings)
        task = envs.made_for(settings.env, **({} if data is None else {"data": data}))
        if not isinstance(task, RegressionTask):
            raise ValueError(f"--env: expected regression, got {task.name}")
        return task, None

    def score(self, value: float) -> str:
        """R² as text."""
        return f"{value:.3f}"


def _check(settings: ImageSettings) -> None:
    """See that nothing is asked for that needs classes.

    Raises:
        ValueError: If it is.
    """
    if settings.method not in METHODS:
        raise ValueError(
            f"--method: expected one that needs no classes, for regression: "
            f"{', '.join(nearest(settings.method, METHODS))}; got {settings.method!r}"
        )
    settings.check_elementary("for regression")
    if settings.found_on:
        raise ValueError(f"--found-on: expected none, for regression, got {settings.found_on}")
