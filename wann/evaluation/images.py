"""Evaluation on the images of a classification task, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from wann import envs
from wann.core.kernels import forward_batch
from wann.core.network import Network
from wann.envs.classification import ClassificationTask


class Batch(NamedTuple):
    """B images and their classes: images float32[I, B], one a column, labels int64[B]."""

    images: np.ndarray
    labels: np.ndarray


class ImageEvaluator:
    """Batches of images; a case is a batch.

    Selection goes by the mean log-likelihood of the right class on training images, fresh ones
    each generation. Champions are confirmed by their accuracy on the validation images, and
    reported with that on the test images (on the validation images if the task has no others).
    """

    def __init__(self, task: ClassificationTask, size: int, calibrated: bool = True) -> None:
        """Evaluate on batches of a number of images, all of them if the task has fewer.

        Args:
            task: The task.
            size: Number of images.
            calibrated: Whether the likelihood is; see `log_likelihood`.
        """
        self.task = task
        self.calibrated = calibrated
        self.size = min(size, len(task.train.y))
        # Few validation examples have many ties; where each batch is all of the training examples,
        # the later of two networks is the likelier on these.
        self.later_wins = task.image_shape is None and self.size == len(task.train.y)
        self._confirmation = [Batch(np.ascontiguousarray(task.validation.X.T), task.validation.y)]
        self._report = [Batch(np.ascontiguousarray(task.report.X.T), task.report.y)]

    def __reduce__(self) -> tuple[Any, ...]:
        """To another machine goes the task's name: images are read where they are needed."""
        return _received, (self.task.name, self.size, self.calibrated)

    def draw(self, rng: np.random.Generator, rollouts: int) -> list[Batch]:
        """R batches of training images."""
        images, labels = self.task.train
        chosen = [rng.choice(len(labels), self.size, replace=False) for _ in range(rollouts)]
        return [Batch(np.ascontiguousarray(images[c].T), labels[c]) for c in chosen]

    def confirmation(self, rng: np.random.Generator, rollouts: int) -> list[Batch]:
        """All validation images, as one batch."""
        return self._confirmation

    def report(self, rng: np.random.Generator, rollouts: int) -> list[Batch]:
        """All test images, as one batch."""
        return self._report

    def describe(self, cases: Sequence[Batch]) -> str:
        """What cases for a report are."""
        part = "validation" if self.task.test is None else "test"
        what = "images" if self.task.table is None else "rows"
        return f"{sum(len(batch.labels) for batch in cases):,} {part} {what}"

    def samples(self, what: str, cases: Sequence[Batch]) -> int:
        """How many images a network sees with each choice of weights."""
        return sum(len(batch.labels) for batch in cases)

    def rewards(self, network: Network, weights: np.ndarray, cases: Sequence[Batch]) -> np.ndarray:
        """The mean log-likelihood for each choice of weights and batch, float64[W, R]."""
        return self._scores(network, weights, cases)[0]

    def scores(self, network: Network, weights: np.ndarray, cases: Sequence[Batch]) -> np.ndarray:
        """The accuracy for each choice of weights and batch, float64[W, R]."""
        return self._scores(network, weights, cases)[1]

    def _scores(self, network: Network, weights: np.ndarray, cases: Sequence[Batch]) -> np.ndarray:
        """Log-likelihood and accuracy, float64[2, W, R]."""
        result = np.empty((2, len(weights), len(cases)))
        for r, (images, labels) in enumerate(cases):
            if weights.ndim == 1:
                result[:, :, r] = forward_batch.scores(
                    network.graph, images, labels, weights, calibrated=self.calibrated
                )
                continue
            for w, individual in enumerate(weights):
                strengths = network.strengths(individual)[0]
                result[:, w, r] = np.ravel(
                    forward_batch.scores(
                        network.graph,
                        images,
                        labels,
                        strengths=strengths,
                        calibrated=self.calibrated,
                    )
                )
        return result


@lru_cache(maxsize=2)
def _received(name: str, size: int, calibrated: bool) -> ImageEvaluator:
    """An evaluator that came from another process."""
    task = envs.make(name)
    assert isinstance(task, ClassificationTask)
    return ImageEvaluator(task, size, calibrated)
