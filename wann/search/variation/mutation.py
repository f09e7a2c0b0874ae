"""The mutations that make a child of one parent.

Each takes a genome and a random generator and returns a new genome, or None where it has nothing
to act on. None of them can close a cycle: disabled connections count as edges, too, so enabling
one is always safe.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from itertools import accumulate

import numpy as np

from wann.core.genome import Genome
from wann.core.invariance import layered
from wann.core.kernels import graph
from wann.core.symmetry import symmetric
from wann.search import own
from wann.search.variation import edit
from wann.search.variation.innovation import Innovations
from wann.search.variation.layered import add_node as add_layered_node
from wann.search.variation.proposals import (
    Proposals,
    add_proposed_connection,
    add_proposed_node,
    disable_proposed_connection,
)

TRIES = 30  # mutations, until one leaves the network symmetric, or layered
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
    return None if source < 0 else edit.with_connection(genome, source, target, gene, innovations)


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
    genome = edit.switched(genome, gene, False)
    return edit.with_node(genome, [source], target, node, int(activation), innovations)


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
    hidden = inner.tolist()
    targets = [*range(first, genome.first_hidden), *hidden]
    target = targets[rng.integers(len(targets))]
    nodes = [*range(first), *hidden]
    count = min(int(rng.integers(1, 1 + SOURCES)), len(nodes))
    sources = [nodes[i] for i in rng.choice(len(nodes), count, replace=False)]
    if edit.has_path(genome, target, *sources):
        return None
    activation = int(activations[rng.integers(len(activations))])
    return edit.with_new_node(genome, sources, target, activation, innovations)


def enable_connection(genome: Genome, rng: np.random.Generator) -> Genome | None:
    """Enable a disabled connection."""
    disabled = np.flatnonzero(~genome.connections["enabled"])
    if len(disabled) == 0:
        return None
    return edit.switched(genome, int(disabled[rng.integers(len(disabled))]), True)


def disable_connection(genome: Genome, rng: np.random.Generator) -> Genome | None:
    """Disable an enabled connection."""
    enabled = np.flatnonzero(genome.connections["enabled"])
    if len(enabled) == 0:
        return None
    return edit.switched(genome, int(enabled[rng.integers(len(enabled))]), False)


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
    hidden = edit.copied(genome.hidden)
    hidden["activation"][node] = others[rng.integers(len(others))]
    return Genome(genome.inputs, genome.outputs, hidden, genome.connections, genome.own)


def mutate(
    genome: Genome,
    rng: np.random.Generator,
    innovations: Innovations,
    activations: np.ndarray,
    rates: Mapping[str, float],
    proposals: Proposals | None = None,
    *,
    keep_symmetric: bool = False,
    keep_layered: bool = False,
) -> Genome:
    """A child with exactly one mutation, drawn by the rates.

    A mutation that has nothing to act on gives way to the others, by their rates, so that a
    child equals its parent only if no mutation of positive rate can change it.

    Args:
        genome: The parent.
        rng: The source of chance.
        innovations: Gives new genes their numbers.
        activations: uint8 indices of the activations to choose from.
        rates: Relative rates by the names of the operators in this module, or of one's own.
        proposals: Connections and nodes to add and connections to disable instead of random ones.
        keep_symmetric: Whether to make only symmetric networks, of a symmetric one.
        keep_layered: Whether to make only layered networks, of a layered one.
    """
    operators: dict[str, Callable[[], Genome | None]] = {
        "add_connection": lambda: add_connection(genome, rng, innovations),
        "add_node": lambda: add_node(genome, rng, innovations, activations),
        "enable_connection": lambda: enable_connection(genome, rng),
        "disable_connection": lambda: disable_connection(genome, rng),
        "change_activation": lambda: change_activation(genome, rng, activations),
    }
    rules = [rule for rule, kept in ((symmetric, keep_symmetric), (layered, keep_layered)) if kept]
    if keep_layered:
        operators["add_node"] = lambda: add_layered_node(genome, rng, innovations, activations)
    elif keep_symmetric:
        operators["add_node"] = lambda: add_node_among(genome, rng, innovations, activations)
    if proposals is not None:
        operators["add_connection"] = lambda: add_proposed_connection(
            genome, rng, innovations, proposals
        )
        operators["add_node"] = lambda: add_proposed_node(genome, rng, innovations, proposals)
        operators["disable_connection"] = lambda: disable_proposed_connection(
            genome, rng, proposals
        )
    for name in rates.keys() - operators.keys():
        operators[name] = partial(own.mutated, name, genome, rng, innovations)
    left = {name: rate for name, rate in rates.items() if rate > 0}
    while left:
        totals = zip(left, accumulate(left.values()), strict=True)
        point = rng.random() * sum(left.values())
        name = next((name for name, total in totals if point < total), max(left))
        for _ in range(TRIES if rules else 1):
            child = operators[name]()
            if child is not None and all(rule(child) for rule in rules):
                return child
        del left[name]
    return genome
