"""Which changes of a network would help on images: the gradient of the likelihood tells.

The gradient of a network's mean log-likelihood with respect to a factor on a connection says, to
first order, what the connection is worth: for one that is there what it gives, for one that is
not what it would give.

Where networks are layered (see `core.invariance`), only changes that leave them so are weighed;
else any that close no cycle.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.core.config import SearchConfig
from wann.core.genome import Genome
from wann.core.invariance import LAYERS
from wann.core.kernels.gradients.backward import backward, derivatives, forward_candidates
from wann.core.layers import heights
from wann.core.network import Network, express
from wann.core.rng import Stream, generator
from wann.evaluation.evaluator import Cases
from wann.evaluation.pool import Pool
from wann.search.variation import candidates
from wann.search.variation.candidates import Candidates
from wann.search.variation.proposals import Guide, NewNode, Proposals

# Images that a gradient is averaged over: twice as many every DOUBLED generations, as what is
# left to gain gets smaller.
FIRST_IMAGES, MOST_IMAGES, DOUBLED = 1024, 2048, 500
WEIGHTS = 3  # shared weights likewise
TARGETS = 48  # nodes to which connections are weighed at a time
ADDED = 32  # connections to add that are proposed, and nodes
REMOVED = 8  # connections to remove likewise


def guided_by(
    pool: Pool, config: SearchConfig, generation: int, weights: np.ndarray, cases: Cases
) -> Guide:
    """What proposes changes to the parents of a generation.

    Args:
        pool: The workers.
        config: The settings of the search.
        generation: That of the search.
        weights: [W] the shared weights that it is tried with.
        cases: Its images.
    """

    def guide(genomes: Sequence[Genome]) -> list[Proposals]:
        jobs = []
        for i, genome in enumerate(genomes):
            rng = generator(config.seed, Stream.GUIDANCE, generation, i)
            kinds = config.activation_indices
            ways = config.layered, config.calibrated
            jobs.append((genome, *cases[0], weights, kinds, generation, rng, *ways))
        found = pool.map(propose, jobs)
        pool.samples += sum(each.samples for each in found)
        pool.multiply_adds += sum(each.multiply_adds for each in found)
        return found

    return guide


def propose(
    genome: Genome,
    images: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    activations: np.ndarray,
    generation: int,
    rng: np.random.Generator,
    layered: bool = True,
    calibrated: bool = True,
) -> Proposals:
    """The most promising connections and nodes to add, and connections to remove.

    Adding a connection changes the mean log-likelihood by about g - f / 2, removing one by about
    -g - f / 2, where g is the gradient with respect to the connection's strength and f the mean
    of its square over the images, which stands for the curvature (the empirical Fisher
    information, as in Optimal Brain Damage). A new node is weighed as the connection that leads
    on from it.

    Args:
        genome: What to change.
        images: float32[I, B], one a column; some of them are taken.
        labels: int64[B], their classes, or float64[O, B], their targets.
        weights: [W] shared weights, of which `WEIGHTS` are taken.
        activations: uint8 indices of those that new nodes may have, in layered networks those of
            even layers.
        generation: That of the search, which says how many images are taken.
        rng: Chooses all these, and the `TARGETS` nodes that new connections may lead to.
        layered: Whether the genome is layered and has to stay so.
        calibrated: Whether the likelihood is; see `log_likelihood`.
    """
    network = express(genome)
    first, nodes = 1 + network.inputs, len(network.activations)
    hidden = np.arange(first, nodes - network.outputs)
    some = rng.permutation(hidden)[: TARGETS - network.outputs]
    targets = np.concatenate((np.sort(some), np.arange(nodes - network.outputs, nodes)))
    layers = node_layers(network) if layered else _places(network)
    count = min(FIRST_IMAGES << (generation // DOUBLED), MOST_IMAGES)
    begin = int(rng.integers(labels.shape[-1]))
    weights = rng.permutation(weights)[:WEIGHTS].astype(np.float32)
    images, labels = (_in_a_ring(each, begin, count) for each in (images, labels))
    values, deltas = backward(network.graph, images, labels, weights, calibrated)
    deltas = deltas[targets]

    gradient, square = derivatives(deltas, values)
    row = np.full(nodes, -1)
    row[targets] = np.arange(len(targets))
    edge_targets = row[np.repeat(np.arange(nodes), np.diff(network.offsets))]
    weighed = edge_targets >= 0
    there = edge_targets[weighed], network.sources[weighed]
    loss = (gradient + square / 2)[there]
    genes = network.genes[weighed][_largest(-loss, REMOVED)]
    joinable = _joinable(layers, layers[targets], layered)
    joinable[there] = False
    target, source, chances = _best(np.where(joinable, gradient - square / 2, 0))
    joined = zip(network.ids[source].tolist(), network.ids[targets[target]].tolist(), strict=True)

    if layered:
        others = candidates.random_nodes(layers, activations, rng)
        above = layers[targets] == candidates.CONTRAST_LAYER + 1
    else:
        others = candidates.nodes_anywhere(nodes - network.outputs, first, activations, rng)
        above = np.ones(len(targets), bool)
    inputs = values[:first, :count]  # the same for each weight
    contrasts = candidates.contrasts(inputs, deltas[above], activations, rng)
    new = Candidates(*map(np.concatenate, zip(others, contrasts, strict=True)))
    made = forward_candidates(
        new.sources, new.signs, new.activations, weights, values, network.graph.own
    )
    gradient, square = derivatives(deltas, made)
    joinable = _joinable(new.layers, layers[targets], layered)
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
        deltas.shape[1],
        count * _multiply_adds(network, len(weights), len(targets), new)
        + candidates.multiply_adds(contrasts, inputs),
    )


def _in_a_ring(columns: np.ndarray, begin: int, count: int) -> np.ndarray:
    """So many of some columns [..., B] from one on, after the last of which comes the first."""
    if begin + count <= columns.shape[-1]:
        return columns[..., begin : begin + count]
    return columns.take((begin + np.arange(count)) % columns.shape[-1], axis=-1)


def _multiply_adds(network: Network, weights: int, targets: int, new: Candidates) -> int:
    """What one example takes: for each weight forward and backward, the products of `derivatives`
    with all nodes and with the new ones, and the values of these."""
    products = 2 * targets * (len(network.activations) + len(new.sources))
    return weights * (2 * network.complexity + products + int(np.count_nonzero(new.signs)))


def node_layers(network: Network) -> np.ndarray:
    """The layer of each node, int64[N]: 0 for bias and inputs, `LAYERS` for outputs."""
    layers = LAYERS - heights(network)
    layers[: 1 + network.inputs] = 0
    return layers


def _places(network: Network) -> np.ndarray:
    """The place of each node in the order of computation, int64[N]; inputs share one, outputs
    another."""
    places = np.arange(len(network.activations))
    places[: 1 + network.inputs] = 0
    places[len(places) - network.outputs :] = len(places)
    return places


def _joinable(sources: np.ndarray, targets: np.ndarray, layered: bool) -> np.ndarray:
    """Whether a connection may lead from each source to each target, by their layers: bool[T, S]
    from [S] and [T]; in networks that are not layered, by their places."""
    if layered:
        return sources == targets[:, None] - 1
    return sources < targets[:, None]


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
