"""Proposals: changes of a genome that should help, and the mutations that draw from them.

What proposes them is a guide, as that of the gradient in `guidance`. As the other mutations, these
return None where they have nothing to act on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from wann.core.genome import Genome
from wann.core.kernels.activations import INVERSE, LINEAR
from wann.search.variation import edit
from wann.search.variation.innovation import Innovations

TRIES = 8  # proposals that are tried for one child


class NewNode(NamedTuple):
    """A hidden node to add, by ids.

    As every connection has the same weight, only nodes can turn a sign. Where some sources are
    `negated`, the new node sees a linear node that sums the others and an inverse node that sums
    these.
    """

    sources: list[int]
    negated: list[int]
    target: int
    activation: int


class Proposals(NamedTuple):
    """Changes of a genome's connections and nodes that should help.

    Attributes:
        connections_to_add: K pairs of node ids, source and target, not joined by any enabled
            connection.
        connection_chances: float64[K], how likely each should be chosen; they sum to 1.
        nodes_to_add: M nodes to add.
        node_chances: float64[M], likewise.
        connections_to_remove: Innovation numbers of enabled connections.
        samples: Examples, each counted for every weight, that it took to find all this.
        multiply_adds: What that took.
    """

    connections_to_add: list[tuple[int, int]]
    connection_chances: np.ndarray
    nodes_to_add: list[NewNode]
    node_chances: np.ndarray
    connections_to_remove: list[int]
    samples: int = 0
    multiply_adds: int = 0


# Proposes changes to genomes.
Guide = Callable[[Sequence[Genome]], Sequence[Proposals]]


def add_proposed_connection(
    genome: Genome, rng: np.random.Generator, innovations: Innovations, proposals: Proposals
) -> Genome | None:
    """Join two nodes whose connection is proposed; None if the few that are tried cannot be."""
    if not proposals.connections_to_add:
        return None
    pairs = proposals.connections_to_add
    for choice in rng.choice(len(pairs), TRIES, p=proposals.connection_chances):
        source, target = pairs[choice]
        genes = genome.connections
        found = np.flatnonzero((genes["source"] == source) & (genes["target"] == target))
        gene = int(found[0]) if len(found) else -1
        if not (genes["enabled"][gene] if gene >= 0 else edit.has_path(genome, target, source)):
            return edit.with_connection(genome, source, target, gene, innovations)
    return None


def add_proposed_node(
    genome: Genome, rng: np.random.Generator, innovations: Innovations, proposals: Proposals
) -> Genome | None:
    """Add a node that is proposed; None if the few that are tried cannot be added."""
    if not proposals.nodes_to_add:
        return None
    for choice in rng.choice(len(proposals.nodes_to_add), TRIES, p=proposals.node_chances):
        sources, negated, target, activation = proposals.nodes_to_add[choice]
        if edit.has_path(genome, target, *sources, *negated):
            continue
        if not negated:
            return edit.with_new_node(genome, sources, target, activation, innovations)
        split = innovations.connection(negated[0], target)
        node = innovations.node(split, genome.hidden["id"])
        genome = edit.with_node(genome, [], target, node, activation, innovations)
        if sources:
            genome = edit.with_new_node(genome, sources, node, LINEAR, innovations)
        return edit.with_new_node(genome, negated, node, INVERSE, innovations)
    return None


def disable_proposed_connection(
    genome: Genome, rng: np.random.Generator, proposals: Proposals
) -> Genome | None:
    """Disable a connection whose removal is proposed; None if it is gone already."""
    if not proposals.connections_to_remove:
        return None
    number = proposals.connections_to_remove[rng.integers(len(proposals.connections_to_remove))]
    gene = int(np.searchsorted(genome.connections["innovation"], number))
    return edit.switched(genome, gene, False) if genome.connections["enabled"][gene] else None
