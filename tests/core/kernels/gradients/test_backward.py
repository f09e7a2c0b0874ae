import numpy as np
import pytest

from tests import genomes
from tests.naive import images as naive
from wann.core.kernels.activations import NAMES, indices
from wann.core.kernels.gradients.backward import backward, derivatives
from wann.core.kernels.log_likelihood import LEAST, MOST
from wann.core.kernels.vector_math import TILE
from wann.core.network import express

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


def likelihood(network, matrix, images, labels, factors=None):
    """The mean log-likelihood with any strengths float64[N, N] (row = source), and the factors on
    the outputs for each weight."""
    nodes = len(network.activations)
    total, used = [], []
    for i, weight in enumerate(WEIGHTS):
        values = np.zeros((images.shape[1], nodes))
        values[:, 0] = 1
        values[:, 1 : 1 + network.inputs] = images.T
        for node in range(1 + network.inputs, nodes):
            formula = naive.FORMULAS[naive.NAMES[network.activations[node]]]
            values[:, node] = formula(values @ (weight * matrix[:, node]))
        logits = values[:, nodes - network.outputs :]
        used.append(factors[i] if factors else naive.sharpness(logits.T, labels, LEAST, MOST))
        logits = logits * used[-1]
        logits -= logits.max(axis=1, keepdims=True)
        log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        total.append(log[np.arange(len(labels)), labels])
    return np.mean(total), used


@pytest.mark.parametrize("seed", range(8))
def test_derivatives_are_those_of_small_changes(seed):
    genome, images, labels, rng = make(seed)
    network = express(genome)
    nodes, first = len(network.activations), 1 + network.inputs
    values, deltas = backward(network.graph, images, labels, WEIGHTS)
    gradient, square = derivatives(deltas[first:], values)
    matrix = naive.dense_matrix(network, np.ones(network.complexity))
    _, factors = likelihood(network, matrix, images, labels)
    for _ in range(30):  # pairs that are joined and pairs that are not
        target = int(rng.integers(first, nodes))
        source = int(rng.integers(min(target, nodes - network.outputs)))
        change = np.zeros_like(matrix)
        change[source, target] = STEP
        expected = (
            likelihood(network, matrix + change, images, labels, factors)[0]
            - likelihood(network, matrix - change, images, labels, factors)[0]
        ) / (2 * STEP)
        assert gradient[target - first, source] == pytest.approx(expected, rel=2e-3, abs=2e-5)
        assert square[target - first, source] >= gradient[target - first, source] ** 2 * 0.999


@pytest.mark.parametrize(
    ("name", "x", "slope"), [("abs", -0.5, -1), ("abs", 0.5, 1), ("relu", -0.5, 0), ("relu", 2, 1)]
)
def test_slopes_of_activations_with_a_corner(name, x, slope):
    genome = genomes.genome(1, 2, hidden=[(4, name)], connections=[(1, 4), (4, 2)])
    images = np.full((1, TILE), x, np.float32)
    images[0, ::2] *= 3
    labels = np.arange(TILE) % 5 // 4  # mostly the first class
    _, deltas = backward(express(genome).graph, images, labels, np.ones(1))
    hidden, output = deltas[2], deltas[3]
    assert (output != 0).all()
    np.testing.assert_allclose(hidden, slope * output, rtol=1e-5)
