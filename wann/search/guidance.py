"""Which changes of a network would help on images: the gradient of the likelihood tells.

The gradient of a network's mean log-likelihood with respect to a factor on a connection says, to
first order, what the connection is worth: for one that is there what it gives, for one that is
not what it would give.

All networks are layered: each path from an input to an output has `LAYERS` connections. Nodes of
odd layers are linear or inverse. If those of even layers are linear, inverse, abs or relu, then a
shared weight w multiplies the values of layer k by |w|^k, up to the sign in odd layers; so all
outputs by w^LAYERS, and the largest stays the largest, whatever the weight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.genome import Genome
from wann.core.kernels.activations import INVERSE, LINEAR
from wann.core.kernels.backward import backward, derivatives, forward_candidates
from wann.core.network import Network, express
from wann.search.initial import LAYERS
from wann.search.proposals import NewNode, Proposals

# Images that a gradient is averaged over: twice as many every DOUBLED generations, as what is
# left to gain gets smaller.
FIRST_IMAGES, MOST_IMAGES, DOUBLED = 1024, 2048, 500
WEIGHTS = 3  # shared weights likewise
TARGETS = 48  # nodes to which connections are weighed at a time
ADDED = 32  # connections to add that are proposed, and nodes
REMOVED = 8  # connections to remove likewise
NODES = 128  # new nodes that are weighed, made up at random
SOURCES = 4  # of such a node, at most
CONTRAST_LAYER = 2  # the first layer whose nodes may be curved functions
# New contrasts that are weighed, for each of some targets; the most sources of one; and the
# iterations towards the directions that they follow.
CONTRASTS, CONTRAST_TARGETS, CONTRAST_SOURCES, ITERATIONS = 32, 2, 8, 3


class Candidates(NamedTuple):
    """C nodes that could be new.

    Attributes:
        sources: int64[C, S], filled up with -1.
        signs: int64[C, S], whether a source counts as 1 or -1; 0 where there is none.
        activations: uint8[C].
        layers: int64[C].
    """

    sources: np.ndarray
    signs: np.ndarray
    activations: np.ndarray
    layers: np.ndarray


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
    information, as in Optimal Brain Damage). A new node is weighed as the connection that leads
    on from it.

    Args:
        genome: What to change, layered.
        images: float32[I, B], one a column; some of them are taken.
        labels: int64[B], their classes.
        weights: [W] shared weights, of which `WEIGHTS` are taken.
        activations: uint8 indices of those that new nodes of even layers may have.
        generation: That of the search, which says how many images are taken.
        rng: Chooses all these, and the `TARGETS` nodes that new connections may lead to.
    """
    network = express(genome)
    first, nodes = 1 + network.inputs, len(network.activations)
    hidden = np.arange(first, nodes - network.outputs)
    some = rng.permutation(hidden)[: TARGETS - network.outputs]
    targets = np.concatenate((np.sort(some), np.arange(nodes - network.outputs, nodes)))
    layers = _layers(network)
    count = min(FIRST_IMAGES << (generation // DOUBLED), MOST_IMAGES)
    chosen = (rng.integers(len(labels)) + np.arange(count)) % len(labels)
    weights = rng.permutation(weights)[:WEIGHTS].astype(np.float32)
    values, deltas = backward(network, images[:, chosen], labels[chosen], weights)
    deltas = deltas[targets]

    gradient, square = derivatives(deltas, values)
    row = np.full(nodes, -1)
    row[targets] = np.arange(len(targets))
    edge_targets = row[np.repeat(np.arange(nodes), np.diff(network.offsets))]
    weighed = edge_targets >= 0
    there = edge_targets[weighed], network.sources[weighed]
    loss = (gradient + square / 2)[there]
    genes = network.genes[weighed][_largest(-loss, REMOVED)]
    joinable = layers == layers[targets][:, None] - 1
    joinable[there] = False
    target, source, chances = _best(np.where(joinable, gradient - square / 2, 0))
    joined = zip(network.ids[source].tolist(), network.ids[targets[target]].tolist(), strict=True)

    anywhere = _random_nodes(layers, activations, rng)
    contrasts = _contrasts(
        values[:first], deltas[layers[targets] == CONTRAST_LAYER + 1], activations, rng
    )
    new = Candidates(*map(np.concatenate, zip(anywhere, contrasts, strict=True)))
    made = forward_candidates(new.sources, new.signs, new.activations, weights, values)
    gradient, square = derivatives(deltas, made)
    joinable = new.layers == layers[targets][:, None] - 1
    target, node, node_chances = _best(np.where(joinable, gradient - square / 2, 0))
    return Proposals(
        list(joined),
        chances,
        [
            NewNode(
                network.ids[new.sources[n][new.signs[n] > 0]].tolist(),
                network.ids[new.sources[n][new.signs[n] < 0]].tolist(),
                int(network.ids[t]),
                int(new.activations[n]),
            )
            for n, t in zip(node, targets[target], strict=True)
        ],
        node_chances,
        genome.connections[genome.connections["enabled"]]["innovation"][genes].tolist(),
    )


def _layers(network: Network) -> np.ndarray:
    """The layer of each node, int64[N]: 0 for bias and inputs, `LAYERS` for outputs."""
    layers = np.full(len(network.activations), LAYERS)
    for node in range(len(layers) - 1, network.inputs, -1):
        low, high = network.offsets[node], network.offsets[node + 1]
        layers[network.sources[low:high]] = layers[node] - 1
    layers[: 1 + network.inputs] = 0
    return layers


def _random_nodes(
    layers: np.ndarray, activations: np.ndarray, rng: np.random.Generator
) -> Candidates:
    """Nodes in any hidden layer, with random sources in the one below."""
    chosen = rng.integers(1, LAYERS, size=NODES)
    chosen = chosen[np.isin(chosen - 1, layers)]
    count = len(chosen)
    sources = np.empty((count, CONTRAST_SOURCES), np.int64)
    for layer in np.unique(chosen):
        rows = chosen == layer
        sources[rows] = rng.choice(np.flatnonzero(layers == layer - 1), sources[rows].shape)
    sources[np.arange(CONTRAST_SOURCES) > rng.integers(SOURCES, size=(count, 1))] = -1
    sources.sort(axis=1)
    sources[:, 1:][sources[:, 1:] == sources[:, :-1]] = -1
    straight = rng.choice(np.array((LINEAR, INVERSE), np.uint8), count)
    kinds = np.where(chosen % 2 == 1, straight, rng.choice(activations, count))
    return Candidates(sources, np.where(sources < 0, 0, 1), kinds, chosen)


def _contrasts(
    inputs: np.ndarray, deltas: np.ndarray, activations: np.ndarray, rng: np.random.Generator
) -> Candidates:
    """Nodes in `CONTRAST_LAYER` that see the difference between some inputs and some others.

    A straight function of inputs gains nothing that a connection would not; what a curved one
    gains depends on the second moment of the inputs, weighted by the slope of its target. Its
    largest eigenvectors are the directions in which the inputs tell most. A few power iterations
    lead from random directions towards them, and the largest elements of each are taken.

    Args:
        inputs: float32[1 + I, B], the values of bias and inputs.
        deltas: float32[T, B], those of nodes in the layer above.
        activations: uint8 indices of those that the nodes may have.
        rng: Chooses `CONTRAST_TARGETS` of the T, and where to start.
    """
    centred = inputs - inputs.mean(axis=1, keepdims=True)
    directions = []
    for slope in rng.permutation(deltas)[:CONTRAST_TARGETS, :, None]:
        found = rng.normal(size=(len(inputs), CONTRASTS)).astype(np.float32)
        for _ in range(ITERATIONS):
            found = centred @ (slope * (centred.T @ found))
            found /= np.linalg.norm(found, axis=0) + np.float32(1e-20)
        directions.append(found.T)
    towards = np.concatenate([np.empty((0, len(inputs)), np.float32), *directions])
    count, most = len(towards), min(CONTRAST_SOURCES, len(inputs))
    sources = np.full((count, CONTRAST_SOURCES), -1)
    sources[:, :most] = np.argsort(-np.abs(towards), axis=1)[:, :most]
    sources[np.arange(CONTRAST_SOURCES) >= rng.integers(2, 1 + most, size=(count, 1))] = -1
    signs = np.where(np.take_along_axis(towards, sources, axis=1) > 0, 1, -1)
    signs[sources < 0] = 0
    signs[(signs >= 0).all(axis=1)] *= -1  # one negative sign at least makes it a contrast
    return Candidates(
        sources, signs, rng.choice(activations, count), np.full(count, CONTRAST_LAYER)
    )


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
