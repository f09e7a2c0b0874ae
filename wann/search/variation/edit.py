"""Changes of a genome's genes, of which the operators are made.

Genomes are values: a changed one is new, and what it was made of stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wann.core.genome import Genome
from wann.core.kernels import pairs
from wann.core.kernels.jit import compiled
from wann.search.variation.innovation import Innovations, Tables, number_of


class Genes(NamedTuple):
    """The parts of a genome, as compiled code takes them."""

    inputs: int
    outputs: int
    hidden: np.ndarray
    connections: np.ndarray


class Change(NamedTuple):
    """What an operator does to a genome; -1 stands for nothing.

    Attributes:
        gene: The index of a connection that is enabled if it was disabled, and the other way
            round.
        place: The index of a hidden node that gets another activation.
        node: The id of a node that is added.
        activation: That of one of these nodes.
        sources: int64[S], ids of nodes that are joined with the new node or, where there is none,
            with the target.
        target: The id of the node that the new node is joined with.
    """

    gene: int
    place: int
    node: int
    activation: int
    sources: np.ndarray
    target: int


NOBODY = np.empty(0, np.int64)


def genes_of(genome: Genome) -> Genes:
    """The parts of a genome."""
    return Genes(*genome.parts)


def has_path(genome: Genome, start: int, *ends: int) -> bool:
    """Whether there is a path from a node to one of some others, by ids."""
    return bool(pairs.has_path(*genes_of(genome), start, np.array(ends, np.int32)))


def switched(genome: Genome, gene: int, enabled: bool) -> Genome:
    """The genome with one of its connections, by index, enabled or disabled."""
    connections = copied(genome.connections)
    connections["enabled"][gene] = enabled
    return Genome(genome.inputs, genome.outputs, genome.hidden, connections, genome.own)


def with_connection(
    genome: Genome, source: int, target: int, gene: int, innovations: Innovations
) -> Genome:
    """The genome with two nodes joined, by its disabled connection `gene` if that is not -1."""
    if gene >= 0:
        return switched(genome, gene, True)
    change = Change(-1, -1, -1, 0, np.array([source], np.int64), int(target))
    return _changed(genome, change, innovations)


def with_new_node(
    genome: Genome, sources: Sequence[int], target: int, activation: int, innovations: Innovations
) -> Genome:
    """The genome with a new node between others, numbered by the first of its sources."""
    split = innovations.connection(sources[0], target)
    node = innovations.node(split, genome.hidden["id"])
    return with_node(genome, sources, target, node, activation, innovations)


def with_node(
    genome: Genome,
    sources: Sequence[int],
    target: int,
    node: int,
    activation: int,
    innovations: Innovations,
) -> Genome:
    """The genome with a new node, of a given id, between others."""
    ids = np.array(sources, np.int64)
    change = Change(-1, -1, int(node), int(activation), ids, int(target))
    return _changed(genome, change, innovations)


def _changed(genome: Genome, change: Change, innovations: Innovations) -> Genome:
    tables = innovations.tables()
    hidden, connections = changed(*genome.parts[2:], change, tables)
    return Genome(genome.inputs, genome.outputs, hidden, connections, genome.own)


def copied(records: np.ndarray) -> np.ndarray:
    """A copy of records that can be written to."""
    raw = np.dtype((np.void, records.itemsize))  # NumPy copies fields one by one, ten times slower
    return records.view(raw).copy().view(records.dtype)


@compiled
def changed(
    hidden: np.ndarray, connections: np.ndarray, change: Change, tables: Tables
) -> tuple[np.ndarray, np.ndarray]:
    """The genes after a change; new ones get their numbers from the tables."""
    added = 1 if change.node >= 0 else 0
    count = len(change.sources)
    new = np.empty((count + added, 3), np.int64)
    for i in range(len(new)):
        new[i, 0] = change.sources[i] if i < count else change.node
        new[i, 1] = change.node if added and i < count else change.target
        new[i, 2] = number_of(tables.connections, new[i, 0], new[i, 1])

    nodes = hidden
    if added or change.place >= 0:
        nodes = np.empty(len(hidden) + added, hidden.dtype)
        place = len(hidden) if added else change.place
        for i in range(len(hidden) - 1, -1, -1):
            if added and hidden[i]["id"] > change.node:
                nodes[i + 1] = hidden[i]
                place = i
            else:
                nodes[i] = hidden[i]
        if added:
            nodes[place]["id"] = change.node
        nodes[place]["activation"] = change.activation

    joined = connections
    if len(new) or change.gene >= 0:
        joined = np.empty(len(connections) + len(new), connections.dtype)
        old, free = len(connections), len(joined)
        while free > 0:
            last = -1  # the new one of the largest number that is left
            for i in range(len(new)):
                if new[i, 2] >= 0 and (last < 0 or new[i, 2] > new[last, 2]):
                    last = i
            free -= 1
            if last >= 0 and (old == 0 or connections[old - 1]["innovation"] < new[last, 2]):
                joined[free]["source"] = new[last, 0]
                joined[free]["target"] = new[last, 1]
                joined[free]["innovation"] = new[last, 2]
                joined[free]["enabled"] = True
                new[last, 2] = -1
            else:
                old -= 1
                joined[free] = connections[old]
                if old == change.gene:
                    joined[free]["enabled"] = not connections[old]["enabled"]
    return nodes, joined
