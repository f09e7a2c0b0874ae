"""Probabilities that mean something: temperature scaling (Guo et al., 2017, arXiv:1706.04599).

Of an ensemble the mean of its members' probabilities is scaled, so the class does not change.
"""

from __future__ import annotations

import numpy as np

LEAST, MOST = 0.01, 100.0  # temperatures
FLOOR = 1e-300  # of a probability, for its logarithm


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities [B, O] to the power of 1/T, each row scaled to a sum of 1."""
    from scipy.special import softmax  # only now: it takes a while

    result: np.ndarray = softmax(_logarithms(probabilities) / temperature, axis=1)
    return result


def temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature T that makes the right classes most likely.

    Each class counts as right once more, spread over all examples, as in Platt (1999): so few
    examples that are all right do not make it certain.

    Args:
        probabilities: float64[B, O].
        labels: int64[B], the right classes.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    logarithms = _logarithms(probabilities)
    right = np.arange(len(labels)), labels

    def loss(log_temperature: float) -> float:
        found = log_softmax(logarithms / np.exp(log_temperature), axis=1)
        return float(-found[right].sum() - found.mean(axis=0).sum())

    best = minimize_scalar(loss, bounds=np.log((LEAST, MOST)), method="bounded")
    return float(np.exp(best.x))


def _logarithms(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities, FLOOR))
