"""The operators of a search as plain Python, on NumPy's own generators."""

import math

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.kernels.pairs import free_connection
from wann.core.symmetry import symmetric

SOURCES, TRIES = 3, 30


class Innovations:
    """The numbers of new genes, in dictionaries."""

    def __init__(self, inputs, outputs):
        self.next_node, self.next_connection = 1 + inputs + outputs, 0
        self.connections, self.nodes = {}, {}

    def reserve(self, nodes):
        self.next_node = max(self.next_node, nodes)

    def connection(self, source, target):
        number = self.connections.setdefault((source, target), self.next_connection)
        self.next_connection = max(self.next_connection, number + 1)
        return number

    def node(self, split, taken):
        count = 0
        while True:
            node = self.nodes.setdefault((split, count), self.next_node)
            self.next_node = max(self.next_node, node + 1)
            if node not in taken:
                return node
            count += 1


def has_path(genome, start, ends):
    """Whether a path of enabled or disabled connections leads from a node to one of others."""
    reached, pairs = {start}, genome.connections[["source", "target"]].tolist()
    while more := {target for source, target in pairs if source in reached} - reached:
        reached |= more
    return not reached.isdisjoint(ends)


def changed(genome, hidden, connections):
    return Genome(
        genome.inputs,
        genome.outputs,
        np.array(sorted(hidden), NODE),
        np.array(sorted(connections, key=lambda gene: gene[2]), CONNECTION),
    )


def switched(genome, gene, enabled):
    connections = genome.connections.tolist()
    connections[gene] = (*connections[gene][:3], enabled)
    return changed(genome, genome.hidden.tolist(), connections)


def with_node(genome, sources, target, node, activation, innovations):
    pairs = [*((source, node) for source in sources), (node, target)]
    new = [(*pair, innovations.connection(*pair), True) for pair in pairs]
    return changed(
        genome,
        [*genome.hidden.tolist(), (node, activation)],
        [*genome.connections.tolist(), *new],
    )


def with_new_node(genome, sources, target, activation, innovations):
    split = innovations.connection(sources[0], target)
    node = innovations.node(split, genome.hidden["id"])
    return with_node(genome, sources, target, node, activation, innovations)


def add_connection(genome, rng, innovations, activations):
    hidden = len(genome.hidden)
    count = (1 + genome.inputs + hidden) * (genome.outputs + hidden)
    start = int(rng.integers(count))
    stride = int(rng.integers(1, count + 1))
    while math.gcd(stride, count) != 1:
        stride = int(rng.integers(1, count + 1))
    source, target, gene = free_connection(
        genome.inputs, genome.outputs, genome.hidden, genome.connections, start, stride
    )
    if source < 0:
        return None
    if gene >= 0:
        return switched(genome, gene, True)
    new = (source, target, innovations.connection(source, target), True)
    return changed(genome, genome.hidden.tolist(), [*genome.connections.tolist(), new])


def add_node(genome, rng, innovations, activations):
    enabled = np.flatnonzero(genome.connections["enabled"])
    if len(enabled) == 0:
        return None
    gene = int(enabled[rng.integers(len(enabled))])
    source, target, split, _ = genome.connections[gene].item()
    node = innovations.node(split, genome.hidden["id"])
    activation = int(activations[rng.integers(len(activations))])
    genome = switched(genome, gene, False)
    return with_node(genome, [source], target, node, activation, innovations)


def add_node_among(genome, rng, innovations, activations):
    hidden = genome.hidden["id"].tolist()
    targets = [*range(1 + genome.inputs, genome.first_hidden), *hidden]
    target = targets[rng.integers(len(targets))]
    nodes = [*range(1 + genome.inputs), *hidden]
    count = min(int(rng.integers(1, 1 + SOURCES)), len(nodes))
    sources = [nodes[i] for i in rng.choice(len(nodes), count, replace=False)]
    if has_path(genome, target, sources):
        return None
    activation = int(activations[rng.integers(len(activations))])
    return with_new_node(genome, sources, target, activation, innovations)


def enable_connection(genome, rng, innovations, activations):
    disabled = np.flatnonzero(~genome.connections["enabled"])
    if len(disabled) == 0:
        return None
    return switched(genome, int(disabled[rng.integers(len(disabled))]), True)


def disable_connection(genome, rng, innovations, activations):
    enabled = np.flatnonzero(genome.connections["enabled"])
    if len(enabled) == 0:
        return None
    return switched(genome, int(enabled[rng.integers(len(enabled))]), False)


def change_activation(genome, rng, innovations, activations):
    differs = genome.hidden["activation"][:, None] != activations
    changeable = np.flatnonzero(differs.any(axis=1))
    if len(changeable) == 0:
        return None
    node = int(changeable[rng.integers(len(changeable))])
    others = activations[differs[node]]
    hidden = genome.hidden.tolist()
    hidden[node] = (hidden[node][0], int(others[rng.integers(len(others))]))
    return changed(genome, hidden, genome.connections.tolist())


# By the numbers in `wann.search.variation.operators`.
OPERATORS = (
    add_connection,
    add_node,
    add_node_among,
    enable_connection,
    disable_connection,
    change_activation,
)


def attempted(operator, genome, rng, innovations, activations, keep_symmetric):
    for _ in range(TRIES if keep_symmetric else 1):
        child = OPERATORS[operator](genome, rng, innovations, activations)
        if child is not None and not (keep_symmetric and not symmetric(child)):
            return child
    return None
