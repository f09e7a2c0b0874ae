"""The genomes that a search begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from wann.core.config import SearchConfig
from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.invariance import LAYERS
from wann.core.kernels.activations import INVERSE, LINEAR
from wann.core.network import express
from wann.core.structure import live_part
from wann.search.variation.innovation import Innovations


def population(
    inputs: int,
    outputs: int,
    config: SearchConfig,
    innovations: Innovations,
    rng: np.random.Generator,
    mutated: Callable[[Genome, np.random.Generator], Genome] = lambda genome, rng: genome,
    count: int | None = None,
) -> list[Genome]:
    """The first generation: one genome, with other inputs joined each time.

    Args:
        inputs: Number of inputs, without the bias.
        outputs: Number of outputs.
        config: The settings.
        innovations: Gives the genes their numbers.
        rng: The source of chance.
        mutated: Makes a child, up to `first_mutations` times; what does nothing is left out then.
        count: How many genomes, if not as many as a population has.
    """
    if config.layered or config.symmetric:
        whole = layered(inputs, outputs, LAYERS if config.layered else 2, innovations)
    else:
        whole = direct(inputs, outputs, innovations)
    whole = replace(whole, own=config.own_activations)
    thin = undrawn_disabled if config.keep_undrawn else thinned
    count = config.population if count is None else count
    found = [thin(whole, config.connect_probability, rng) for _ in range(count)]
    if not config.first_mutations:
        return found
    for i, genome in enumerate(found):
        for _ in range(rng.integers(config.first_mutations + 1)):
            genome = mutated(genome, rng)
        found[i] = live_part(genome, express(genome))
    return found


def direct(inputs: int, outputs: int, innovations: Innovations) -> Genome:
    """The genome without hidden nodes in which each bias or input is joined to each output."""
    pairs = [
        (source, target)
        for source in range(1 + inputs)
        for target in range(1 + inputs, 1 + inputs + outputs)
    ]
    return _genome(inputs, outputs, [], pairs, innovations)


def layered(inputs: int, outputs: int, layers: int, innovations: Innovations) -> Genome:
    """A genome in which each path from an input to an output has as many connections as another.

    Each output has a linear and an inverse node in each of the hidden layers. Those of the first
    see all inputs. All lead to the linear node of the next layer, or to the output; so the later
    inverse nodes see nothing yet.

    Args:
        inputs: Number of inputs, without the bias.
        outputs: Number of outputs.
        layers: Connections in a path, 2 or more. With an even number the network is symmetric.
        innovations: Gives the genes their numbers.
    """
    nodes: list[tuple[int, int]] = []
    pairs: list[tuple[int, int]] = []
    for output in range(1 + inputs, 1 + inputs + outputs):
        sources = list(range(1 + inputs))
        for layer in range(1, layers):
            linear = 1 + inputs + outputs + len(nodes)
            nodes += [(linear, LINEAR), (linear + 1, INVERSE)]
            pairs += [(source, linear) for source in sources]
            if layer == 1:
                pairs += [(source, linear + 1) for source in sources]
            sources = [linear, linear + 1]
        pairs += [(source, output) for source in sources]
    innovations.reserve(1 + inputs + outputs + len(nodes))
    return _genome(inputs, outputs, nodes, pairs, innovations)


def thinned(genome: Genome, probability: float, rng: np.random.Generator) -> Genome:
    """A genome with each of the connections of another's inputs at the given probability."""
    drawn = _drawn(genome, probability, rng)
    return replace(genome, connections=genome.connections[drawn])


def undrawn_disabled(genome: Genome, probability: float, rng: np.random.Generator) -> Genome:
    """The same, with the other connections disabled."""
    connections = genome.connections.copy()
    connections["enabled"] = _drawn(genome, probability, rng)
    return replace(genome, connections=connections)


def _drawn(genome: Genome, probability: float, rng: np.random.Generator) -> np.ndarray:
    drawn = rng.random(len(genome.connections)) < probability
    return drawn | (genome.connections["source"] > genome.inputs)


def _genome(
    inputs: int,
    outputs: int,
    nodes: list[tuple[int, int]],
    pairs: list[tuple[int, int]],
    innovations: Innovations,
) -> Genome:
    genes = [(*pair, innovations.connection(*pair), True) for pair in pairs]
    return Genome(inputs, outputs, np.array(nodes, NODE), np.array(genes, CONNECTION))
