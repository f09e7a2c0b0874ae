"""A network with weights -1, 0 and 1 as a topology for one shared weight.

Where all connections have one weight, only nodes can turn a sign. So what a hidden node sees with 1
it sees through a linear node, what it sees with -1 through an inverse one, and so do the outputs.
Each path then has four connections; with hidden nodes that are abs or relu, a shared weight w
multiplies all outputs by w^4, so that the largest is the same for any w but 0.
"""

from __future__ import annotations

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.kernels.activations import INVERSE, LINEAR


def layered(first: np.ndarray, second: np.ndarray, activations: np.ndarray) -> Genome:
    """The topology that does what a network of two layers of ternary weights does.

    Hidden nodes that see nothing, or that nothing sees, are left out.

    Args:
        first: int[1 + I, H] of -1, 0 and 1: from the bias and the inputs to the hidden nodes.
        second: int[H, O], from these to the outputs.
        activations: uint8[H], those of the hidden nodes.
    """
    live = np.flatnonzero(first.any(axis=0) & second.any(axis=1))
    inputs, outputs = len(first) - 1, second.shape[1]
    nodes: list[tuple[int, int]] = []
    pairs: list[tuple[int, int]] = []

    def node(activation: int, sources: list[int]) -> int:
        nodes.append((1 + inputs + outputs + len(nodes), activation))
        pairs.extend((source, nodes[-1][0]) for source in sources)
        return nodes[-1][0]

    def signed(column: np.ndarray, ids: np.ndarray) -> list[int]:
        """The linear and the inverse node that sum what a column has with 1 and with -1."""
        parts = ((LINEAR, ids[column > 0].tolist()), (INVERSE, ids[column < 0].tolist()))
        return [node(activation, sources) for activation, sources in parts if sources]

    places = np.arange(1 + inputs)
    hidden = np.array([node(int(activations[h]), signed(first[:, h], places)) for h in live], int)
    for output in range(outputs):
        target = 1 + inputs + output
        pairs.extend((source, target) for source in signed(second[live, output], hidden))
    genes = [(*pair, number, True) for number, pair in enumerate(pairs)]
    return Genome(inputs, outputs, np.array(nodes, NODE), np.array(genes, CONNECTION))
