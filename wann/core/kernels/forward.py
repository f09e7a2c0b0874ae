"""The compiled forward pass on one observation at a time, exact in float64."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.kernels import programs
from wann.core.kernels.activations import OWN, activate
from wann.core.kernels.jit import compiled


class Graph(NamedTuple):
    """The arrays of a `Network`, which see, as the kernels take them."""

    inputs: int
    outputs: int
    activations: np.ndarray
    offsets: np.ndarray
    sources: np.ndarray
    own: np.ndarray | None  # float64[K, L, 2], the programs of activations of one's own, if any


@compiled
def forward(graph: Graph, strengths: np.ndarray | None, weight: float, values: np.ndarray) -> None:
    """Compute all nodes in place; values float64[N] holds the bias and the inputs already.

    `strengths` float64[E] multiplies each connection; None stands for ones.
    """
    for node in range(1 + graph.inputs, len(graph.activations)):
        total = 0.0
        for i in range(graph.offsets[node], graph.offsets[node + 1]):
            if strengths is None:
                total += values[graph.sources[i]]
            else:
                total += strengths[i] * values[graph.sources[i]]
        if graph.activations[node] < OWN:
            values[node] = activate(graph.activations[node], weight * total)
        else:
            values[node] = programs.value(graph.own, graph.activations[node] - OWN, weight * total)


@compiled
def forward_rows(
    graph: Graph, strengths: np.ndarray | None, weight: float, x: np.ndarray
) -> np.ndarray:
    """The outputs float64[B, O] for the rows of x float64[B, I]."""
    nodes = len(graph.activations)
    values = np.zeros(nodes)
    values[0] = 1.0
    result = np.empty((len(x), graph.outputs))
    for row in range(len(x)):
        for i in range(graph.inputs):  # an assignment of rows takes two seconds more to compile
            values[1 + i] = x[row, i]
        forward(graph, strengths, weight, values)
        for o in range(graph.outputs):
            result[row, o] = values[nodes - graph.outputs + o]
    return result
