"""A network with its edges permuted: the control that asks whether the wiring matters at all.

Every node keeps its activation and the number of its sources and of its targets; only which node
feeds which is left to chance (as degree-preserving shuffles in network science: Maslov & Sneppen,
2002). A topology that owes its score to its wiring must lose it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wann.core.network import Network

TRIES = 20  # swaps that are tried, for each connection


def permuted(network: Network, rng: np.random.Generator) -> Network:
    """The network after many random swaps of the sources of two connections.

    A swap a -> b, c -> d to c -> b, a -> d is done where both new connections run forward in the
    order of computation and neither is there already. So no cycle can arise, every degree stays,
    and so does the number of connections on a path to an output: each hidden node still leads on.

    Args:
        network: N nodes, E connections.
        rng: Where chance comes from.
    """
    sources = network.sources.tolist()
    targets = np.repeat(np.arange(len(network.ids)), np.diff(network.offsets)).tolist()
    pairs = set(zip(sources, targets, strict=True))
    if len(sources) < 2:
        return network
    for i, j in rng.integers(len(sources), size=(TRIES * len(sources), 2)).tolist():
        new = (sources[j], targets[i]), (sources[i], targets[j])
        if new[0][0] >= new[0][1] or new[1][0] >= new[1][1] or not pairs.isdisjoint(new):
            continue
        pairs -= {(sources[i], targets[i]), (sources[j], targets[j])}
        pairs.update(new)
        sources[i], sources[j] = sources[j], sources[i]
    return replace(network, sources=np.array(sources, network.sources.dtype))
