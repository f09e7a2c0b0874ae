"""What a champion cost: samples (images seen, or environment steps), multiply-adds, CPU seconds."""

from __future__ import annotations

from wann.envs.classification import ClassificationTask
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import ControlTask, Task
from wann.search.state import IN_ALL, Cost
from wann.storage.model import Model
from wann.storage.subject import Subject

PASSES = 3  # forward, and backward to weights and to values


def of_search(subject: Subject) -> Cost | None:
    """What a champion's search recorded in its checkpoint, its end included where it has come;
    None where there is none, or of an older version.

    Raises:
        ValueError: If the checkpoint is damaged.
    """
    arrays = subject.run.load_checkpoint() if subject.run else None
    if arrays is None:
        return None
    return Cost.from_arrays(arrays, IN_ALL) or Cost.from_arrays(arrays)


def of_tuning(tuned: Model, task: Task) -> tuple[int, int] | None:
    """Samples and multiply-adds of a tuning of individual weights; None where it is not known."""
    details = tuned.scores.get("tuning", {})
    try:
        if isinstance(task, ClassificationTask | RegressionTask):
            samples = int(details["iteration"]) * len(task.train.y)
            return samples, PASSES * samples * tuned.network.complexity
        limit = task.episode_limit if isinstance(task, ControlTask | GymTask) else 0
        samples = int(details["evaluations"]) * limit
    except (KeyError, TypeError, ValueError):
        return None
    return samples, samples * tuned.network.complexity
