"""Networks whose largest output is the same whatever the shared weight.

In a layered network each path from the bias or an input to an output has as many connections.
Nodes of odd layers are linear or inverse, so the values of even layers are even in the shared
weight (see `symmetry`), whatever the activations there. If those are homogeneous, too, the weight
scales all outputs alike: then the largest output is the same for any weight but 0.
"""

from __future__ import annotations

import numpy as np

from wann.core.genome import Genome
from wann.core.kernels import graph
from wann.core.kernels.activations import ABS, INVERSE, LINEAR, RELU
from wann.core.kernels.jit import compiled
from wann.core.symmetry import symmetric

LAYERS = 4  # connections in each path
STRAIGHT = (LINEAR, INVERSE)  # what nodes of odd layers may be
HOMOGENEOUS = (LINEAR, INVERSE, ABS, RELU)  # f(c x) = c f(x) for c > 0

# Of a node that leads nowhere, as a layer; of a sum of nothing, as a degree: it is 0.
NONE = -1


def layered(genome: Genome) -> bool:
    """Whether a genome's network is layered, with its disabled connections or without them."""
    return bool(_layers(*genome.parts)[1])


def layers_of(genome: Genome) -> np.ndarray:
    """The layer of each node of a layered genome, int64: of bias, inputs, outputs and the hidden
    nodes by id; `NONE` for those that lead to no output."""
    return _layers(*genome.parts)[0]


@compiled
def _layers(
    inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray
) -> tuple[np.ndarray, bool]:
    first = 1 + inputs + outputs
    nodes = first + len(hidden)
    offsets, sources, _ = graph.incoming(first, hidden, connections)
    layers = np.full(nodes, NONE)
    layers[: 1 + inputs] = 0
    layers[1 + inputs : first] = LAYERS
    # Each node stands after its sources, so that its layer is known once they are come to.
    for node in graph.topological_order(graph.span(1 + inputs, nodes), offsets, sources)[::-1]:
        if node <= inputs or layers[node] == NONE:
            continue
        if node >= first:
            straight = hidden["activation"][node - first] in STRAIGHT
            if layers[node] < 1 or (layers[node] % 2 == 1 and not straight):
                return layers, False
        for source in sources[offsets[node] : offsets[node + 1]]:
            if layers[source] == NONE:
                layers[source] = layers[node] - 1
            if layers[source] != layers[node] - 1:
                return layers, False
    return layers, True


def any_weight(genome: Genome) -> bool:
    """Whether the largest output is the same with any shared weight but 0."""
    return scaled_alike(genome) and symmetric(genome)


def scaled_alike(genome: Genome) -> bool:
    """Whether a shared weight w > 0 multiplies all outputs by one and the same power of w."""
    return bool(_scaled_alike(*genome.parts))


@compiled
def _scaled_alike(inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray) -> bool:
    first = 1 + inputs + outputs
    offsets, sources, _ = graph.incoming(first, hidden, connections)
    degrees = np.full(first + len(hidden), NONE)
    degrees[: 1 + inputs] = 0
    common = NONE
    for node in graph.topological_order(graph.span(1 + inputs, first), offsets, sources):
        if node <= inputs:
            continue
        found = NONE
        for source in sources[offsets[node] : offsets[node + 1]]:
            if found == NONE:
                found = degrees[source]
            elif degrees[source] not in (NONE, found):
                return False
        if node >= first and hidden["activation"][node - first] not in HOMOGENEOUS:
            return False
        degrees[node] = NONE if found == NONE else found + 1
        if node < first and found != NONE:
            if common not in (NONE, found):
                return False
            common = found
    return True
