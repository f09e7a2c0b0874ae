import genomes
import naive_images as naive
import numpy as np
import pytest

from wann import guidance, mutation
from wann.activations import NAMES, indices
from wann.approximations import TILE
from wann.genome import validate
from wann.innovation import Innovations
from wann.network import express

WEIGHTS = np.array([-1.3, 0.4, 1.1])
SMOOTH = [name for name in NAMES if name not in ("step", "abs", "relu")]
STEP = 1e-6


def make(seed, names=SMOOTH):
    rng = np.random.default_rng(seed)
    genome = genomes.grown(seed, 40, inputs=6, outputs=3)
    hidden = genome.hidden.copy()
    hidden["activation"] = rng.choice(indices(names), len(hidden))
    genome = type(genome)(genome.inputs, genome.outputs, hidden, genome.connections)
    images = rng.normal(size=(6, 2 * TILE)).astype(np.float32)
    return genome, images, rng.integers(3, size=2 * TILE), rng


def likelihood(network, matrix, images, labels):
    """The mean log-likelihood with any strengths float64[N, N] (row = source)."""
    nodes = len(network.activations)
    total = []
    for weight in WEIGHTS:
        values = np.zeros((images.shape[1], nodes))
        values[:, 0] = 1
        values[:, 1 : 1 + network.inputs] = images.T
        for node in range(1 + network.inputs, nodes):
            formula = naive.FORMULAS[naive.NAMES[network.activations[node]]]
            values[:, node] = formula(values @ (weight * matrix[:, node]))
        logits = values[:, nodes - network.outputs :]
        logits = logits - logits.max(axis=1, keepdims=True)
        log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        total.append(log[np.arange(len(labels)), labels])
    return np.mean(total)


@pytest.mark.parametrize("seed", range(8))
def test_derivatives_are_those_of_small_changes(seed):
    genome, images, labels, rng = make(seed)
    network = express(genome)
    nodes, first = len(network.activations), 1 + network.inputs
    values, slopes = guidance.backward(network, images, labels, WEIGHTS)
    gradient, square = guidance.derivatives(slopes[first:], values)
    matrix = naive.dense_matrix(network, np.ones(network.complexity))
    for _ in range(30):  # pairs that are joined and pairs that are not
        target = int(rng.integers(first, nodes))
        source = int(rng.integers(min(target, nodes - network.outputs)))
        change = np.zeros_like(matrix)
        change[source, target] = STEP
        expected = (
            likelihood(network, matrix + change, images, labels)
            - likelihood(network, matrix - change, images, labels)
        ) / (2 * STEP)
        assert gradient[target - first, source] == pytest.approx(expected, rel=2e-3, abs=2e-5)
        assert square[target - first, source] >= gradient[target - first, source] ** 2 * 0.999


@pytest.mark.parametrize(
    ("name", "x", "slope"), [("abs", -0.5, -1), ("abs", 0.5, 1), ("relu", -0.5, 0), ("relu", 2, 1)]
)
def test_slopes_of_activations_with_a_corner(name, x, slope):
    genome = genomes.genome(1, 2, hidden=[(4, name)], connections=[(1, 4), (4, 2)])
    images = np.full((1, TILE), x, np.float32)
    _, slopes = guidance.backward(express(genome), images, np.zeros(TILE, int), np.ones(1))
    hidden, output = slopes[2], slopes[3]
    assert output == pytest.approx(1 / (1 + np.exp(max(slope * x, 0))), rel=1e-4)
    assert hidden == pytest.approx(slope * output, rel=1e-5)


def propose(seed):
    genome, images, labels, rng = make(seed, NAMES)
    return genome, guidance.propose(genome, images, labels, WEIGHTS, indices(["relu"]), 0, rng)


def test_proposals_come_most_promising_first_in_chance():
    _, proposals = propose(0)
    assert 0 < len(proposals.joined) <= guidance.ADDED
    assert proposals.joined_chances.sum() == pytest.approx(1)
    assert (proposals.joined_chances > 0).all()
    assert 0 < len(proposals.nodes) <= guidance.ADDED
    assert proposals.node_chances.sum() == pytest.approx(1)
    assert {NAMES[node.activation] for node in proposals.nodes} == {"relu"}
    assert {len(node.sources) for node in proposals.nodes} <= set(range(1, guidance.SOURCES + 1))


@pytest.mark.parametrize("seed", range(20))
def test_proposals_can_be_followed(seed):
    genome, proposals = propose(seed)
    enabled = genome.connections[genome.connections["enabled"]]
    joined = set(zip(enabled["source"].tolist(), enabled["target"].tolist(), strict=True))
    assert not joined & set(proposals.joined)
    assert set(proposals.removed) <= set(enabled["innovation"].tolist())
    innovations = Innovations(6, 3)
    innovations._next_connection, innovations._next_node = 10_000, 10_000
    rng = np.random.default_rng(seed)
    before = express(genome).complexity
    for child, more in (
        (mutation.add_proposed(genome, rng, innovations, proposals), True),
        (mutation.add_proposed_node(genome, rng, innovations, proposals), True),
        (mutation.disable_proposed(genome, rng, proposals), False),
    ):
        if child is not None:
            validate(child)
            change = express(child).complexity - before
            assert change > 0 if more else change < 0


def test_following_the_gradient_raises_the_likelihood():
    rng = np.random.default_rng(0)
    images = rng.normal(size=(6, 4 * TILE)).astype(np.float32)
    labels = images[:3].argmax(axis=0)  # each class has an input of its own
    innovations = Innovations(6, 3)
    genome = mutation.initial(6, 3, 0.0, rng, innovations)
    weights = np.array([0.5, 1.0])
    for _ in range(3):
        proposals = guidance.propose(genome, images, labels, weights, indices(["linear"]), 0, rng)
        genome = mutation.add_proposed(genome, rng, innovations, proposals)
    network = express(genome)
    chosen = network.forward(images.T, 1.0).argmax(axis=1)
    assert (chosen == labels).mean() > 0.6  # by chance: 1/3


@pytest.mark.parametrize("seed", range(5))
def test_a_new_node_is_weighed_by_the_value_it_would_have(seed):
    genome, images, labels, rng = make(seed, NAMES)
    network = express(genome)
    values, _ = guidance.backward(network, images, labels, WEIGHTS)
    sources, kinds = guidance._random_nodes(network, indices(NAMES), rng)
    made = guidance._through(sources, kinds, WEIGHTS.astype(np.float32), values)
    weights = np.repeat(WEIGHTS, images.shape[1])
    for node in range(0, guidance.NODES, 16):
        own = sources[node][sources[node] >= 0]
        assert 1 <= len(own) == len(set(own.tolist()))
        total = values[own].sum(axis=0, dtype=np.float64)
        expected = naive.FORMULAS[NAMES[kinds[node]]](weights * total)
        np.testing.assert_allclose(made[node], expected, rtol=1e-3, atol=1e-4)
