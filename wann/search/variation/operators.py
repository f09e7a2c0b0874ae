"""The operators that make a child of one parent, compiled.

Each says whether there is something for it to act on, and what it changes. None of them can close
a cycle: disabled connections count as edges, too, so enabling one is always safe.
"""

from __future__ import annotations

import math

import numpy as np

from wann.core import symmetry
from wann.core.kernels import pairs
from wann.core.kernels.jit import compiled, compiled_within
from wann.search.variation.draws import Draws, below, distinct
from wann.search.variation.edit import Change, Genes, changed
from wann.search.variation.innovation import Tables, number_of

ADD_CONNECTION, ADD_NODE, ADD_NODE_AMONG = range(3)
ENABLE_CONNECTION, DISABLE_CONNECTION, CHANGE_ACTIVATION = range(3, 6)

SOURCES = 3  # of a node that is added among others, at most


@compiled
def attempt(
    operator: int,
    tries: int,
    parities: np.ndarray | None,
    genes: Genes,
    draws: Draws,
    tables: Tables,
    activations: np.ndarray,
) -> tuple[bool, np.ndarray, np.ndarray]:
    """A child by one of the operators.

    Args:
        operator: One of the numbers above; to add a node among others, there must be `parities`.
        tries: How often the operator may act, until a child is as it has to be.
        parities: Those of activations of one's own if a child has to be symmetric, else None: what
            that takes is not compiled then.
        genes: Those of the parent.
        draws: The source of chance.
        tables: Give new genes their numbers.
        activations: uint8 indices of the activations to choose from.

    Returns:
        Whether there is one, its nodes, and its connections.
    """
    inputs, outputs, hidden, connections = genes
    for _ in range(tries):
        if operator == ADD_CONNECTION:
            done, change = _add_connection(genes, draws)
        elif operator == CHANGE_ACTIVATION:
            done, change = _change_activation(hidden, draws, activations)
        elif operator != ADD_NODE_AMONG:
            done, change = _of_one(operator, genes, draws, tables, activations)
        elif parities is None:
            break
        else:
            done, change = _add_node_among(genes, draws, tables, activations)
        if done:
            nodes, joined = changed(hidden, connections, change, tables)
            # Numba leaves out what only one of two branches needs, not half of a condition.
            if parities is None:  # noqa: SIM114
                return True, nodes, joined
            elif symmetry.keeps(inputs, outputs, nodes, joined, parities):
                return True, nodes, joined
    return False, hidden, connections


@compiled_within
def _add_connection(genes: Genes, draws: Draws) -> tuple[bool, Change]:
    inputs, outputs, hidden, connections = genes
    count = (1 + inputs + len(hidden)) * (outputs + len(hidden))
    start = below(draws, count)
    stride = 1 + below(draws, count)
    while math.gcd(stride, count) != 1:
        stride = 1 + below(draws, count)
    source, target, gene = pairs.free_connection(
        inputs, outputs, hidden, connections, start, stride
    )
    sources = np.empty(1 if gene < 0 else 0, np.int64)
    if gene < 0:
        sources[0] = source
    return source >= 0, Change(gene, -1, -1, 0, sources, target)


@compiled_within
def _add_node_among(
    genes: Genes, draws: Draws, tables: Tables, activations: np.ndarray
) -> tuple[bool, Change]:
    inputs, outputs, hidden, connections = genes
    first = 1 + inputs
    chosen = below(draws, outputs + len(hidden))
    target = first + chosen if chosen < outputs else np.int64(hidden[chosen - outputs]["id"])
    nodes = first + len(hidden)
    sources = distinct(draws, nodes, min(1 + below(draws, SOURCES), nodes))
    ends = np.empty(len(sources), np.int32)
    for i in range(len(sources)):
        if sources[i] >= first:
            sources[i] = hidden[sources[i] - first]["id"]
        ends[i] = sources[i]
    if pairs.has_path(inputs, outputs, hidden, connections, target, ends):
        return False, Change(-1, -1, -1, 0, sources, target)
    activation = np.int64(activations[below(draws, len(activations))])
    node = _node_of(tables, number_of(tables.connections, sources[0], target), hidden)
    return True, Change(-1, -1, node, activation, sources, target)


@compiled_within
def _node_of(tables: Tables, split: int, hidden: np.ndarray) -> int:
    """The id of the node that splits a connection, one that is not among the nodes yet."""
    count = np.int64(0)
    while True:
        node = number_of(tables.nodes, split, count)
        for other in hidden:
            if other["id"] == node:
                break
        else:
            return node
        count += 1


@compiled_within
def _of_one(
    operator: int, genes: Genes, draws: Draws, tables: Tables, activations: np.ndarray
) -> tuple[bool, Change]:
    """Enable one of the disabled connections; disable an enabled one, or split it: then a node of
    random activation takes its place."""
    hidden, connections = genes.hidden, genes.connections
    enabled = operator != ENABLE_CONNECTION
    sources = np.empty(1 if operator == ADD_NODE else 0, np.int64)
    count = np.int64(0)
    for gene in connections:
        count += gene["enabled"] == enabled
    if count == 0:
        return False, Change(-1, -1, -1, 0, sources, -1)
    left = below(draws, count)
    place = -1
    while left >= 0:
        place += 1
        left -= connections[place]["enabled"] == enabled
    if operator != ADD_NODE:
        return True, Change(place, -1, -1, 0, sources, -1)
    node = _node_of(tables, np.int64(connections[place]["innovation"]), hidden)
    activation = np.int64(activations[below(draws, len(activations))])
    sources[0] = connections[place]["source"]
    target = np.int64(connections[place]["target"])
    return True, Change(place, -1, node, activation, sources, target)


@compiled_within
def _change_activation(
    hidden: np.ndarray, draws: Draws, activations: np.ndarray
) -> tuple[bool, Change]:
    others = np.zeros(len(hidden), np.int64)
    count = np.int64(0)
    for i in range(len(hidden)):
        for activation in activations:
            others[i] += activation != hidden[i]["activation"]
        count += others[i] > 0
    place, chosen = -1, 0
    if count > 0:
        left = below(draws, count)
        while left >= 0:
            place += 1
            left -= others[place] > 0
        left = below(draws, others[place])
        for activation in activations:
            if activation != hidden[place]["activation"]:
                if left == 0:
                    chosen = np.int64(activation)
                left -= 1
    return count > 0, Change(-1, place, -1, chosen, others[:0], -1)
