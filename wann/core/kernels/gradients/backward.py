"""The gradient of the likelihood by the strengths of connections, on images, compiled.

No weight is trained: every connection has the shared weight.
"""

from __future__ import annotations

import numpy as np

from wann.core.kernels import gaussian_likelihood, log_likelihood, programs
from wann.core.kernels.activations import (
    ABS,
    COS,
    GAUSSIAN,
    INVERSE,
    LINEAR,
    OWN,
    RELU,
    SIGMOID,
    SIN,
    TANH,
)
from wann.core.kernels.forward import Graph
from wann.core.kernels.jit import compiled_fast
from wann.core.kernels.simd import aligned_rows, sum_rows
from wann.core.kernels.vector_math import (
    ONE,
    TILE,
    ZERO,
    activate_rows,
    cos_pi,
    sin_pi,
)

PI = np.float32(np.pi)


def derivatives(deltas: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The derivatives of the log-likelihood by the strengths of connections.

    Args:
        deltas: [T, C], for the target of each connection and each of the C pairs of weight and
            image, what `backward` gave.
        values: [N, C], those of its source.

    Returns:
        float32[T, N] twice: the mean over the columns, and the mean square.
    """
    columns = values.shape[1]
    return deltas @ values.T / columns, deltas**2 @ (values**2).T / columns


def backward(
    graph: Graph,
    images: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    calibrated: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """The values of all nodes, and the derivatives of the log-likelihood by their sums of sources.

    Args:
        graph: N nodes.
        images: [I, B], one image a column, B a multiple of `TILE`.
        labels: [B], the output that is right for each image; or [O, B], the targets of outputs.
        weights: [W] shared weights.
        calibrated: Whether the likelihood is; see `log_likelihood`.

    Returns:
        float32[N, W · B] twice; the images of the first weight come first.
    """
    return _backward(
        graph,
        weights.astype(np.float32),
        np.ascontiguousarray(images, np.float32),
        np.ascontiguousarray(labels, np.int64 if labels.ndim == 1 else np.float32),
        calibrated,
    )


@compiled_fast
def forward_candidates(
    sources: np.ndarray,
    signs: np.ndarray,
    kinds: np.ndarray,
    weights: np.ndarray,
    values: np.ndarray,
    own: np.ndarray | None = None,
) -> np.ndarray:
    """The values of nodes, float32[F, W · B], by their sources and signs, int64[F, SOURCES], their
    activations [F], the values of all nodes [N, W · B] and programs [K, L, 2] or None."""
    columns = values.shape[1]
    tiles = columns // TILE
    result = np.zeros((len(sources) * tiles, TILE), np.float32)
    tile_weights = np.empty(tiles, np.float32)
    for tile in range(tiles):
        tile_weights[tile] = weights[tile * len(weights) // tiles]
    for node in range(len(sources)):
        row = node * tiles
        negated = False
        for s in range(sources.shape[1]):
            sign = np.float32(signs[node, s])
            negated |= sign < ZERO
            if sign != ZERO:
                for tile in range(tiles):
                    for t in range(TILE):
                        result[row + tile, t] += sign * values[sources[node, s], tile * TILE + t]
        if negated:  # it is one layer further from its sources
            for tile in range(tiles):
                for t in range(TILE):
                    result[row + tile, t] *= tile_weights[tile]
        if kinds[node] < OWN:
            activate_rows(kinds[node], tile_weights, result, row)
        else:
            programs.activate_rows(own, kinds[node] - OWN, tile_weights, result, row)
    return result.reshape(len(sources), columns)


@compiled_fast
def _backward(
    graph: Graph, weights: np.ndarray, images: np.ndarray, labels: np.ndarray, calibrated: bool
) -> tuple[np.ndarray, np.ndarray]:
    """As `backward`. A node has a row of TILE numbers for each tile: TILE images and one weight."""
    nodes, first = len(graph.activations), 1 + graph.inputs
    parts = images.shape[1] // TILE
    tiles = parts * len(weights)
    values = aligned_rows((nodes + 1) * tiles)
    sums, deltas = np.empty_like(values), np.zeros_like(values)
    zeros = nodes * tiles
    values[zeros] = ZERO
    tile_weights = np.empty(tiles, np.float32)
    for tile in range(tiles):
        tile_weights[tile] = weights[tile // parts]
        values[tile] = ONE
        start = (tile % parts) * TILE
        for i in range(graph.inputs):
            for b in range(TILE):
                values[(1 + i) * tiles + tile, b] = images[i, start + b]
    places = graph.sources.astype(np.int64) * tiles
    ones = np.ones(len(places), np.float32)
    for node in range(first, nodes):
        row = node * tiles
        low, high = graph.offsets[node], graph.offsets[node + 1]
        for tile in range(tiles):
            sum_rows(values, row + tile, zeros, places, tile, ones, low, high, TILE, None)
            for b in range(TILE):
                sums[row + tile, b] = values[row + tile, b]
        if graph.activations[node] < OWN:
            activate_rows(graph.activations[node], tile_weights, values, row)
        else:
            kind = graph.activations[node] - OWN
            programs.activate_rows(graph.own, kind, tile_weights, values, row)
    row = (nodes - graph.outputs) * tiles
    columns = tiles * TILE
    outputs, errors = values[row:zeros], deltas[row:zeros].reshape(-1, columns)
    for w in range(len(weights)):
        start, end = w * parts * TILE, (w + 1) * parts * TILE
        found = np.ascontiguousarray(outputs.reshape(-1, columns)[:, start:end])
        if labels.ndim == 1:  # one of the branches is compiled
            slopes = log_likelihood.logit_gradients(found, labels, calibrated)
        else:
            slopes = gaussian_likelihood.gradients(found, labels)
        for o in range(graph.outputs):  # assignments of rows take two seconds more to compile
            for b in range(end - start):
                errors[o, start + b] = slopes[o, b]
    for node in range(nodes - 1, first - 1, -1):
        for tile in range(tiles):
            row = node * tiles + tile
            kind, weight = graph.activations[node], tile_weights[tile]
            if kind < OWN:
                differentiate(kind, weight, sums, values, deltas, row)
            else:
                programs.differentiate(graph.own, kind - OWN, weight, sums, deltas, row)
            for i in range(graph.offsets[node], graph.offsets[node + 1]):
                source = places[i] + tile
                for t in range(TILE):
                    deltas[source, t] += deltas[row, t]
    return (
        values[:zeros].copy().reshape(nodes, columns),
        deltas[:zeros].copy().reshape(nodes, columns),
    )


@compiled_fast
def differentiate(
    activation: int,
    weight: np.float32,
    sums: np.ndarray,
    values: np.ndarray,
    deltas: np.ndarray,
    row: int,
) -> None:
    """Turn a row of derivatives by a node's value into those by the sum of its sources."""
    for t in range(TILE):
        value, x = values[row, t], weight * sums[row, t]
        slope = ZERO  # that of a step
        if activation == LINEAR:
            slope = ONE
        elif activation == SIN:
            slope = PI * cos_pi(x)
        elif activation == GAUSSIAN:
            slope = -x * value
        elif activation == TANH:
            slope = ONE - value * value
        elif activation == SIGMOID:
            slope = value * (ONE - value)
        elif activation == INVERSE:
            slope = -ONE
        elif activation == ABS:
            slope = ONE if x > ZERO else -ONE
        elif activation == RELU:
            slope = ONE if x > ZERO else ZERO
        elif activation == COS:
            slope = -PI * sin_pi(x)
        deltas[row, t] *= weight * slope
