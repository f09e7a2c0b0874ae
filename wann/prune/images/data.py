"""The examples a dense network is trained and scored on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.envs.classification import ClassificationTask, Examples
from wann.envs.tables.regression import RegressionTask

# Shift and scale of raw pixels in [0, 1], so that inputs are (x - shift) / scale: the mean and
# the deviation of all training pixels.
NORMALISATION = {"mnist-28": (0.1307, 0.3081), "fashion-mnist-28": (0.2860, 0.3530)}
AS_THEY_ARE = (0.0, 1.0)


class Data(NamedTuple):
    """Examples, normalised.

    Attributes:
        train: What weights are trained on.
        validation: What everything is chosen on.
        test: What only the reported scores come from.
        normalisation: The (shift, scale) that made them.
    """

    train: Examples
    validation: Examples
    test: Examples
    normalisation: tuple[float, float]


def examples_of(task: ClassificationTask | RegressionTask) -> Data:
    """The examples of a task; targets of regression less their mean, by their deviation."""
    if isinstance(task, RegressionTask):
        return _standardised(task)
    shift, scale = NORMALISATION.get(task.name, AS_THEY_ARE)

    def normalised(examples: Examples) -> Examples:
        if (shift, scale) == AS_THEY_ARE:
            return examples
        return Examples((examples.X - np.float32(shift)) / np.float32(scale), examples.y)

    return Data(
        normalised(task.train),
        normalised(task.validation),
        normalised(task.report),
        (shift, scale),
    )


def _standardised(task: RegressionTask) -> Data:
    """Targets of training rows with a mean of 0 and a deviation of 1, in which R² is the same."""
    y = task.train.y
    mean, deviation = y.mean(axis=0), y.std(axis=0)

    def scaled(examples: Examples) -> Examples:
        return Examples(examples.X, ((examples.y - mean) / deviation).astype(np.float32))

    return Data(scaled(task.train), scaled(task.validation), scaled(task.report), AS_THEY_ARE)


def with_corrupted_labels(data: Data, rng: np.random.Generator) -> Data:
    """The same training images, each with the label of another."""
    return data._replace(train=Examples(data.train.X, rng.permutation(data.train.y)))
