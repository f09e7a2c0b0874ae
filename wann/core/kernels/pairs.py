"""Compiled functions on pairs of nodes of a genome's graph: what joins them, and what may."""

from __future__ import annotations

import numpy as np

from wann.core.kernels import graph
from wann.core.kernels.jit import compiled, compiled_within


@compiled
def free_connection(
    inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray, start: int, stride: int
) -> tuple[int, int, int]:
    """The first pair of nodes that a new connection may join.

    All pairs of a source and a target are walked through, from number `start` on in steps of
    `stride`, which must have no common divisor with their number. A pair will do if no enabled
    connection joins it and no path, of enabled or disabled connections, leads back.

    Returns:
        The ids of source and target, and the index of the disabled connection that joins them
        already or -1; (-1, -1, -1) if there is no such pair.
    """
    first = 1 + inputs + outputs
    offsets, sources, grouped = graph.incoming(first, hidden, connections)
    count = (1 + inputs + len(hidden)) * (outputs + len(hidden))
    pair = start
    for _ in range(count):
        source = pair % (1 + inputs + len(hidden))
        if source > inputs:
            source += outputs
        target = 1 + inputs + pair // (1 + inputs + len(hidden))
        pair = (pair + stride) % count
        gene = -1
        for i in range(offsets[target], offsets[target + 1]):
            if sources[i] == source:
                gene = grouped[i]
        if gene >= 0:
            if connections[gene]["enabled"]:
                continue
        elif (
            source >= first
            and target >= first
            and _leads(target, graph.span(source, source + 1), offsets, sources)
        ):
            continue
        source_id = hidden[source - first]["id"] if source >= first else source
        target_id = hidden[target - first]["id"] if target >= first else target
        return source_id, target_id, gene
    return -1, -1, -1


@compiled
def has_path(
    inputs: int,
    outputs: int,
    hidden: np.ndarray,
    connections: np.ndarray,
    start: int,
    ends: np.ndarray,
) -> bool:
    """Whether a path of enabled or disabled connections leads from a node to one of others, all
    by ids."""
    first = 1 + inputs + outputs
    offsets, sources, _ = graph.incoming(first, hidden, connections)
    begin = np.empty(1, np.int32)
    begin[0] = start
    place = graph.indices(first, hidden, begin)[0]
    return _leads(place, graph.indices(first, hidden, ends), offsets, sources)


@compiled_within
def _leads(node: int, roots: np.ndarray, offsets: np.ndarray, sources: np.ndarray) -> bool:
    """Whether a node is one of the roots, or a path leads from it to one."""
    found = False
    for other in graph.topological_order(roots, offsets, sources):
        found |= other == node
    return found
