"""Networks that do the same with the shared weight -w as with w.

A value is even if it is the same with -w as with w, and odd if its sign turns. The bias and the
inputs are even. The weight times a sum of even values is odd, times a sum of odd values even. Any
function of an even number is even; of an odd number, an odd function is odd and an even function
even. So a network is symmetric if the sources of each node are all even or all odd, those of the
outputs odd, and no function that is neither even nor odd sees an odd number.

Half of the range of weights then stands for all of it, and nothing has to be learnt twice.
"""

from __future__ import annotations

import numpy as np

from wann.core.expressions.parity import EVEN, NEITHER, ODD
from wann.core.expressions.values import parities
from wann.core.genome import Genome
from wann.core.kernels import graph
from wann.core.kernels.activations import (
    ABS,
    COS,
    GAUSSIAN,
    INVERSE,
    LINEAR,
    OWN,
    SIGMOID,
    SIN,
    TANH,
)
from wann.core.kernels.jit import compiled

ODD_FUNCTIONS = (LINEAR, SIN, TANH, INVERSE)
EVEN_FUNCTIONS = (GAUSSIAN, ABS, COS)
NOT_ZERO_AT_ZERO = (GAUSSIAN, SIGMOID, COS)

ZERO = 0  # what a value is beside EVEN, ODD and NEITHER; it fits in with even and with odd ones


def symmetric(genome: Genome) -> bool:
    """Whether a genome's network is symmetric, with its disabled connections or without them."""
    return bool(keeps(*genome.parts, parities(genome.own)))


@compiled
def keeps(
    inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray, own: np.ndarray
) -> bool:
    """Whether genes are those of a symmetric network; `own` says of each activation of one's own
    whether it is even or odd."""
    first = 1 + inputs + outputs
    nodes = first + len(hidden)
    offsets, sources, _ = graph.incoming(first, hidden, connections)
    kinds = np.full(nodes, EVEN, np.uint8)
    for node in graph.topological_order(graph.span(1 + inputs, nodes), offsets, sources):
        if node <= inputs:
            continue
        found = np.int64(ZERO)
        for source in sources[offsets[node] : offsets[node + 1]]:
            if found == ZERO:
                found = kinds[source]
            elif kinds[source] not in (ZERO, found):
                return False
        if node < first:
            if found == EVEN:
                return False
        else:
            kinds[node] = _kind(hidden["activation"][node - first], found, own)
            if kinds[node] == NEITHER:
                return False
    return True


@compiled
def _kind(activation: int, sources: int, own: np.ndarray) -> int:
    """What a node's value is, by its activation and what its sources are; `own` says of each
    activation of one's own whether it is even or odd."""
    if activation >= OWN:
        kind = own[activation - OWN]
        if sources == ZERO:
            return ZERO if kind == ODD else EVEN
        return EVEN if sources == ODD else kind
    if sources == ZERO:
        return EVEN if activation in NOT_ZERO_AT_ZERO else ZERO
    if sources == ODD or activation in EVEN_FUNCTIONS:
        return EVEN
    return ODD if activation in ODD_FUNCTIONS else NEITHER
