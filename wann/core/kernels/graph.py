"""Compiled functions on the graph of a genome, and on that of a network.

Inside a graph a node is its place: bias 0, inputs, outputs, then the hidden nodes by id. A list
of connections is held grouped by target: the sources of node n are
``sources[offsets[n]:offsets[n + 1]]``.
"""

from __future__ import annotations

import numpy as np

from wann.core.kernels.jit import compiled, compiled_within

SPARSE = 64  # numbers that ids may span for each one that is looked up, in a table


@compiled
def indices(first_hidden: int, hidden: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """The place of each node id."""
    result = np.empty(len(ids), np.int32)
    inner = hidden["id"]
    span = inner[-1] - first_hidden + 1 if len(inner) else 0
    tabled = span <= SPARSE * (len(inner) + len(ids))
    table = np.empty(span if tabled else 0, np.int32)  # what no node has is never asked for
    if tabled:
        for place in range(len(inner)):
            table[inner[place] - first_hidden] = first_hidden + place
    for i in range(len(ids)):
        node = ids[i]
        if node >= first_hidden:
            if tabled:
                node = table[node - first_hidden]
            else:
                node = first_hidden + np.searchsorted(inner, node)
        result[i] = node
    return result


@compiled
def by_target(nodes: int, targets: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group the kept connections by target, in the given order within a group.

    Returns:
        offsets int32[nodes + 1] and the grouped indices of connections, int32.
    """
    offsets = np.zeros(nodes + 1, np.int32)
    for i in range(len(targets)):
        if kept[i]:
            offsets[targets[i] + 1] += 1
    offsets = np.cumsum(offsets).astype(np.int32)
    filled = offsets[:-1].copy()
    order = np.empty(offsets[-1], np.int32)
    for i in range(len(targets)):
        if kept[i]:
            order[filled[targets[i]]] = i
            filled[targets[i]] += 1
    return offsets, order


@compiled
def topological_order(roots: np.ndarray, offsets: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """The roots and every node with a path to one, each after all its sources (depth first)."""
    nodes = len(offsets) - 1
    seen = np.zeros(nodes, np.bool_)
    following = offsets[:-1].copy()
    order = np.empty(nodes, np.int32)
    stack = np.empty(nodes, np.int32)
    count = 0
    for root in roots:
        if seen[root]:
            continue
        seen[root] = True
        stack[0] = root
        depth = 1
        while depth > 0:
            node = stack[depth - 1]
            if following[node] < offsets[node + 1]:
                source = sources[following[node]]
                following[node] += 1
                if not seen[source]:
                    seen[source] = True
                    stack[depth] = source
                    depth += 1
            else:
                order[count] = node
                count += 1
                depth -= 1
    return order[:count]


@compiled
def hidden_order(
    inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray
) -> np.ndarray:
    """Indices into `hidden` in topological order; disabled connections count, too."""
    first = 1 + inputs + outputs
    nodes = first + len(hidden)
    targets = indices(first, hidden, connections["target"])
    offsets, grouped = by_target(nodes, targets, np.ones(len(targets), np.bool_))
    sources = indices(first, hidden, connections["source"])[grouped]
    order = topological_order(np.arange(first, nodes), offsets, sources)
    return order[order >= first] - first


@compiled
def layers(inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray) -> np.ndarray:
    """The layer of each place, int32: bias and inputs 0, a hidden node one after the last of its
    hidden sources, outputs after all others; disabled connections count, too."""
    first = 1 + inputs + outputs
    nodes = first + len(hidden)
    targets = indices(first, hidden, connections["target"])
    offsets, grouped = by_target(nodes, targets, np.ones(len(targets), np.bool_))
    sources = indices(first, hidden, connections["source"])[grouped]
    found = np.zeros(nodes, np.int32)
    for node in topological_order(np.arange(first, nodes), offsets, sources):
        if node >= first:
            for source in sources[offsets[node] : offsets[node + 1]]:
                found[node] = max(found[node], found[source])
            found[node] += 1
    found[1 + inputs : first] = found.max() + 1
    return found


@compiled
def express(
    inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The live part of a genome's graph, renumbered in the order of computation.

    Returns:
        activations uint8[N], offsets int32[N + 1], sources int32[E], the place of each
        connection among the enabled ones int32[E], and node ids int32[N]; see `Network`.
    """
    first = 1 + inputs + outputs
    enabled = connections[connections["enabled"]]
    targets = indices(first, hidden, enabled["target"])
    old_offsets, grouped = by_target(first + len(hidden), targets, np.ones(len(targets), np.bool_))
    old_sources = indices(first, hidden, enabled["source"])[grouped]
    live = topological_order(np.arange(1 + inputs, first), old_offsets, old_sources)
    live = live[live >= first]

    order = np.concatenate((np.arange(1 + inputs), live, np.arange(1 + inputs, first)))
    number = np.empty(first + len(hidden), np.int32)
    for n in range(len(order)):
        number[order[n]] = n
    activations = np.zeros(len(order), np.uint8)
    ids = order.astype(np.int32)
    for n in range(1 + inputs, 1 + inputs + len(live)):
        activations[n] = hidden[order[n] - first]["activation"]
        ids[n] = hidden[order[n] - first]["id"]

    offsets = np.zeros(len(order) + 1, np.int32)
    for n in range(len(order)):
        offsets[n + 1] = offsets[n] + old_offsets[order[n] + 1] - old_offsets[order[n]]
    sources = np.empty(offsets[-1], np.int32)
    genes = np.empty(offsets[-1], np.int32)
    for n in range(len(order)):
        old = old_offsets[order[n]]
        for i in range(offsets[n + 1] - offsets[n]):
            sources[offsets[n] + i] = number[old_sources[old + i]]
            genes[offsets[n] + i] = grouped[old + i]
    return activations, offsets, sources, genes, ids


@compiled
def express_all(
    inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The live parts of P genomes, as `express`, one behind the other.

    Args:
        inputs: Number of inputs I.
        outputs: Number of outputs O.
        hidden: The node genes of all genomes.
        connections: The connection genes of all.
        starts: int64[P + 1, 2], where each genome's nodes and connections begin, and the ends.

    Returns:
        As `express`, with the offsets of genome p from place ``ends[p, 0] + p`` on; and ends
        int64[P + 1, 3], how many nodes, live connections and enabled ones there are before it.
    """
    count = len(starts) - 1
    most = count * (1 + inputs + outputs) + len(hidden)
    activations = np.empty(most, np.uint8)
    offsets = np.empty(most + count, np.int32)
    ids = np.empty(most, np.int32)
    sources, genes = np.empty((2, len(connections)), np.int32)
    ends = np.zeros((count + 1, 3), np.int64)
    for p in range(count):
        mine = connections[starts[p, 1] : starts[p + 1, 1]]
        found = express(inputs, outputs, hidden[starts[p, 0] : starts[p + 1, 0]], mine)
        node, edge, enabled = ends[p]
        ends[p + 1, 0], ends[p + 1, 1] = node + len(found[4]), edge + len(found[2])
        ends[p + 1, 2] = enabled + mine["enabled"].sum()
        _put(activations, node, found[0])
        _put(offsets, node + p, found[1])
        _put(sources, edge, found[2])
        _put(genes, edge, found[3])
        _put(ids, node, found[4])
    return activations, offsets, sources, genes, ids, ends


@compiled_within
def _put(result: np.ndarray, start: int, part: np.ndarray) -> None:
    """An assignment of a part would take two seconds more to compile."""
    for i in range(len(part)):
        result[start + i] = part[i]


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
    source_places = indices(first, hidden, connections["source"])
    targets = indices(first, hidden, connections["target"])
    offsets, grouped = by_target(first + len(hidden), targets, np.ones(len(targets), np.bool_))
    sources = source_places[grouped]
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
            and target in topological_order(np.array([source]), offsets, sources)
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
    targets = indices(first, hidden, connections["target"])
    offsets, grouped = by_target(first + len(hidden), targets, np.ones(len(targets), np.bool_))
    sources = indices(first, hidden, connections["source"])[grouped]
    place = indices(first, hidden, np.array([start], np.int32))[0]
    return place in topological_order(indices(first, hidden, ends), offsets, sources)


@compiled
def depths(first: int, offsets: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """The length of the longest path to each node of a network, int64[N]; 0 before node `first`,
    1 for one without sources."""
    result = np.zeros(len(offsets) - 1, np.int64)
    for node in range(first, len(result)):
        result[node] = 1
        for source in sources[offsets[node] : offsets[node + 1]]:
            result[node] = max(result[node], 1 + result[source])
    return result


@compiled
def heights(offsets: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """The length of the longest path from each node of a network, int64[N]."""
    result = np.zeros(len(offsets) - 1, np.int64)
    for node in range(len(result) - 1, -1, -1):
        for source in sources[offsets[node] : offsets[node + 1]]:
            result[source] = max(result[source], 1 + result[node])
    return result
