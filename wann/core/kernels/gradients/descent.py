"""Gradient descent on the weights of a network, on images, compiled: Adam, or with momentum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.kernels.forward import Graph
from wann.core.kernels.gradients.weight_gradients import add_gradients, memory_of
from wann.core.kernels.jit import compiled_fast

# How much of the mean gradient, and of its mean square, is kept; what keeps a step from infinity.
BETA_1, BETA_2, EPSILON = np.float32(0.9), np.float32(0.999), np.float32(1e-8)


class Rule(NamedTuple):
    """How weights follow their gradients.

    Attributes:
        momentum: How much of the last change stays in the next one; 0 stands for Adam (Kingma &
            Ba, 2015).
        l2: Factor of the sum of squared weights, halved, in the loss; biases do not count.
    """

    momentum: float
    l2: float


class Moments(NamedTuple):
    """What a rule knows of the gradients so far.

    Attributes:
        steps: int64[1], how many there were.
        mean: float32[E], their mean, or the last change.
        square: float32[E], the mean of their squares, of Adam alone.
    """

    steps: np.ndarray
    mean: np.ndarray
    square: np.ndarray


def no_moments(connections: int) -> Moments:
    """Those before the first step."""
    return Moments(np.zeros(1, np.int64), *np.zeros((2, connections), np.float32))


@compiled_fast
def descend(
    graph: Graph,
    weights: np.ndarray,
    learns: np.ndarray,
    rule: Rule,
    moments: Moments,
    examples: np.ndarray,
    labels: np.ndarray,
    batches: np.ndarray,
    rates: np.ndarray,
) -> int:
    """Minimise the cross entropy of the right class, the outputs going into the softmax as they
    are; weights and moments change in place.

    Args:
        graph: N nodes, E connections, I inputs.
        weights: float32[E].
        learns: bool[E], which of them are trained.
        rule: How.
        moments: Of the steps before.
        examples: float32[M, I].
        labels: int64[M].
        batches: int64[S, B], the examples of each step.
        rates: float32[S], how far each goes.

    Returns:
        How many examples were classified right, each before its step.
    """
    memory = memory_of(graph)
    gradients = np.empty_like(weights)
    size = np.float32(batches.shape[1])
    momentum, l2 = np.float32(rule.momentum), np.float32(rule.l2)
    one = np.float32(1)
    hits = 0
    for step in range(len(batches)):
        gradients[:] = 0
        hits += add_gradients(graph, weights, memory, examples, labels, batches[step], gradients)
        moments.steps[0] += 1
        known_1 = np.float32(1 - np.float64(BETA_1) ** moments.steps[0])
        known_2 = np.float32(1 - np.float64(BETA_2) ** moments.steps[0])
        for i in range(len(weights)):
            if not learns[i]:
                continue
            slope = -gradients[i] / size
            if memory.places[i] > 0:  # 0 is the bias
                slope += l2 * weights[i]
            if momentum > 0:
                moments.mean[i] = slope + momentum * moments.mean[i]
                weights[i] -= rates[step] * moments.mean[i]
            else:
                mean = BETA_1 * moments.mean[i] + (one - BETA_1) * slope
                square = BETA_2 * moments.square[i] + (one - BETA_2) * slope * slope
                moments.mean[i], moments.square[i] = mean, square
                away = np.sqrt(square / known_2) + EPSILON
                weights[i] -= rates[step] * (mean / known_1) / away
    return hits
