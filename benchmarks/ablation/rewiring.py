"""Networks with their wiring at random: what is the wiring, or the signs, worth?

Each keeps every node's number of sources and of targets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from wann.compare.rewiring import TRIES, permuted
from wann.core.kernels.activations import INVERSE, LINEAR
from wann.core.layers import depths
from wann.core.network import Network

Change = Callable[[Network, np.random.Generator], Network]


def controls(images: bool) -> Mapping[str, Change]:
    """The controls of a task, by name."""
    return {
        "edges permuted across layers": permuted,
        "edges permuted within layers": within_layers,
        **({"signs permuted": signs} if images else {"activations permuted": activations}),
    }


def within_layers(network: Network, rng: np.random.Generator) -> Network:
    """The network after many random swaps of the sources of two connections, whose sources are in
    one layer and whose targets are in one layer. A node's layer is the length of its longest path
    from an input."""
    network = _layer_by_layer(network)
    layers = depths(network)
    sources = network.sources.copy()
    targets = np.repeat(np.arange(len(network.ids)), np.diff(network.offsets))
    kinds = layers[sources] * len(layers) + layers[targets]
    pairs = set(zip(sources.tolist(), targets.tolist(), strict=True))
    for kind in np.unique(kinds):
        edges = np.flatnonzero(kinds == kind)
        for i, j in edges[rng.integers(len(edges), size=(TRIES * len(edges), 2))].tolist():
            a, b, c, d = (int(end) for end in (sources[i], targets[i], sources[j], targets[j]))
            if not pairs.isdisjoint(((c, b), (a, d))):
                continue
            pairs -= {(a, b), (c, d)}
            pairs.update(((c, b), (a, d)))
            sources[i], sources[j] = c, a
    return replace(network, sources=sources)


def _layer_by_layer(network: Network) -> Network:
    """The same network, its hidden nodes in the order of their layers: then each node comes after
    all nodes of earlier layers, whichever become its sources."""
    order = np.arange(len(network.ids))
    hidden = _hidden(network)
    order[hidden] = hidden[np.argsort(depths(network)[hidden], kind="stable")]
    place = np.argsort(order)
    counts = np.diff(network.offsets)[order]
    targets = place[np.repeat(np.arange(len(order)), np.diff(network.offsets))]
    edges = np.argsort(targets, kind="stable")
    return replace(
        network,
        activations=network.activations[order],
        offsets=np.concatenate(([0], np.cumsum(counts))).astype(network.offsets.dtype),
        sources=place[network.sources[edges]].astype(network.sources.dtype),
        genes=network.genes[edges],
        ids=network.ids[order],
    )


def signs(network: Network, rng: np.random.Generator) -> Network:
    """The network with the places of its linear and inverse hidden nodes permuted."""
    hidden = _hidden(network)
    turning = hidden[np.isin(network.activations[hidden], (LINEAR, INVERSE))]
    return _permuted(network, turning, rng)


def activations(network: Network, rng: np.random.Generator) -> Network:
    """The network with the activations of its hidden nodes permuted."""
    return _permuted(network, _hidden(network), rng)


def _hidden(network: Network) -> np.ndarray:
    return np.arange(1 + network.inputs, len(network.ids) - network.outputs)


def _permuted(network: Network, nodes: np.ndarray, rng: np.random.Generator) -> Network:
    found = network.activations.copy()
    found[nodes] = found[rng.permutation(nodes)]
    return replace(network, activations=found)
