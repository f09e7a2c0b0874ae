"""In which layer a network's nodes are: lengths of longest paths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from wann.core.kernels import graph
from wann.core.network import Network


def depths(network: Network) -> np.ndarray:
    """The length of the longest path to each node, int64[N]: bias and inputs have 0, a node
    without sources 1."""
    found: np.ndarray = graph.depths(1 + network.inputs, network.offsets, network.sources)
    return found


def heights(network: Network) -> np.ndarray:
    """The length of the longest path from each node to an output, int64[N]; outputs have 0."""
    found: np.ndarray = graph.heights(network.offsets, network.sources)
    return found


def layers(network: Network) -> list[np.ndarray]:
    """The nodes after the inputs in groups of one depth, the least depth first.

    Within a layer they are sorted by activation, then in the network's order.
    """
    first, depth = 1 + network.inputs, depths(network)
    order = first + np.lexsort((network.activations[first:], depth[first:]))
    return np.split(order, np.flatnonzero(np.diff(depth[order])) + 1)


def drawn_layers(network: Network) -> np.ndarray:
    """The layer of each node in a picture, int64[N]: bias and inputs 0, outputs in the last one.

    A hidden node's layer is its depth; then nodes with more targets than sources move right as
    far as their targets let them, which shortens their connections.
    """
    first_hidden, nodes = 1 + network.inputs, len(network.activations)
    first_output = nodes - network.outputs
    result = depths(network)
    result[first_output:] = result[first_output:].max()

    sources = [network.sources[a:b] for a, b in pairwise(network.offsets)]
    targets: list[list[int]] = [[] for _ in range(nodes)]
    for node, its in enumerate(sources):
        for source in its:
            targets[source].append(node)
    for node in range(first_output - 1, first_hidden - 1, -1):
        if len(targets[node]) > len(sources[node]):
            result[node] = min(result[targets[node]]) - 1
    return result
