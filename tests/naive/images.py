"""The slow, obviously right forms of the batched forward pass: float64, dense, node by node."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from wann.core.network import Network

FORMULAS = {
    "linear": lambda x: x,
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "sin": lambda x: np.sin(np.pi * x),
    "gaussian": lambda x: np.exp(-(x**2) / 2),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "inverse": lambda x: -x,
    "abs": np.abs,
    "relu": lambda x: np.maximum(x, 0),
    "cos": lambda x: np.cos(np.pi * x),
}
NAMES = tuple(FORMULAS)


def dense_matrix(network: Network, strengths: np.ndarray) -> np.ndarray:
    """The strengths as float64[N, N]: row = source, column = target."""
    nodes = len(network.activations)
    matrix = np.zeros((nodes, nodes))
    for node in range(nodes):
        for k in range(network.offsets[node], network.offsets[node + 1]):
            matrix[network.sources[k], node] = strengths[k]
    return matrix


def outputs(
    network: Network, images: np.ndarray, weights: np.ndarray, strengths: np.ndarray | None = None
) -> np.ndarray:
    """The outputs float64[W, O, B] for images float[B, I]."""
    matrix = dense_matrix(
        network, np.ones(len(network.sources)) if strengths is None else strengths
    )
    nodes = len(network.activations)
    results = []
    for weight in weights:
        values = np.zeros((len(images), nodes))
        values[:, 0] = 1.0
        values[:, 1 : 1 + network.inputs] = images
        for node in range(1 + network.inputs, nodes):
            formula = FORMULAS[NAMES[network.activations[node]]]
            values[:, node] = formula(values @ (weight * matrix[:, node]))
        results.append(values[:, nodes - network.outputs :].T)
    return np.array(results)


def sharpness(outputs: np.ndarray, labels: np.ndarray, least: float, most: float) -> float:
    """The factor on outputs float64[O, B] that makes the classes [B] most likely."""
    unit = np.sqrt(np.mean((outputs - outputs.mean(axis=0)) ** 2))
    if not unit > 0:
        return 1.0

    def loss(log_factor: float) -> float:
        scaled = outputs * np.exp(log_factor) / unit
        return np.mean(logsumexp(scaled, axis=0) - scaled[labels, np.arange(len(labels))])

    best = minimize_scalar(loss, bounds=(np.log(least), np.log(most)), options={"xatol": 1e-6})
    return np.exp(best.x) / unit


def scores(
    logits: np.ndarray, labels: np.ndarray, floor: float, least: float, most: float
) -> tuple[np.ndarray, np.ndarray]:
    """Mean log-likelihood and accuracy, float64[W] each, of the outputs float64[W, O, B]."""
    likelihoods, accuracies = [], []
    for outputs in logits:
        logs, hits = [], []
        outputs = outputs * sharpness(outputs, labels, least, most)
        for column, label in zip(outputs.T, labels, strict=True):
            if not np.isfinite(column).all():
                logs.append(np.nan)
                hits.append(False)
                continue
            powers = np.exp(column - column.max())
            logs.append(np.log(max(powers[label] / powers.sum(), floor)))
            hits.append(column.argmax() == label)
        likelihoods.append(np.mean(logs))
        accuracies.append(np.mean(hits))
    return np.array(likelihoods), np.array(accuracies)


def random_network(
    rng: np.random.Generator,
    inputs: int,
    hidden: int,
    outputs: int,
    connections: int,
    names: tuple[str, ...] = NAMES,
) -> Network:
    """A network with random connections; a hidden node has at least one source if they suffice."""
    nodes = 1 + inputs + hidden + outputs
    end = nodes - outputs
    chosen = {(int(rng.integers(target)), target) for target in range(1 + inputs, end)}
    while len(chosen) < connections:
        target = int(rng.integers(1 + inputs, nodes))
        chosen.add((int(rng.integers(min(target, end))), target))
    pairs = rng.permutation(sorted(chosen)).reshape(-1, 2)[:connections]
    pairs = pairs[np.argsort(pairs[:, 1], kind="stable")]
    activations = np.zeros(nodes, dtype=np.uint8)
    activations[1 + inputs : end] = rng.choice([NAMES.index(name) for name in names], hidden)
    return Network(
        inputs=inputs,
        outputs=outputs,
        activations=activations,
        offsets=np.searchsorted(pairs[:, 1], np.arange(nodes + 1)).astype(np.int32),
        sources=pairs[:, 0].astype(np.int32),
        genes=np.arange(len(pairs), dtype=np.int32),
        enabled=len(pairs),
        ids=np.arange(nodes, dtype=np.int32),
    )
