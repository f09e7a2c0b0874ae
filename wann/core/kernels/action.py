"""What networks do: their outputs as actions, one network at a time or many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.kernels.forward import Graph, forward
from wann.core.kernels.jit import compiled


class Graphs(NamedTuple):
    """The arrays of P networks of the same inputs and outputs, one after the other.

    Attributes:
        inputs: Number of inputs I.
        outputs: Number of outputs O.
        starts: int64[P + 1], where the nodes of each network begin.
        activations: uint8[all nodes].
        offsets: int32[all nodes + 1], into the sources of all networks.
        sources: int32[all connections], node numbers within the network.
        own: float64[K, L, 2], the programs of activations of one's own, the same for all, if any.
    """

    inputs: int
    outputs: int
    starts: np.ndarray
    activations: np.ndarray
    offsets: np.ndarray
    sources: np.ndarray
    own: np.ndarray | None


@compiled
def act(
    graph: Graph,
    strengths: np.ndarray | None,
    weight: float,
    values: np.ndarray,
    low: np.ndarray | None,
    high: np.ndarray | None,
) -> int:
    """Compute all nodes in place, as `forward`, and clip the outputs to their bounds, if any.

    Returns:
        The index of the largest output, the first on ties; -1 if one is not finite.
    """
    forward(graph, strengths, weight, values)
    outputs = values[len(values) - graph.outputs :]
    best = 0
    for o in range(graph.outputs):
        if not np.isfinite(outputs[o]):
            return -1
        if outputs[o] > outputs[best]:
            best = o
    if low is not None and high is not None:
        for o in range(graph.outputs):
            outputs[o] = min(max(outputs[o], low[o]), high[o])
    return best


@compiled
def act_lanes(
    graphs: Graphs,
    strengths: np.ndarray | None,
    weights: np.ndarray,
    lanes: np.ndarray,
    observations: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray] | None,
    outputs: np.ndarray,
) -> np.ndarray:
    """What many lanes do, each with a network and a weight of its own.

    A lane's action is bit for bit that of `act`, whatever the other lanes are.

    Args:
        graphs: The P networks.
        strengths: Individual weights float64[W, all connections]; None where they are shared.
        weights: The shared weights, float64[W]; ones where there are individual ones.
        lanes: int64[L, 2], the network and the weight of each.
        observations: [L, I], of any type of numbers.
        bounds: The least and the greatest value of each output, each float64[O]; None if actions
            are discrete.
        outputs: float64[L, O], to write the clipped outputs to.

    Returns:
        int64[L], the index of the largest output, the first on ties; -1 if an output or an
        observation is not finite.
    """
    chosen = np.empty(len(lanes), np.int64)
    memory = np.zeros(np.max(graphs.starts[1:] - graphs.starts[:-1]))
    memory[0] = 1.0
    for lane in range(len(lanes)):
        network, choice = lanes[lane]
        first, last = graphs.starts[network], graphs.starts[network + 1]
        values = memory[: last - first]
        finite = True
        for i in range(graphs.inputs):
            values[1 + i] = observations[lane, i]
            finite = finite and np.isfinite(values[1 + i])
        graph = Graph(
            graphs.inputs,
            graphs.outputs,
            graphs.activations[first:last],
            graphs.offsets[first : last + 1],
            graphs.sources,
            graphs.own,
        )
        row = None if strengths is None else strengths[choice]
        if bounds is None:
            best = act(graph, row, weights[choice], values, None, None)
        else:
            best = act(graph, row, weights[choice], values, bounds[0], bounds[1])
        chosen[lane] = best if finite else -1
        for o in range(graphs.outputs):
            outputs[lane, o] = values[len(values) - graphs.outputs + o]
    return chosen
