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
    count = len(hidden)
    span = hidden[count - 1]["id"] - first_hidden + 1 if count > 0 else 0
    tabled = span <= SPARSE * (count + len(ids))
    table = np.empty(span if tabled else 0, np.int32)  # what no node has is never asked for
    if tabled:
        for place in range(count):
            table[hidden[place]["id"] - first_hidden] = first_hidden + place
    for i in range(len(ids)):
        node = ids[i]
        if node >= first_hidden:
            if tabled:
                node = table[node - first_hidden]
            else:
                low, high = 0, count - 1
                while low < high:
                    middle = (low + high) // 2
                    if hidden[middle]["id"] < node:
                        low = middle + 1
                    else:
                        high = middle
                node = first_hidden + low
        result[i] = node
    return result


@compiled
def by_target(nodes: int, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group connections by target, in the given order within a group.

    Returns:
        offsets int32[nodes + 1] and the grouped indices of connections, int32.
    """
    offsets = np.zeros(nodes + 1, np.int32)
    for target in targets:
        offsets[target + 1] += 1
    for node in range(nodes):
        offsets[node + 1] += offsets[node]
    filled = offsets[:-1].copy()
    order = np.empty(len(targets), np.int32)
    for i in range(len(targets)):
        order[filled[targets[i]]] = i
        filled[targets[i]] += 1
    return offsets, order


@compiled
def incoming(
    first_hidden: int, hidden: np.ndarray, connections: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The connections grouped by target: offsets, sources, and the index of each connection."""
    targets = indices(first_hidden, hidden, connections["target"])
    offsets, grouped = by_target(first_hidden + len(hidden), targets)
    places = indices(first_hidden, hidden, connections["source"])
    sources = np.empty(len(places), np.int32)
    for i in range(len(places)):
        sources[i] = places[grouped[i]]
    return offsets, sources, grouped


@compiled_within
def span(low: int, high: int) -> np.ndarray:
    """As `np.arange`, int64, which takes longer to compile."""
    result = np.empty(high - low, np.int64)
    for i in range(high - low):
        result[i] = low + i
    return result


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
    offsets, sources, _ = incoming(first, hidden, connections)
    order = np.empty(len(hidden), np.int64)
    count = 0
    for node in topological_order(span(first, first + len(hidden)), offsets, sources):
        if node >= first:
            order[count] = node - first
            count += 1
    return order


@compiled
def layers(inputs: int, outputs: int, hidden: np.ndarray, connections: np.ndarray) -> np.ndarray:
    """The layer of each place, int32: bias and inputs 0, a hidden node one after the last of its
    hidden sources, outputs after all others; disabled connections count, too."""
    first = 1 + inputs + outputs
    nodes = first + len(hidden)
    offsets, sources, _ = incoming(first, hidden, connections)
    found = np.zeros(nodes, np.int32)
    for node in topological_order(span(first, nodes), offsets, sources):
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
    count = np.int64(0)
    for gene in connections:
        count += gene["enabled"]
    enabled = np.empty(count, connections.dtype)
    count = 0
    for gene in range(len(connections)):
        if connections[gene]["enabled"]:
            enabled[count] = connections[gene]
            count += 1
    old_offsets, old_sources, grouped = incoming(first, hidden, enabled)
    reached = topological_order(span(1 + inputs, first), old_offsets, old_sources)
    live = np.int64(0)
    for node in reached:
        live += node >= first

    order = np.empty(first + live, np.int32)  # bias and inputs, hidden nodes, outputs
    for n in range(1 + inputs):
        order[n] = n
    n = 1 + inputs
    for node in reached:
        if node >= first:
            order[n] = node
            n += 1
    for o in range(outputs):
        order[n + o] = 1 + inputs + o
    number = np.empty(first + len(hidden), np.int32)
    for n in range(len(order)):
        number[order[n]] = n
    activations = np.zeros(len(order), np.uint8)
    ids = order.copy()
    for n in range(1 + inputs, 1 + inputs + live):
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
    sources = np.empty(len(connections), np.int32)
    genes = np.empty(len(connections), np.int32)
    ends = np.zeros((count + 1, 3), np.int64)
    for p in range(count):
        mine = connections[starts[p, 1] : starts[p + 1, 1]]
        found = express(inputs, outputs, hidden[starts[p, 0] : starts[p + 1, 0]], mine)
        node, edge, enabled = ends[p]
        ends[p + 1, 0], ends[p + 1, 1] = node + len(found[4]), edge + len(found[2])
        for gene in mine:
            enabled += gene["enabled"]
        ends[p + 1, 2] = enabled
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
