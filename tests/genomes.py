"""Genomes for tests: written by hand, or grown by seeded chains of mutations."""

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.kernels import activations
from wann.search.variation import initial, mutation
from wann.search.variation.innovation import Innovations
from wann.storage.model import Model

ALL_ACTIVATIONS = activations.indices(activations.NAMES)
RATES = {
    "change_activation": 0.2,
    "add_node": 0.3,
    "add_connection": 0.3,
    "enable_connection": 0.1,
    "disable_connection": 0.1,
}


def genome(inputs, outputs, hidden=(), connections=()):
    """A genome by hand.

    Args:
        inputs: Number of inputs.
        outputs: Number of outputs.
        hidden: (id, activation's name).
        connections: (source, target), (source, target, enabled) or (source, target, enabled,
            innovation); numbered from 0 by default.
    """
    genes = []
    for i, gene in enumerate(connections):
        source, target, enabled, innovation = (*gene, *(True, i)[len(gene) - 2 :])
        genes.append((source, target, innovation, enabled))
    return Genome(
        inputs,
        outputs,
        np.array([(node, activations.index(name)) for node, name in hidden], NODE),
        np.array(genes, CONNECTION),
    )


def grown(seed, mutations, inputs=5, outputs=1, probability=0.5, rates=RATES, innovations=None):
    """The genome after a number of mutations from a random start."""
    rng = np.random.default_rng([seed, mutations, inputs, outputs])
    innovations = innovations or Innovations(inputs, outputs)
    child = initial.thinned(initial.direct(inputs, outputs, innovations), probability, rng)
    for _ in range(mutations):
        child = mutation.mutate(child, rng, innovations, ALL_ACTIVATIONS, rates)
    return child


def pairs(genome, enabled=None):
    """The pairs of nodes that are joined, by ids; of enabled or of disabled connections only."""
    genes = genome.connections
    if enabled is not None:
        genes = genes[genes["enabled"] == enabled]
    return set(zip(genes["source"].tolist(), genes["target"].tolist(), strict=True))


def population(seed, size, mutations, inputs=3, outputs=2):
    """Genomes that share one table of innovation numbers."""
    innovations = Innovations(inputs, outputs)
    return [
        grown(seed * size + i, mutations, inputs, outputs, innovations=innovations)
        for i in range(size)
    ]


def model_of(genome, **settings):
    """A model of a genome, for swing-up by its name."""
    return Model(
        genome,
        "swingup",
        tuple(f"in {i}" for i in range(genome.inputs)),
        tuple(f"out {i}" for i in range(genome.outputs)),
        {"kind": "continuous", "low": -1.0, "high": 1.0},
        **settings,
    )
