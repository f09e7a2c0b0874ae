"""The mutations of the paper's released code (Gaier & Ha, 2019).

They differ from those of `mutation` in four ways: one draw decides, also if it has nothing to act
on; a split makes a node id that no other genome has; connections lead only to later layers; and a
disabled connection is enabled by its own mutation alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wann.core.genome import Genome
from wann.core.kernels import graph
from wann.search import own
from wann.search.variation import edit
from wann.search.variation.innovation import Innovations
from wann.search.variation.mutation import (
    change_activation,
    disable_connection,
    enable_connection,
)


def mutate(
    genome: Genome,
    rng: np.random.Generator,
    innovations: Innovations,
    activations: np.ndarray,
    rates: Mapping[str, float],
) -> Genome:
    """A child with exactly one mutation, drawn by the rates; a clone where that cannot act.

    Args:
        genome: The parent.
        rng: The source of chance.
        innovations: Gives new genes their numbers.
        activations: uint8 indices of the activations to choose from.
        rates: Relative rates by the names of the mutations.
    """
    chances = np.array(list(rates.values()))
    name = list(rates)[rng.choice(len(rates), p=chances / chances.sum())]
    if name == "add_connection":
        child = add_connection(genome, rng, innovations)
    elif name == "add_node":
        child = add_node(genome, rng, innovations, activations)
    elif name == "change_activation":
        child = change_activation(genome, rng, activations)
    elif name == "enable_connection":
        child = enable_connection(genome, rng)
    elif name == "disable_connection":
        child = disable_connection(genome, rng)
    else:
        child = own.mutated(name, genome, rng, innovations)
    return genome if child is None else child


def add_connection(
    genome: Genome, rng: np.random.Generator, innovations: Innovations
) -> Genome | None:
    """Join a random node with one of a later layer that no connection, enabled or not, joins it
    with; the next random one where there is none."""
    layers = graph.layers(*genome.parts)
    ids = np.concatenate((np.arange(genome.first_hidden), genome.hidden["id"]))
    sources, targets = genome.connections["source"], genome.connections["target"]
    for place in rng.permutation(np.flatnonzero(layers < layers.max())):
        source = int(ids[place])
        free = np.setdiff1d(ids[layers > layers[place]], targets[sources == source])
        if len(free):
            target = int(free[rng.integers(len(free))])
            return edit.with_connection(genome, source, target, -1, innovations)
    return None


def add_node(
    genome: Genome, rng: np.random.Generator, innovations: Innovations, activations: np.ndarray
) -> Genome | None:
    """Split an enabled connection: it is disabled, a new node of random activation takes its
    place."""
    enabled = np.flatnonzero(genome.connections["enabled"])
    if len(enabled) == 0:
        return None
    gene = int(enabled[rng.integers(len(enabled))])
    source, target, *_ = genome.connections[gene].item()
    activation = int(activations[rng.integers(len(activations))])
    genome = edit.switched(genome, gene, False)
    node = innovations.new_node()
    return edit.with_node(genome, [source], target, node, activation, innovations)
