"""Scores from the loss of the network as it is: its gradient, and how the gradient changes.

Both look at training images once, before any training: SNIP (Lee et al., 2019, equation 4) at how
much the loss depends on a connection, GraSP (Wang et al., 2020, equation 8) at how much the
gradient's norm, and so what training gains at first, does.
"""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from wann.prune.networks.mlp import MLP, layer_inputs
from wann.prune.scores.pruned import Layers, Pruned, Scores

IMAGES = 1_000  # at most so many training images; the first
TEMPERATURE = 200.0  # GraSP's, of its released code: outputs are divided by it
# Passes through the network for each image: forward, and backward to weights and to inputs.
PASSES = {"snip": 3, "grasp": 9}


def snip(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w ∂L/∂w|."""
    mlp, images, labels = _parts(pruned)
    found = gradient(mlp, images, labels)
    return tuple(np.abs(w * g) for w, g in zip(pruned.weights, found.weights, strict=True))


def grasp(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """w (H g): without a connection with a low score the gradient's norm is larger."""
    mlp, images, labels = _parts(pruned)
    direction = gradient(mlp, images, labels, TEMPERATURE)
    found = hessian_product(mlp, images, labels, direction, TEMPERATURE)
    return tuple(w * product for w, product in zip(pruned.weights, found.weights, strict=True))


def gradient(mlp: MLP, images: np.ndarray, labels: np.ndarray, temperature: float = 1.0) -> MLP:
    """The gradient of the mean cross entropy, float64, by weights and biases.

    Args:
        mlp: A network with hidden nodes that are relu.
        images: [B, I].
        labels: [B].
        temperature: What outputs are divided by.
    """
    *inputs, outputs = layer_inputs(mlp, images)
    back = _error(outputs, labels, temperature)
    weights: list[Layers] = []
    for i in reversed(range(len(mlp.weights))):
        weights.append((inputs[i].T @ back, back.sum(axis=0)))
        if i:
            back = (back @ mlp.weights[i].T) * (inputs[i] > 0)
    found = weights[::-1]
    return MLP(tuple(w for w, _ in found), tuple(b for _, b in found))


def hessian_product(
    mlp: MLP, images: np.ndarray, labels: np.ndarray, direction: MLP, temperature: float = 1.0
) -> MLP:
    """The Hessian of the mean cross entropy times a direction: how the gradient changes along it.

    Exact, in two more passes, the R-operator of Pearlmutter (1994); relu bends nowhere else than
    at 0. Arguments as in `gradient`.
    """
    *inputs, outputs = layer_inputs(mlp, images)
    moves = [np.zeros_like(inputs[0])]  # of what enters each layer, and of the outputs
    for i, (w, v, c) in enumerate(
        zip(mlp.weights, direction.weights, direction.biases, strict=True)
    ):
        move = moves[-1] @ w + inputs[i] @ v + c
        last = i == len(mlp.weights) - 1
        moves.append(move if last else move * (inputs[i + 1] > 0))
    chances = softmax(outputs / temperature, axis=1)
    scaled = moves[-1] / temperature
    turn = chances * (scaled - (chances * scaled).sum(axis=1, keepdims=True))
    turn = turn / (temperature * len(images))
    back = _error(outputs, labels, temperature)
    found = []
    for i in reversed(range(len(mlp.weights))):
        found.append((moves[i].T @ back + inputs[i].T @ turn, turn.sum(axis=0)))
        if i:
            slope = inputs[i] > 0
            turn = (turn @ mlp.weights[i].T + back @ direction.weights[i].T) * slope
            back = (back @ mlp.weights[i].T) * slope
    found = found[::-1]
    return MLP(tuple(w for w, _ in found), tuple(b for _, b in found))


def _error(outputs: np.ndarray, labels: np.ndarray, temperature: float) -> np.ndarray:
    """What comes back to the outputs [B, O]."""
    chances = softmax(outputs / temperature, axis=1)
    chances[np.arange(len(labels)), labels] -= 1
    return np.asarray(chances / (temperature * len(labels)))


def _parts(pruned: Pruned) -> tuple[MLP, np.ndarray, np.ndarray]:
    """The network and the images with their labels, float64."""
    assert pruned.mlp is not None
    assert pruned.images is not None
    assert pruned.labels is not None
    mlp = MLP(*(tuple(np.asarray(x, np.float64) for x in part) for part in pruned.mlp))
    return mlp, pruned.images[:IMAGES].astype(np.float64), pruned.labels[:IMAGES]
