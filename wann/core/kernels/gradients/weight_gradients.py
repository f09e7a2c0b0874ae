"""The gradient of the likelihood by each weight of a network, on images, compiled.

The images come in tiles, whose values, sums and derivatives stay in the cache; nothing leads back
to inputs, which have no derivatives. The sums over images run in lanes of a fixed number, so that
they are the same on all machines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.kernels import log_likelihood, programs
from wann.core.kernels.activations import OWN
from wann.core.kernels.forward import Graph
from wann.core.kernels.gradients.backward import differentiate
from wann.core.kernels.jit import compiled_fast
from wann.core.kernels.simd import aligned_rows, dot_rows, sum_rows
from wann.core.kernels.vector_math import ONE, TILE, ZERO, activate_rows


class Memory(NamedTuple):
    """What a pass through a network of N nodes and E connections works in.

    Attributes:
        places: int64[E], the source of each connection.
        targets: int64[E], its target.
        values: float32[N + 1, TILE], of each node on each example of a tile, and zeros.
        sums: The same of what goes into its activation.
        deltas: The same of the derivatives of the likelihood by its value.
    """

    places: np.ndarray
    targets: np.ndarray
    values: np.ndarray
    sums: np.ndarray
    deltas: np.ndarray


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
    gradients = np.zeros(len(weights), np.float32)
    right = add_gradients(
        graph,
        np.ascontiguousarray(weights, np.float32),
        memory_of(graph),
        np.ascontiguousarray(examples, np.float32),
        np.ascontiguousarray(labels, np.int64),
        np.arange(len(labels)),
        gradients,
    )
    return gradients / np.float32(len(labels)), right / len(labels)


@compiled_fast
def memory_of(graph: Graph) -> Memory:
    """Memory for passes through a network."""
    nodes = len(graph.activations)
    places = graph.sources.astype(np.int64)
    targets = np.empty_like(places)
    for node in range(1 + graph.inputs, nodes):
        targets[graph.offsets[node] : graph.offsets[node + 1]] = node
    values = aligned_rows(nodes + 1)
    values[nodes] = ZERO
    return Memory(places, targets, values, np.empty_like(values), np.empty_like(values))


@compiled_fast
def add_gradients(
    graph: Graph,
    weights: np.ndarray,
    memory: Memory,
    examples: np.ndarray,
    labels: np.ndarray,
    rows: np.ndarray,
    gradients: np.ndarray,
) -> int:
    """Add up the derivatives of the log-likelihood of some examples by the weights.

    Args:
        graph: N nodes, E connections, I inputs.
        weights: float32[E].
        memory: That of the network.
        examples: float32[M, I].
        labels: int64[M].
        rows: int64[B], the examples that are meant.
        gradients: float32[E], to which is added.

    Returns:
        Of how many examples the largest output is the right one.
    """
    nodes = len(graph.activations)
    first = nodes - graph.outputs
    found = 0
    for start in range(0, len(rows), TILE):
        tile = rows[start : start + TILE]
        _forward(graph, weights, memory, examples, tile)
        right = np.zeros(TILE, np.int64)
        for t in range(len(tile)):
            right[t] = labels[tile[t]]
        outputs = memory.values[first:nodes]
        found += _hits(outputs, right[: len(tile)])
        memory.deltas[1 + graph.inputs :] = ZERO  # nothing leads back to inputs
        errors = log_likelihood.logit_gradients(outputs, right, False)
        memory.deltas[first:nodes, : len(tile)] = errors[:, : len(tile)]
        _backward(graph, weights, memory, gradients)
    return found


@compiled_fast
def hits(graph: Graph, weights: np.ndarray, examples: np.ndarray, labels: np.ndarray) -> int:
    """Of how many of M examples, float32[M, I], the largest output is at their label, int64[M]."""
    memory = memory_of(graph)
    nodes = len(graph.activations)
    rows = np.arange(len(labels))
    found = 0
    for start in range(0, len(labels), TILE):
        tile = rows[start : start + TILE]
        _forward(graph, weights, memory, examples, tile)
        found += _hits(memory.values[nodes - graph.outputs : nodes], labels[start : start + TILE])
    return found


@compiled_fast
def _forward(
    graph: Graph, weights: np.ndarray, memory: Memory, examples: np.ndarray, rows: np.ndarray
) -> None:
    """Compute all nodes on up to TILE examples; what is beyond these counts for nothing."""
    ones = np.ones(1, np.float32)
    zeros = len(graph.activations)
    values = memory.values
    values[0] = ONE
    for i in range(graph.inputs):
        for t in range(len(rows)):
            values[1 + i, t] = examples[rows[t], i]
        for t in range(len(rows), TILE):
            values[1 + i, t] = ZERO
    for node in range(1 + graph.inputs, zeros):
        low, high = graph.offsets[node], graph.offsets[node + 1]
        sum_rows(values, node, zeros, memory.places, 0, weights, low, high, TILE, None)
        for t in range(TILE):
            memory.sums[node, t] = values[node, t]
        if graph.activations[node] < OWN:
            activate_rows(graph.activations[node], ones, values, node)
        else:
            programs.activate_rows(graph.own, graph.activations[node] - OWN, ones, values, node)


@compiled_fast
def _backward(graph: Graph, weights: np.ndarray, memory: Memory, gradients: np.ndarray) -> None:
    """Lead the derivatives by outputs back, and add those by weights to gradients [E]."""
    first = 1 + graph.inputs
    places, targets, values, sums, deltas = memory
    for node in range(len(graph.activations) - 1, first - 1, -1):
        if graph.activations[node] < OWN:
            differentiate(graph.activations[node], ONE, sums, values, deltas, node)
        else:
            kind = graph.activations[node] - OWN
            programs.differentiate(graph.own, kind, ONE, sums, deltas, node)
        for i in range(graph.offsets[node], graph.offsets[node + 1]):
            source = places[i]
            gradients[i] += dot_rows(deltas, node, values, source, TILE)
            if source >= first:
                sum_rows(deltas, source, source, targets, 0, weights, i, i + 1, TILE, None)


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
