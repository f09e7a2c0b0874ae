"""What makes outputs predictions, and how good these are.

All connections share a weight, so outputs have no scale of their own. A scale and an offset for
each output and shared weight are fitted by least squares on the training examples.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wann.core.kernels import forward_batch
from wann.core.network import Network
from wann.envs.classification import Examples
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task

# The shared weights of the paper, for which a network's file holds what makes predictions.
READOUTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
LEAST_DEVIATION = 1e-6  # of an output, by its size: below, it is constant but for rounding


class RegressionBatch(NamedTuple):
    """B examples: inputs float32[I, B], one example a column, and targets float64[O, B]."""

    images: np.ndarray
    targets: np.ndarray


class Readout(NamedTuple):
    """What makes outputs predictions, for each of W choices of weights: scale · output + offset.

    Attributes:
        scale: float64[W, O].
        offset: float64[W, O].
    """

    scale: np.ndarray
    offset: np.ndarray

    def __call__(self, outputs: np.ndarray) -> np.ndarray:
        """The predictions for outputs [W, O, B], float64[W, O, B]."""
        return self.scale[:, :, None] * outputs + self.offset[:, :, None]


def batch(examples: Examples) -> RegressionBatch:
    """Examples as a batch."""
    return RegressionBatch(np.ascontiguousarray(examples.X.T), np.ascontiguousarray(examples.y.T))


def outputs(network: Network, weights: np.ndarray, case: RegressionBatch) -> np.ndarray:
    """The outputs for shared weights [W] or individual ones [W, C], float64[W, O, B]."""
    if weights.ndim == 1:
        found = forward_batch.outputs(network.graph, case.images, weights)
    else:
        strengths = [network.strengths(individual)[0] for individual in weights]
        each = [
            forward_batch.outputs(network.graph, case.images, strengths=strength)
            for strength in strengths
        ]
        found = np.concatenate(each)
    return found.astype(np.float64)


def squared_correlation(found: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The squared correlation of outputs [W, O, B] and targets [O, B], their mean over O, [W].

    It is 0 for a constant output, and NaN where one is not finite.
    """
    x, deviates = _centred(found)
    y = targets - targets.mean(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        shared = (x * y).sum(axis=2) ** 2
        square = (x**2).sum(axis=2) * (y**2).sum(axis=1)
        result = np.where(deviates & (square > 0), shared / square, 0.0)
    return np.asarray(np.where(np.isfinite(found).all(axis=2), result, np.nan).mean(axis=1))


def fitted(
    found: np.ndarray, targets: np.ndarray, sample_weight: np.ndarray | None = None
) -> Readout:
    """The scale and offset that bring outputs [W, O, B] nearest to targets [O, B]: least squares.

    A constant output, or one that is not finite, has the scale 0.

    Args:
        found: The outputs.
        targets: The targets.
        sample_weight: [B], how much each example counts; None for all alike.
    """
    weight = np.ones(found.shape[2]) if sample_weight is None else sample_weight
    weight = weight / weight.sum()
    x, deviates = _centred(found, weight)
    y_mean = targets @ weight
    with np.errstate(all="ignore"):
        shared = (x * (targets - y_mean[:, None])) @ weight
        scale = np.where(deviates, shared / (x**2 @ weight), 0.0)
        scale = np.where(np.isfinite(scale), scale, 0.0)
        offset = y_mean - np.where(scale == 0, 0.0, scale * (found @ weight))
    return Readout(scale, offset)


def r_squared(
    predicted: np.ndarray, targets: np.ndarray, sample_weight: np.ndarray | None = None
) -> np.ndarray:
    """1 - squared errors / squared deviations, the mean over the O targets, float64[W].

    Targets that are all the same give 0, as they explain nothing.

    Args:
        predicted: [W, O, B].
        targets: [O, B].
        sample_weight: [B], how much each example counts; None for all alike.
    """
    weight = np.ones(targets.shape[1]) if sample_weight is None else sample_weight
    mean = targets.mean(axis=1) if sample_weight is None else targets @ weight / weight.sum()
    with np.errstate(all="ignore"):
        errors = ((predicted - targets) ** 2 * weight).sum(axis=2)
        total = ((targets - mean[:, None]) ** 2 * weight).sum(axis=1)
        return np.asarray(np.where(total > 0, 1 - errors / total, 0.0).mean(axis=1))


def readout(network: Network, task: RegressionTask, weights: np.ndarray) -> Readout:
    """What makes outputs with shared weights [W] predictions, fitted on the training examples."""
    train = batch(task.train)
    return fitted(outputs(network, weights, train), train.targets)


def action_of(task: Task, network: Network) -> dict[str, Any]:
    """How outputs become an action, as written to network files: for regression with what was
    fitted for the shared weights `READOUTS`."""
    if not isinstance(task, RegressionTask):
        return task.action
    found = readout(network, task, READOUTS)
    return {
        **task.action,
        "weights": READOUTS.tolist(),
        "scale": found.scale.tolist(),
        "offset": found.offset.tolist(),
    }


def _centred(found: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Outputs [W, O, B] less their means, and whether they deviate from these, bool[W, O]."""
    with np.errstate(all="ignore"):
        mean = found.mean(axis=2) if weight is None else found @ weight
        x = found - mean[:, :, None]
        size = np.abs(found).max(axis=2)
        deviates = np.abs(x).max(axis=2) > LEAST_DEVIATION * size
    return x, deviates
