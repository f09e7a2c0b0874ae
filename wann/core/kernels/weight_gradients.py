"""The gradient of the likelihood by each weight of a network, on images, compiled.

The images come in tiles, whose values, sums and derivatives stay in the cache; nothing leads back
to inputs, which have no derivatives. The sums over images run in lanes of a fixed number, so that
they are the same on all machines.
"""

from __future__ import annotations

import numpy as np

from wann.core.kernels import log_likelihood, programs
from wann.core.kernels.activations import OWN
from wann.core.kernels.backward import differentiate
from wann.core.kernels.forward import Graph
from wann.core.kernels.jit import compiled_fast
from wann.core.kernels.simd import aligned_rows, sum_rows
from wann.core.kernels.vector_math import LANES, ONE, TILE, ZERO, activate_rows


def weight_gradients(
    graph: Graph, weights: np.ndarray, examples: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, float]:
    """The derivatives of the mean log-likelihood by the weights of connections, and the accuracy.

    The outputs go into the softmax as they are.

    Args:
        graph: N nodes, E connections, I inputs.
        weights: float32[E], one for each connection.
        examples: [B, I], one a row.
        labels: int[B], the output that is right for each.

    Returns:
        float32[E], and the share of examples whose largest output is the right one.
    """
    found, hits = _weight_gradients(
        graph,
        np.ascontiguousarray(weights, np.float32),
        np.ascontiguousarray(examples, np.float32),
        np.ascontiguousarray(labels, np.int64),
    )
    return found, hits / len(labels)


@compiled_fast
def _weight_gradients(
    graph: Graph, weights: np.ndarray, examples: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, int]:
    nodes = len(graph.activations)
    places = graph.sources.astype(np.int64)
    values = aligned_rows(nodes + 1)
    values[nodes] = ZERO
    sums, deltas = np.empty_like(values), np.empty_like(values)
    lanes = np.zeros((len(places), LANES), np.float32)
    hits = 0
    for start in range(0, len(labels), TILE):
        size = min(TILE, len(labels) - start)
        tile = examples[start : start + size]
        _forward(graph, weights, places, tile, values, sums)
        right = np.zeros(TILE, np.int64)
        right[:size] = labels[start : start + size]
        outputs = values[nodes - graph.outputs : nodes]
        hits += _hits(outputs, right[:size])
        deltas[:] = ZERO
        errors = log_likelihood.logit_gradients(outputs, right, False)
        deltas[nodes - graph.outputs : nodes, :size] = errors[:, :size]
        _backward(graph, weights, places, values, sums, deltas, lanes)
    gradients = np.zeros(len(places), np.float32)
    for i in range(len(places)):
        for lane in range(LANES):
            gradients[i] += lanes[i, lane]
        gradients[i] /= np.float32(len(labels))
    return gradients, hits


@compiled_fast
def _forward(
    graph: Graph,
    weights: np.ndarray,
    places: np.ndarray,
    examples: np.ndarray,
    values: np.ndarray,
    sums: np.ndarray,
) -> None:
    """Compute all nodes on up to TILE examples; what is beyond these counts for nothing."""
    ones = np.ones(1, np.float32)
    zeros = len(graph.activations)
    values[: 1 + graph.inputs] = ZERO
    values[0] = ONE
    for t in range(len(examples)):
        for i in range(graph.inputs):
            values[1 + i, t] = examples[t, i]
    for node in range(1 + graph.inputs, zeros):
        low, high = graph.offsets[node], graph.offsets[node + 1]
        sum_rows(values, node, zeros, places, 0, weights, low, high, TILE, None)
        sums[node] = values[node]
        if graph.activations[node] < OWN:
            activate_rows(graph.activations[node], ones, values, node)
        else:
            programs.activate_rows(graph.own, graph.activations[node] - OWN, ones, values, node)


@compiled_fast
def _backward(
    graph: Graph,
    weights: np.ndarray,
    places: np.ndarray,
    values: np.ndarray,
    sums: np.ndarray,
    deltas: np.ndarray,
    lanes: np.ndarray,
) -> None:
    """Lead the derivatives by outputs back, and add those by weights up in lanes [E, LANES]."""
    first = 1 + graph.inputs
    for node in range(len(graph.activations) - 1, first - 1, -1):
        if graph.activations[node] < OWN:
            differentiate(graph.activations[node], ONE, sums, values, deltas, node)
        else:
            kind = graph.activations[node] - OWN
            programs.differentiate(graph.own, kind, ONE, sums, deltas, node)
        for i in range(graph.offsets[node], graph.offsets[node + 1]):
            source, weight = places[i], weights[i]
            for lane in range(LANES):
                total = lanes[i, lane]
                for part in range(0, TILE, LANES):
                    total += deltas[node, part + lane] * values[source, part + lane]
                lanes[i, lane] = total
            if source >= first:
                for t in range(TILE):
                    deltas[source, t] += weight * deltas[node, t]


@compiled_fast
def _hits(outputs: np.ndarray, labels: np.ndarray) -> int:
    """How many of the images [B] have their largest output, the first of equal ones, at their
    label."""
    hits = 0
    for b in range(len(labels)):
        best = 0
        for o in range(1, len(outputs)):
            if outputs[o, b] > outputs[best, b]:
                best = o
        hits += best == labels[b]
    return hits
