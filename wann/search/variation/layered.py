"""The mutation that adds a node to a layered network where nothing proposes one."""

from __future__ import annotations

import numpy as np

from wann.core import invariance
from wann.core.genome import Genome
from wann.search.variation import edit
from wann.search.variation.innovation import Innovations

SOURCES = 3  # of a node that is added, at most


def add_node(
    genome: Genome, rng: np.random.Generator, innovations: Innovations, activations: np.ndarray
) -> Genome | None:
    """Add a node in a random layer between one to `SOURCES` nodes of the one below and one of the
    next; None if one of these has no nodes.

    Args:
        genome: The parent, layered.
        rng: The source of chance.
        innovations: Gives the new genes their numbers.
        activations: uint8 indices of those that nodes of even layers may have.
    """
    layer = int(rng.integers(1, invariance.LAYERS))
    ids = np.concatenate((np.arange(genome.first_hidden), genome.hidden["id"]))
    found = invariance.layers_of(genome)
    below, above = ids[found == layer - 1], ids[found == layer + 1]
    if not (len(below) and len(above)):
        return None
    count = min(int(rng.integers(1, 1 + SOURCES)), len(below))
    sources = rng.choice(below, count, replace=False).tolist()
    kinds = np.array(invariance.STRAIGHT, np.uint8) if layer % 2 else activations
    kind = int(kinds[rng.integers(len(kinds))])
    target = int(above[rng.integers(len(above))])
    return edit.with_new_node(genome, sources, target, kind, innovations)
