"""Crossover: a child of two parents."""

from __future__ import annotations

import numpy as np

from wann.core.genome import Genome
from wann.search.variation import edit


def crossover(better: Genome, other: Genome, rng: np.random.Generator) -> Genome:
    """A child of two parents, aligned on innovation numbers (Stanley & Miikkulainen, 2002).

    The topology is that of the better parent. Where both hold a gene, its state (enabled or
    not; a node's activation) comes from either with equal chance.
    """
    connections = edit.copied(better.connections)
    _, mine, theirs = np.intersect1d(
        connections["innovation"], other.connections["innovation"], return_indices=True
    )
    swap = rng.random(len(mine)) < 0.5
    connections["enabled"][mine[swap]] = other.connections["enabled"][theirs[swap]]
    hidden = edit.copied(better.hidden)
    _, mine, theirs = np.intersect1d(hidden["id"], other.hidden["id"], return_indices=True)
    swap = rng.random(len(mine)) < 0.5
    hidden["activation"][mine[swap]] = other.hidden["activation"][theirs[swap]]
    return Genome(better.inputs, better.outputs, hidden, connections, better.own)
