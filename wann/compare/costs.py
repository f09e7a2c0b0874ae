"""What a champion cost: samples (images seen, or environment steps), and multiply-adds."""

from __future__ import annotations

import numpy as np

from wann.envs.classification import ClassificationTask
from wann.envs.gym import GymTask
from wann.envs.task import ControlTask, Task
from wann.storage.model import Model
from wann.storage.subject import Subject

PASSES = 3  # forward, and backward to weights and to values


def of_search(subject: Subject) -> tuple[int | None, int | None]:
    """Samples and multiply-adds of a champion's search; None where there is no run.

    A rollout or image counts once for each weight it is tried with, with as many multiply-adds as
    the median network of the generation has connections; episodes that end early count in full.
    """
    metrics = subject.run.metrics() if subject.run else {}
    if not len(metrics.get("generation", ())):
        return None, None
    task = subject.task
    if isinstance(task, ClassificationTask):
        each = min(subject.config.batch, len(task.train.y))
    else:
        each = _limit(task)
    new = np.diff(metrics["evaluations"], prepend=0.0)
    return (
        int(metrics["evaluations"][-1] * each),
        int((new * metrics["connections_median"]).sum() * each),
    )


def of_tuning(tuned: Model, task: Task) -> tuple[int, int] | None:
    """Samples and multiply-adds of a tuning of individual weights; None where it is not known."""
    details = tuned.scores.get("tuning", {})
    try:
        limit = _limit(task)
        if isinstance(task, ClassificationTask):
            samples = int(details["iteration"]) * len(task.train.y)
            return samples, PASSES * samples * tuned.network.complexity
        samples = int(details["evaluations"]) * limit
    except (KeyError, TypeError, ValueError):
        return None
    return samples, samples * tuned.network.complexity


def _limit(task: Task) -> int:
    """The steps of an episode; 0 where there are none."""
    return task.episode_limit if isinstance(task, ControlTask | GymTask) else 0
