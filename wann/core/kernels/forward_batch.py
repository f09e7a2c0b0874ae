"""One network on a batch of images for several shared weights at once, compiled, in float32.

What makes it fast: only existing connections are summed; sources that are inputs are summed once
for all weights; the images come in tiles whose values stay in the cache; the sum of a node is
kept in registers until it is done; the activations are straight lines of arithmetic.

A call runs on one thread, holds no lock and shares no memory with other calls, so a population
is spread over threads by calling with one genome each; the result does not depend on it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wann.core.kernels import log_likelihood, programs
from wann.core.kernels.activations import OWN
from wann.core.kernels.forward import Graph
from wann.core.kernels.jit import compiled_fast
from wann.core.kernels.simd import aligned_rows, sum_rows
from wann.core.kernels.vector_math import ONE, TILE, ZERO, activate_rows


class Plan(NamedTuple):
    """The connections of a network, those from the bias and inputs first in each node.

    Values live in a matrix of rows of TILE images. Rows 0..I hold the bias and the inputs, row
    I + 1 zeros, row I + 2 the sum of a node's inputs, and from there on each computed node has
    one row for each of the W weights.
    """

    places: np.ndarray  # int64[E], the row of each source (for the first weight)
    strengths: np.ndarray  # float32[E]
    splits: np.ndarray  # int64[N], where a node's sources stop being inputs


@compiled_fast
def _row(graph: Graph, node: int, count: int) -> int:
    """The first row of a computed node; `count` is the number of weights."""
    first = 1 + graph.inputs
    return first + 2 + (node - first) * count


@compiled_fast
def _plan(graph: Graph, strengths: np.ndarray, count: int) -> Plan:
    first = 1 + graph.inputs
    places = np.empty(len(graph.sources), np.int64)
    ordered = np.empty(len(graph.sources), np.float32)
    splits = np.empty(len(graph.activations), np.int64)
    for node in range(first, len(graph.activations)):
        low, high = graph.offsets[node], graph.offsets[node + 1]
        k = low
        for i in range(low, high):
            if graph.sources[i] < first:
                places[k] = graph.sources[i]
                ordered[k] = strengths[i]
                k += 1
        splits[node] = k
        for i in range(low, high):
            if graph.sources[i] >= first:
                places[k] = _row(graph, graph.sources[i], count)
                ordered[k] = strengths[i]
                k += 1
    return Plan(places, ordered, splits)


@compiled_fast
def _memory(graph: Graph, count: int) -> np.ndarray:
    """The matrix of values, with the bias and the zeros."""
    memory = aligned_rows(_row(graph, len(graph.activations), count))
    memory[0] = ONE
    memory[1 : 2 + graph.inputs] = ZERO
    return memory


@compiled_fast
def _compute(
    graph: Graph,
    plan: Plan,
    weights: np.ndarray,
    images: np.ndarray,
    start: int,
    memory: np.ndarray,
) -> int:
    """Compute all nodes on the tile of images from `start` on; the number of images in it."""
    size = min(TILE, images.shape[1] - start)
    for i in range(graph.inputs):
        pixels = images[i, start : start + size]
        for t in range(size):
            memory[1 + i, t] = pixels[t]
    zeros = 1 + graph.inputs
    base = zeros + 1
    for node in range(zeros, len(graph.activations)):
        low, split, high = graph.offsets[node], plan.splits[node], graph.offsets[node + 1]
        row = _row(graph, node, len(weights))
        sum_rows(memory, base, zeros, plan.places, 0, plan.strengths, low, split, TILE, None)
        for w in range(len(weights)):
            sum_rows(memory, row + w, base, plan.places, w, plan.strengths, split, high, TILE, None)
        if graph.activations[node] < OWN:
            activate_rows(graph.activations[node], weights, memory, row)
        else:
            programs.activate_rows(graph.own, graph.activations[node] - OWN, weights, memory, row)
    return size


@compiled_fast
def _outputs(
    graph: Graph, strengths: np.ndarray, weights: np.ndarray, images: np.ndarray
) -> np.ndarray:
    count = len(weights)
    plan = _plan(graph, strengths, count)
    memory = _memory(graph, count)
    result = np.empty((count, graph.outputs, images.shape[1]), np.float32)
    row = _row(graph, len(graph.activations) - graph.outputs, count)
    for start in range(0, images.shape[1], TILE):
        size = _compute(graph, plan, weights, images, start, memory)
        for w in range(count):
            for o in range(graph.outputs):
                for b in range(size):
                    result[w, o, start + b] = memory[row + o * count + w, b]
    return result


@compiled_fast
def _scores(
    graph: Graph,
    strengths: np.ndarray,
    weights: np.ndarray,
    images: np.ndarray,
    labels: np.ndarray,
    calibrated: bool,
) -> tuple[np.ndarray, np.ndarray]:
    for label in labels:
        if not 0 <= label < graph.outputs:
            raise ValueError("expected labels that number the network's outputs, from 0 on")
    found = _outputs(graph, strengths, weights, images)
    result = np.empty((2, len(weights)))
    for w in range(len(weights)):
        result[0, w], result[1, w] = log_likelihood.scores(found[w], labels, calibrated)
    return result[0], result[1]


def _arguments(
    graph: Graph, images_t: np.ndarray, weights: Any, strengths: np.ndarray | None
) -> tuple[Graph, np.ndarray, np.ndarray, np.ndarray]:
    """The kernels' arguments, checked: (graph, strengths, weights, images)."""
    images_t = np.ascontiguousarray(images_t, dtype=np.float32)
    if images_t.ndim != 2 or len(images_t) != graph.inputs or not images_t.size:
        raise ValueError(
            f"expected images of shape [{graph.inputs}, B], one image a column, "
            f"got {images_t.shape}"
        )
    weights = np.ascontiguousarray(weights, dtype=np.float32)
    if weights.ndim != 1 or not weights.size:
        raise ValueError(f"expected weights of shape [W], got {weights.shape}")
    edges = graph.sources.shape
    if strengths is None:
        strengths = np.ones(edges, dtype=np.float32)
    strengths = np.ascontiguousarray(strengths, dtype=np.float32)
    if strengths.shape != edges:
        raise ValueError(f"expected strengths of shape {edges}, got {strengths.shape}")
    return graph, strengths, weights, images_t


def outputs(
    graph: Graph,
    images_t: np.ndarray,
    weights: Any = (1.0,),
    strengths: np.ndarray | None = None,
) -> np.ndarray:
    """The outputs of a network for B images and W shared weights.

    A node's value is activation(weight · sum of strength · source). Individual weights are
    strengths with the one weight 1: ``outputs(graph, images_t, strengths=...)``.

    Args:
        graph: N nodes, E connections, I inputs, O outputs.
        images_t: float32[I, B], one image a column.
        weights: [W].
        strengths: [E], a factor for each connection of the network; None stands for ones.

    Returns:
        float32[W, O, B].

    Raises:
        ValueError: If an argument has the wrong shape.
    """
    return _outputs(*_arguments(graph, images_t, weights, strengths))


def scores(
    graph: Graph,
    images_t: np.ndarray,
    labels: np.ndarray,
    weights: Any = (1.0,),
    strengths: np.ndarray | None = None,
    calibrated: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """How well a network classifies B images, for each of W shared weights.

    Args:
        graph: As in `outputs`, so are `images_t`, `weights` and `strengths`.
        images_t: float32[I, B].
        labels: int64[B], the output that is right for each image.
        weights: [W].
        strengths: [E] or None.
        calibrated: Whether the outputs are scaled as in `log_likelihood`.

    Returns:
        (log-likelihood float64[W], accuracy float64[W]). The first is the mean over the images of
        log p, where p is the right class's probability under a softmax over the outputs (Gaier
        & Ha 2019), or `log_likelihood.PROBABILITY_FLOOR` where that is larger. It is NaN for a
        weight with an output that is not finite, and such an image counts as misclassified. On
        ties the first output is the class.

    Raises:
        ValueError: If an argument has the wrong shape, or a label is not in 0..O-1.
    """
    arguments = _arguments(graph, images_t, weights, strengths)
    labels = np.ascontiguousarray(labels, dtype=np.int64)
    if labels.shape != arguments[-1].shape[1:]:
        raise ValueError(f"expected labels of shape {arguments[-1].shape[1:]}, got {labels.shape}")
    return _scores(*arguments, labels, calibrated)
