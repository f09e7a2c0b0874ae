"""The mutations that make a child of one parent.

Each takes a genome and a random generator and returns a new genome, or None where it has nothing
to act on. What they do is compiled; see `operators`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate

import numpy as np

from wann.core.expressions.values import parities
from wann.core.genome import Genome
from wann.core.invariance import layered
from wann.core.symmetry import symmetric
from wann.search import own
from wann.search.variation import operators
from wann.search.variation.draws import draws_of
from wann.search.variation.edit import genes_of
from wann.search.variation.innovation import Innovations
from wann.search.variation.layered import add_node as add_layered_node
from wann.search.variation.proposals import (
    Proposals,
    add_proposed_connection,
    add_proposed_node,
    disable_proposed_connection,
)

TRIES = 30  # mutations, until one leaves the network symmetric, or layered

NO_ACTIVATIONS = np.empty(0, np.uint8)
NO_INNOVATIONS = Innovations(1, 1)  # for what makes no new genes
OPERATORS = {
    "add_connection": operators.ADD_CONNECTION,
    "add_node": operators.ADD_NODE,
    "enable_connection": operators.ENABLE_CONNECTION,
    "disable_connection": operators.DISABLE_CONNECTION,
    "change_activation": operators.CHANGE_ACTIVATION,
}


def operator_of(name: str, keep_symmetric: bool) -> int:
    """The one of `operators` by the name of a mutation."""
    if keep_symmetric and name == "add_node":  # to split a connection would break the rule
        return operators.ADD_NODE_AMONG
    return OPERATORS[name]


def attempted(
    operator: int,
    genome: Genome,
    rng: np.random.Generator,
    innovations: Innovations = NO_INNOVATIONS,
    activations: np.ndarray = NO_ACTIVATIONS,
    keep_symmetric: bool = False,
) -> Genome | None:
    """A child by one of `operators`; the arguments are as of `mutate`."""
    rule = (TRIES, parities(genome.own)) if keep_symmetric else (1, None)
    sources = draws_of(rng), innovations.tables(), activations
    done, hidden, connections = operators.attempt(operator, *rule, genes_of(genome), *sources)
    if not done:
        return None
    return Genome(genome.inputs, genome.outputs, hidden, connections, genome.own)


def add_connection(
    genome: Genome, rng: np.random.Generator, innovations: Innovations
) -> Genome | None:
    """Join two nodes that no enabled connection joins and no path leads back between.

    A disabled connection between the two is enabled again instead of being doubled.
    """
    return attempted(operators.ADD_CONNECTION, genome, rng, innovations)


def add_node(
    genome: Genome, rng: np.random.Generator, innovations: Innovations, activations: np.ndarray
) -> Genome | None:
    """Split an enabled connection: it is disabled, a node of random activation takes its place."""
    return attempted(operators.ADD_NODE, genome, rng, innovations, activations)


def enable_connection(genome: Genome, rng: np.random.Generator) -> Genome | None:
    """Enable a disabled connection."""
    return attempted(operators.ENABLE_CONNECTION, genome, rng)


def disable_connection(genome: Genome, rng: np.random.Generator) -> Genome | None:
    """Disable an enabled connection."""
    return attempted(operators.DISABLE_CONNECTION, genome, rng)


def change_activation(
    genome: Genome, rng: np.random.Generator, activations: np.ndarray
) -> Genome | None:
    """Give a hidden node another activation out of uint8 indices `activations`."""
    return attempted(operators.CHANGE_ACTIVATION, genome, rng, activations=activations)


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
        rates: Relative rates by the names of the mutations in this module, or of one's own.
        proposals: Connections and nodes to add and connections to disable instead of random ones.
        keep_symmetric: Whether to make only symmetric networks, of a symmetric one.
        keep_layered: Whether to make only layered networks, of a layered one.
    """
    changes: dict[str, Callable[[], Genome | None]] = {}
    if keep_layered:
        changes["add_node"] = lambda: add_layered_node(genome, rng, innovations, activations)
    if proposals is not None:
        changes["add_connection"] = lambda: add_proposed_connection(
            genome, rng, innovations, proposals
        )
        changes["add_node"] = lambda: add_proposed_node(genome, rng, innovations, proposals)
        changes["disable_connection"] = lambda: disable_proposed_connection(genome, rng, proposals)
    for name in rates.keys() - OPERATORS.keys():
        changes[name] = partial(own.mutated, name, genome, rng, innovations)
    rules = [rule for rule, kept in ((symmetric, keep_symmetric), (layered, keep_layered)) if kept]
    left = {name: rate for name, rate in rates.items() if rate > 0}
    while left:
        totals = list(accumulate(left.values()))
        point = rng.random() * totals[-1]
        name = list(left)[min(bisect_right(totals, point), len(left) - 1)]
        operator = operator_of(name, keep_symmetric) if name in OPERATORS else -1
        act = partial(attempted, operator, genome, rng, innovations, activations)
        if name in changes or keep_layered:
            child = _kept(changes.get(name, act), rules)
        else:
            child = act(keep_symmetric)
        if child is not None:
            return child
        del left[name]
    return genome


def _kept(
    change: Callable[[], Genome | None], rules: Sequence[Callable[[Genome], bool]]
) -> Genome | None:
    """A child by a change, tried until it keeps the rules; None if it never does."""
    for _ in range(TRIES if rules else 1):
        child = change()
        if child is not None and all(rule(child) for rule in rules):
            return child
    return None
