"""Which connections would help on images: the gradient of the likelihood tells, compiled.

The gradient of a network's mean log-likelihood with respect to a factor on a connection says, to
first order, what the connection is worth: for one that is there what it gives, for one that is
not what it would give. No weight is trained: every connection has the shared weight.
"""

from __future__ import annotations

import numpy as np

from wann.activations import ABS, COS, GAUSSIAN, INVERSE, LINEAR, RELU, SIGMOID, SIN, TANH
from wann.approximations import ONE, TILE, ZERO, activate_rows, cos_pi, exp, sin_pi, vectorizable
from wann.genome import Genome
from wann.kernels import Graph
from wann.network import Network, express
from wann.proposals import NewNode, Proposals
from wann.row_sums import aligned_rows, sum_rows

# Images that a gradient is averaged over, multiples of TILE: twice as many every DOUBLED
# generations, as what is left to gain gets smaller.
FIRST_IMAGES, MOST_IMAGES, DOUBLED = 256, 1024, 500
WEIGHTS = 3  # shared weights likewise
TARGETS = 48  # nodes to which connections are weighed at a time
ADDED = 32  # connections to add that are proposed, and nodes
REMOVED = 8  # connections to remove likewise
NODES = 256  # new nodes that are weighed
SOURCES = 4  # of such a node, at most

PI = np.float32(np.pi)


def propose(
    genome: Genome,
    images: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    activations: np.ndarray,
    generation: int,
    rng: np.random.Generator,
) -> Proposals:
    """The most promising connections and nodes to add, and connections to remove.

    Adding a connection changes the mean log-likelihood by about g - f / 2, removing one by about
    -g - f / 2, where g is the gradient with respect to the connection's strength and f the mean
    of its square over the images, which stands for the curvature (the empirical Fisher
    information, as in Optimal Brain Damage). New nodes are made up at random, and
    weighed as the connection that leads on from them.

    Args:
        genome: What to change.
        images: float32[I, B], one a column; some of them are taken.
        labels: int64[B], their classes.
        weights: [W] shared weights, of which `WEIGHTS` are taken.
        activations: uint8 indices of those that new nodes may have.
        generation: That of the search, which says how many images are taken.
        rng: Chooses all these, and the `TARGETS` nodes that new connections may lead to.
    """
    network = express(genome)
    first, nodes = 1 + network.inputs, len(network.activations)
    hidden = np.arange(first, nodes - network.outputs)
    some = rng.permutation(hidden)[: TARGETS - network.outputs]
    targets = np.concatenate((np.sort(some), np.arange(nodes - network.outputs, nodes)))
    count = min(FIRST_IMAGES << (generation // DOUBLED), MOST_IMAGES)
    chosen = (rng.integers(len(labels)) + np.arange(count)) % len(labels)
    weights = rng.permutation(weights)[:WEIGHTS].astype(np.float32)
    values, slopes = backward(network, images[:, chosen], labels[chosen], weights)
    slopes = slopes[targets]
    later = np.arange(nodes) < targets[:, None]  # sources are computed before targets
    later[:, nodes - network.outputs :] = False

    gradient, square = derivatives(slopes, values)
    row = np.full(nodes, -1)
    row[targets] = np.arange(len(targets))
    edge_targets = row[np.repeat(np.arange(nodes), np.diff(network.offsets))]
    weighed = edge_targets >= 0
    there = edge_targets[weighed], network.sources[weighed]
    loss = (gradient + square / 2)[there]
    genes = network.genes[weighed][_largest(-loss, REMOVED)]
    later[there] = False
    target, source, chances = _best(np.where(later, gradient - square / 2, 0))
    joined = zip(network.ids[source].tolist(), network.ids[targets[target]].tolist(), strict=True)

    sources, kinds = _random_nodes(network, activations, rng)
    made = _through(sources, kinds, weights, values)
    gradient, square = derivatives(slopes, made)
    behind = sources.max(axis=1) < targets[:, None]
    target, node, node_chances = _best(np.where(behind, gradient - square / 2, 0))
    new = [
        NewNode(
            network.ids[sources[n][sources[n] >= 0]].tolist(), int(network.ids[t]), int(kinds[n])
        )
        for n, t in zip(node, targets[target], strict=True)
    ]
    return Proposals(
        list(joined),
        chances,
        new,
        node_chances,
        genome.connections[genome.connections["enabled"]]["innovation"][genes].tolist(),
    )


def _random_nodes(
    network: Network, activations: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes that could be new: the sources of each, int64[NODES, SOURCES] filled up with -1, half
    of them hidden nodes, and their activations."""
    first, end = 1 + network.inputs, len(network.activations) - network.outputs
    shape = NODES, SOURCES
    sources = rng.integers(end, size=shape)
    if end > first:
        hidden = rng.random(shape) < 0.5
        sources[hidden] = rng.integers(first, end, size=int(hidden.sum()))
    sources[np.arange(SOURCES) > rng.integers(SOURCES, size=(NODES, 1))] = -1
    sources.sort(axis=1)
    sources[:, 1:][sources[:, 1:] == sources[:, :-1]] = -1
    return sources, rng.choice(activations, NODES)


def _best(gain: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The largest positive ones of gains [T, S], at most `ADDED`: row, column, and how likely each
    should be chosen."""
    best = _largest(gain.ravel(), ADDED)
    gained = gain.ravel()[best].astype(np.float64)
    return *np.divmod(best, gain.shape[1]), gained / gained.sum()


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """Where the largest positive ones of some values stand, at most `count`."""
    if len(values) > count:
        best = np.argpartition(-values, count)[:count]
    else:
        best = np.arange(len(values))
    return best[values[best] > 0]


def derivatives(slopes: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The derivatives of the log-likelihood by the strengths of connections.

    Args:
        slopes: [T, C], for the target of each connection and each of the C pairs of weight and
            image, what `backward` gave.
        values: [N, C], those of its source.

    Returns:
        float32[T, N] twice: the mean over the columns, and the mean square.
    """
    columns = values.shape[1]
    return slopes @ values.T / columns, slopes**2 @ (values**2).T / columns


def backward(
    network: Network, images: np.ndarray, labels: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The values of all nodes, and the derivatives of the log-likelihood by their sums of sources.

    Args:
        network: N nodes.
        images: [I, B], one image a column, B a multiple of `TILE`.
        labels: [B], the output that is right for each image.
        weights: [W] shared weights.

    Returns:
        float32[N, W · B] twice; the images of the first weight come first.
    """
    return _backward(
        network.graph,
        weights.astype(np.float32),
        np.ascontiguousarray(images, np.float32),
        labels.astype(np.int64),
    )


@vectorizable
def _through(
    sources: np.ndarray, kinds: np.ndarray, weights: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """The values of nodes, float32[F, W · B], by their sources int64[F, SOURCES], -1 for none,
    their activations [F] and the values of all nodes [N, W · B]."""
    columns = values.shape[1]
    tiles = columns // TILE
    result = np.zeros((len(sources) * tiles, TILE), np.float32)
    tile_weights = np.empty(tiles, np.float32)
    for tile in range(tiles):
        tile_weights[tile] = weights[tile * len(weights) // tiles]
    for node in range(len(sources)):
        row = node * tiles
        for source in sources[node]:
            if source >= 0:
                for tile in range(tiles):
                    for t in range(TILE):
                        result[row + tile, t] += values[source, tile * TILE + t]
        activate_rows(kinds[node], tile_weights, result, row)
    return result.reshape(len(sources), columns)


@vectorizable
def _backward(
    graph: Graph, weights: np.ndarray, images: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """As `backward`. A node has a row of TILE numbers for each tile: TILE images and one weight."""
    nodes, first = len(graph.activations), 1 + graph.inputs
    parts = images.shape[1] // TILE
    tiles = parts * len(weights)
    values = aligned_rows((nodes + 1) * tiles)
    sums, slopes = np.empty_like(values), np.zeros_like(values)
    zeros = nodes * tiles
    values[zeros] = ZERO
    tile_weights = np.empty(tiles, np.float32)
    for tile in range(tiles):
        tile_weights[tile] = weights[tile // parts]
        values[tile] = ONE
        start = (tile % parts) * TILE
        for i in range(graph.inputs):
            values[(1 + i) * tiles + tile] = images[i, start : start + TILE]
    places = graph.sources.astype(np.int64) * tiles
    ones = np.ones(len(places), np.float32)
    for node in range(first, nodes):
        row = node * tiles
        low, high = graph.offsets[node], graph.offsets[node + 1]
        for tile in range(tiles):
            sum_rows(values, row + tile, zeros, places, tile, ones, low, high)
            sums[row + tile] = values[row + tile]
        activate_rows(graph.activations[node], tile_weights, values, row)
    for tile in range(tiles):
        _error(values, slopes, (nodes - graph.outputs) * tiles + tile, tiles, labels, tile % parts)
    for node in range(nodes - 1, first - 1, -1):
        for tile in range(tiles):
            row = node * tiles + tile
            _differentiate(graph.activations[node], tile_weights[tile], sums, values, slopes, row)
            for i in range(graph.offsets[node], graph.offsets[node + 1]):
                source = places[i] + tile
                for t in range(TILE):
                    slopes[source, t] += slopes[row, t]
    columns = tiles * TILE
    return (
        values[:zeros].copy().reshape(nodes, columns),
        slopes[:zeros].copy().reshape(nodes, columns),
    )


@vectorizable
def _error(
    values: np.ndarray, slopes: np.ndarray, row: int, stride: int, labels: np.ndarray, part: int
) -> None:
    """Set a tile's slopes to the derivatives of the log-likelihood by the outputs, whose rows
    are `row`, `row` + `stride` and so on: 1 for the right class, less the softmax."""
    outputs = range(row, len(values) - stride, stride)
    for t in range(TILE):
        largest = values[row, t]
        for o in outputs:
            largest = max(largest, values[o, t])
        total = ZERO
        for o in outputs:
            total += exp(values[o, t] - largest)
        for o in outputs:
            slopes[o, t] = -exp(values[o, t] - largest) / total
        slopes[row + labels[part * TILE + t] * stride, t] += ONE


@vectorizable
def _differentiate(
    activation: int,
    weight: np.float32,
    sums: np.ndarray,
    values: np.ndarray,
    slopes: np.ndarray,
    row: int,
) -> None:
    """Turn a row of derivatives by a node's value into those by the sum of its sources."""
    for t in range(TILE):
        value, x = values[row, t], weight * sums[row, t]
        slope = ZERO  # that of a step
        if activation == LINEAR:
            slope = ONE
        elif activation == SIN:
            slope = PI * cos_pi(x)
        elif activation == GAUSSIAN:
            slope = -x * value
        elif activation == TANH:
            slope = ONE - value * value
        elif activation == SIGMOID:
            slope = value * (ONE - value)
        elif activation == INVERSE:
            slope = -ONE
        elif activation == ABS:
            slope = ONE if x > ZERO else -ONE
        elif activation == RELU:
            slope = ONE if x > ZERO else ZERO
        elif activation == COS:
            slope = -PI * sin_pi(x)
        slopes[row, t] *= weight * slope
