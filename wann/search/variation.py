"""The operators that make a child: mutations of one parent, crossover of two.

Each takes genomes and a random generator and returns a new genome, or None where it has nothing
to act on. None of them can close a cycle: disabled connections count as edges, too, so enabling
one is always safe.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import accumulate

import numpy as np

from wann.core.genome import Genome
from wann.core.kernels import graph
from wann.core.kernels.activations import INVERSE, LINEAR
from wann.core.symmetry import symmetric
from wann.search.innovation import Innovations
from wann.search.proposals import Proposals

TRIES = 8  # proposals that are tried for one child
SYMMETRIC_TRIES = 30  # mutations, until one leaves the network symmetric
SOURCES = 3  # of a node that is added among others, at most


def add_connection(
    genome: Genome, rng: np.random.Generator, innovations: Innovations
) -> Genome | None:
    """Join two nodes that no enabled connection joins and no path leads back between.

    A disabled connection between the two is enabled again instead of being doubled.
    """
    hidden = len(genome.hidden)
    pairs = (1 + genome.inputs + hidden) * (genome.outputs + hidden)
    start = int(rng.integers(pairs))
    stride = int(rng.integers(1, pairs + 1))
    while math.gcd(stride, pairs) != 1:
        stride = int(rng.integers(1, pairs + 1))
    source, target, gene = graph.free_connection(
        genome.inputs, genome.outputs, genome.hidden, genome.connections, start, stride
    )
    return None if source < 0 else _joined(genome, source, target, gene, innovations)


def add_proposed(
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
        if not (genes["enabled"][gene] if gene >= 0 else _has_path(genome, target, source)):
            return _joined(genome, source, target, gene, innovations)
    return None


def add_proposed_node(
    genome: Genome, rng: np.random.Generator, innovations: Innovations, proposals: Proposals
) -> Genome | None:
    """Add a node that is proposed; None if the few that are tried cannot be added."""
    if not proposals.nodes_to_add:
        return None
    for choice in rng.choice(len(proposals.nodes_to_add), TRIES, p=proposals.node_chances):
        sources, negated, target, activation = proposals.nodes_to_add[choice]
        if any(_has_path(genome, target, source) for source in (*sources, *negated)):
            continue
        if not negated:
            return _fed(genome, sources, target, activation, innovations)
        split = innovations.connection(negated[0], target)
        node = innovations.node(split, genome.hidden["id"])
        genome = _with_node(genome, [], target, node, activation, innovations)
        if sources:
            genome = _fed(genome, sources, node, LINEAR, innovations)
        return _fed(genome, negated, node, INVERSE, innovations)
    return None


def add_node(
    genome: Genome,
    rng: np.random.Generator,
    innovations: Innovations,
    activations: np.ndarray,
) -> Genome | None:
    """Split an enabled connection: it is disabled, a node of random activation takes its place.

    Args:
        genome: The parent.
        rng: The source of chance.
        innovations: Gives the new genes their numbers.
        activations: uint8 indices of the activations to choose from.
    """
    enabled = np.flatnonzero(genome.connections["enabled"])
    if len(enabled) == 0:
        return None
    gene = int(enabled[rng.integers(len(enabled))])
    source, target, split, _ = genome.connections[gene].item()
    node = innovations.node(split, genome.hidden["id"])
    activation = activations[rng.integers(len(activations))]
    genome = switched(genome, gene, False)
    return _with_node(genome, [source], target, node, int(activation), innovations)


def add_node_among(
    genome: Genome,
    rng: np.random.Generator,
    innovations: Innovations,
    activations: np.ndarray,
) -> Genome | None:
    """Add a node of random activation between one to `SOURCES` nodes and another; None if that
    would close a cycle.

    Args:
        genome: The parent.
        rng: The source of chance.
        innovations: Gives the new genes their numbers.
        activations: uint8 indices of the activations to choose from.
    """
    inner = genome.hidden["id"]
    first = 1 + genome.inputs
    target = int(rng.choice(np.concatenate((np.arange(first, genome.first_hidden), inner))))
    nodes = np.concatenate((np.arange(first), inner))
    count = min(int(rng.integers(1, 1 + SOURCES)), len(nodes))
    sources = rng.choice(nodes, count, replace=False).tolist()
    if any(_has_path(genome, target, source) for source in sources):
        return None
    activation = int(activations[rng.integers(len(activations))])
    return _fed(genome, sources, target, activation, innovations)


def enable_connection(genome: Genome, rng: np.random.Generator) -> Genome | None:
    """Enable a disabled connection."""
    disabled = np.flatnonzero(~genome.connections["enabled"])
    if len(disabled) == 0:
        return None
    return switched(genome, int(disabled[rng.integers(len(disabled))]), True)


def disable_connection(genome: Genome, rng: np.random.Generator) -> Genome | None:
    """Disable an enabled connection."""
    enabled = np.flatnonzero(genome.connections["enabled"])
    if len(enabled) == 0:
        return None
    return switched(genome, int(enabled[rng.integers(len(enabled))]), False)


def disable_proposed(
    genome: Genome, rng: np.random.Generator, proposals: Proposals
) -> Genome | None:
    """Disable a connection whose removal is proposed; None if it is gone already."""
    if not proposals.connections_to_remove:
        return None
    number = proposals.connections_to_remove[rng.integers(len(proposals.connections_to_remove))]
    gene = int(np.searchsorted(genome.connections["innovation"], number))
    return switched(genome, gene, False) if genome.connections["enabled"][gene] else None


def change_activation(
    genome: Genome, rng: np.random.Generator, activations: np.ndarray
) -> Genome | None:
    """Give a hidden node another activation out of uint8 indices `activations`."""
    differs = genome.hidden["activation"][:, None] != activations
    changeable = np.flatnonzero(differs.any(axis=1))
    if len(changeable) == 0:
        return None
    node = int(changeable[rng.integers(len(changeable))])
    others = activations[differs[node]]
    hidden = _copied(genome.hidden)
    hidden["activation"][node] = others[rng.integers(len(others))]
    return Genome(genome.inputs, genome.outputs, hidden, genome.connections)


def mutate(
    genome: Genome,
    rng: np.random.Generator,
    innovations: Innovations,
    activations: np.ndarray,
    rates: Mapping[str, float],
    proposals: Proposals | None = None,
    *,
    keep_symmetric: bool = False,
) -> Genome:
    """A child with exactly one mutation, drawn by the rates.

    A mutation that has nothing to act on gives way to the others, by their rates, so that a
    child equals its parent only if no mutation of positive rate can change it.

    Args:
        genome: The parent.
        rng: The source of chance.
        innovations: Gives new genes their numbers.
        activations: uint8 indices of the activations to choose from.
        rates: Relative rates by the names of the operators in this module.
        proposals: Connections to add and to disable instead of random ones.
        keep_symmetric: Whether to make only symmetric networks, of a symmetric one.
    """
    operators: dict[str, Callable[[], Genome | None]] = {
        "add_connection": lambda: add_connection(genome, rng, innovations),
        "add_node": lambda: add_node(genome, rng, innovations, activations),
        "enable_connection": lambda: enable_connection(genome, rng),
        "disable_connection": lambda: disable_connection(genome, rng),
        "change_activation": lambda: change_activation(genome, rng, activations),
    }
    if keep_symmetric:
        operators["add_node"] = lambda: add_node_among(genome, rng, innovations, activations)
    if proposals is not None:
        operators["add_connection"] = lambda: add_proposed(genome, rng, innovations, proposals)
        operators["add_node"] = lambda: add_proposed_node(genome, rng, innovations, proposals)
        operators["disable_connection"] = lambda: disable_proposed(genome, rng, proposals)
    left = {name: rate for name, rate in rates.items() if rate > 0}
    while left:
        totals = zip(left, accumulate(left.values()), strict=True)
        point = rng.random() * sum(left.values())
        name = next((name for name, total in totals if point < total), max(left))
        for _ in range(SYMMETRIC_TRIES if keep_symmetric else 1):
            child = operators[name]()
            if child is not None and (not keep_symmetric or symmetric(child)):
                return child
        del left[name]
    return genome


def crossover(better: Genome, other: Genome, rng: np.random.Generator) -> Genome:
    """A child of two parents, aligned on innovation numbers (Stanley & Miikkulainen, 2002).

    The topology is that of the better parent. Where both hold a gene, its state (enabled or
    not; a node's activation) comes from either with equal chance.
    """
    connections = _copied(better.connections)
    _, mine, theirs = np.intersect1d(
        connections["innovation"], other.connections["innovation"], return_indices=True
    )
    swap = rng.random(len(mine)) < 0.5
    connections["enabled"][mine[swap]] = other.connections["enabled"][theirs[swap]]
    hidden = _copied(better.hidden)
    _, mine, theirs = np.intersect1d(hidden["id"], other.hidden["id"], return_indices=True)
    swap = rng.random(len(mine)) < 0.5
    hidden["activation"][mine[swap]] = other.hidden["activation"][theirs[swap]]
    return Genome(better.inputs, better.outputs, hidden, connections)


def _has_path(genome: Genome, start: int, end: int) -> bool:
    """Whether there is a path between two nodes, by ids."""
    return bool(
        graph.has_path(genome.inputs, genome.outputs, genome.hidden, genome.connections, start, end)
    )


def _joined(
    genome: Genome, source: int, target: int, gene: int, innovations: Innovations
) -> Genome:
    """The genome with two nodes joined, by its disabled connection `gene` if that is not -1."""
    if gene >= 0:
        return switched(genome, gene, True)
    number = innovations.connection(source, target)
    return _extended(genome, genome.hidden, [(source, target, number, True)])


def _fed(
    genome: Genome, sources: list[int], target: int, activation: int, innovations: Innovations
) -> Genome:
    """The genome with a new node between others, numbered by the first of its sources."""
    split = innovations.connection(sources[0], target)
    node = innovations.node(split, genome.hidden["id"])
    return _with_node(genome, sources, target, node, activation, innovations)


def _with_node(
    genome: Genome,
    sources: list[int],
    target: int,
    node: int,
    activation: int,
    innovations: Innovations,
) -> Genome:
    """The genome with a new node between others."""
    place = int(np.searchsorted(genome.hidden["id"], node))
    pairs = [*((source, node) for source in sources), (node, target)]
    return _extended(
        genome,
        _inserted(genome.hidden, place, (node, activation)),
        [(*pair, innovations.connection(*pair), True) for pair in pairs],
    )


def switched(genome: Genome, gene: int, enabled: bool) -> Genome:
    """The genome with one of its connections, by index, enabled or disabled."""
    connections = _copied(genome.connections)
    connections["enabled"][gene] = enabled
    return Genome(genome.inputs, genome.outputs, genome.hidden, connections)


def _extended(genome: Genome, hidden: np.ndarray, new: list[tuple[int, int, int, bool]]) -> Genome:
    connections = genome.connections
    for gene in new:
        place = int(np.searchsorted(connections["innovation"], gene[2]))
        connections = _inserted(connections, place, gene)
    return Genome(genome.inputs, genome.outputs, hidden, connections)


def _inserted(records: np.ndarray, place: int, record: tuple) -> np.ndarray:
    """The records with one more at a place."""
    result = np.empty(len(records) + 1, records.dtype)
    old, new = _raw(records), _raw(result)
    new[:place] = old[:place]
    new[place + 1 :] = old[place:]
    result[place] = record
    return result


def _copied(records: np.ndarray) -> np.ndarray:
    return _raw(records).copy().view(records.dtype)


def _raw(records: np.ndarray) -> np.ndarray:
    """The records as bytes without fields: NumPy copies field by field, ten times as slowly."""
    return records.view(np.dtype((np.void, records.itemsize)))
