"""What a network is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.kernels import activations
from wann.core.network import Network


def hidden_nodes(network: Network) -> range:
    """The numbers of the hidden nodes."""
    return range(1 + network.inputs, len(network.ids) - network.outputs)


def activations_of(network: Network) -> list[str]:
    """The names of the activations that hidden nodes have, in the order of their indices."""
    hidden = network.activations[1 + network.inputs : len(network.ids) - network.outputs]
    return [network.names[index] for index in np.unique(hidden)]


def formulas_of(network: Network) -> dict[str, str]:
    """The formulas of the activations that hidden nodes have, by their names."""
    own = {each.name: each.expression for each in network.own}
    known = {each.name: each.formula for each in activations.TABLE}
    return {name: own.get(name) or known[name] for name in activations_of(network)}


def pairs_of(network: Network) -> list[tuple[int, int]]:
    """The node ids that each of the E connections joins: the same in all networks of a run."""
    targets = np.repeat(network.ids, np.diff(network.offsets))
    return list(zip(network.ids[network.sources].tolist(), targets.tolist(), strict=True))


def live_part(genome: Genome, network: Network) -> Genome:
    """A genome with nothing but what its network is made of."""
    genes = np.flatnonzero(genome.connections["enabled"])[np.sort(network.genes)]
    hidden = genome.hidden[np.isin(genome.hidden["id"], network.ids)]
    return replace(genome, hidden=hidden, connections=genome.connections[genes])


def genome_of(network: Network) -> Genome:
    """A genome of only what counts in a network; expressed, it is that network again."""
    hidden = hidden_nodes(network)
    numbers = network.ids[hidden].tolist(), network.activations[hidden].tolist()
    nodes = sorted(zip(*numbers, strict=True))
    genes = [(*pair, i, True) for i, pair in enumerate(pairs_of(network))]
    return Genome(
        network.inputs,
        network.outputs,
        np.array(nodes, NODE),
        np.array(genes, CONNECTION),
        network.own,
    )


def new_since(network: Network, before: Network) -> list[bool]:
    """Whether each of the E connections joins nodes that it did not join before."""
    old = set(pairs_of(before))
    return [pair not in old for pair in pairs_of(network)]


def changed_since(network: Network, before: Network) -> list[int]:
    """The hidden nodes that are new, or had another activation before."""
    old = dict(zip(before.ids.tolist(), before.activations.tolist(), strict=True))
    return [n for n in hidden_nodes(network) if old.get(network.ids[n]) != network.activations[n]]
