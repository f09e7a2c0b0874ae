"""Changes of a genome's genes, of which the operators are made.

Genomes are values: each function returns a new one and leaves its input as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.kernels import graph
from wann.search.variation.innovation import Innovations

_BYTES = {dtype: np.dtype((np.void, dtype.itemsize)) for dtype in (NODE, CONNECTION)}


def has_path(genome: Genome, start: int, *ends: int) -> bool:
    """Whether there is a path from a node to one of some others, by ids."""
    genes = genome.inputs, genome.outputs, genome.hidden, genome.connections
    return bool(graph.has_path(*genes, start, np.array(ends, np.int32)))


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
    number = innovations.connection(source, target)
    return _extended(genome, genome.hidden, [(source, target, number, True)])


def with_new_node(
    genome: Genome, sources: list[int], target: int, activation: int, innovations: Innovations
) -> Genome:
    """The genome with a new node between others, numbered by the first of its sources."""
    split = innovations.connection(sources[0], target)
    node = innovations.node(split, genome.hidden["id"])
    return with_node(genome, sources, target, node, activation, innovations)


def with_node(
    genome: Genome,
    sources: list[int],
    target: int,
    node: int,
    activation: int,
    innovations: Innovations,
) -> Genome:
    """The genome with a new node, of a given id, between others."""
    place = int(np.searchsorted(genome.hidden["id"], node))
    pairs = [*((source, node) for source in sources), (node, target)]
    return _extended(
        genome,
        _inserted(genome.hidden, [place], [(node, activation)]),
        [(*pair, innovations.connection(*pair), True) for pair in pairs],
    )


def _extended(genome: Genome, hidden: np.ndarray, new: list[tuple[int, int, int, bool]]) -> Genome:
    new.sort(key=lambda gene: gene[2])
    numbers = genome.connections["innovation"]
    places = np.searchsorted(numbers, [gene[2] for gene in new]).tolist()
    connections = _inserted(genome.connections, places, new)
    return Genome(genome.inputs, genome.outputs, hidden, connections, genome.own)


def _inserted(records: np.ndarray, places: list[int], added: Sequence[tuple]) -> np.ndarray:
    """The records with others before those at some places, which do not fall."""
    result = np.empty(len(records) + len(added), records.dtype)
    old, new = _raw(records), _raw(result)
    start = 0
    for i, (place, record) in enumerate(zip(places, added, strict=True)):
        new[start + i : place + i] = old[start:place]
        result[place + i] = record
        start = place
    new[start + len(added) :] = old[start:]
    return result


def copied(records: np.ndarray) -> np.ndarray:
    """A copy of records that can be written to."""
    return _raw(records).copy().view(records.dtype)


def _raw(records: np.ndarray) -> np.ndarray:
    """The records as bytes without fields: NumPy copies field by field, ten times as slowly."""
    return records.view(_BYTES[records.dtype])
