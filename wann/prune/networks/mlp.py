"""MLP: the dense network that is pruned. Layers of weights and biases, as plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from wann.prune.masks.selection import Masks


class MLP(NamedTuple):
    """A multilayer perceptron of L layers with linear outputs.

    Attributes:
        weights: L arrays [I_l, O_l]: from the I_l nodes of one layer to the O_l of the next.
        biases: L arrays [O_l].
    """

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, of the nodes of each hidden layer, and of outputs."""
        return (*(w.shape[0] for w in self.weights), self.weights[-1].shape[1])

    @property
    def total(self) -> int:
        """Number of weights, without the biases."""
        return sum(w.size for w in self.weights)


def deviations(sizes: Sequence[int]) -> list[float]:
    """The standard deviation of each layer's initial weights (Glorot & Bengio, 2010)."""
    return [float(np.sqrt(2 / (a + b))) for a, b in pairwise(sizes)]


def glorot_normal(sizes: Sequence[int], rng: np.random.Generator) -> MLP:
    """A network of these sizes with Glorot-normal weights and zero biases, float32."""
    weights = tuple(
        (rng.standard_normal((a, b)) * deviation).astype(np.float32)
        for (a, b), deviation in zip(pairwise(sizes), deviations(sizes), strict=True)
    )
    return MLP(weights, tuple(np.zeros(b, np.float32) for b in sizes[1:]))


def keep_all(mlp: MLP) -> Masks:
    """The masks that keep everything."""
    return tuple(np.ones(w.shape, bool) for w in mlp.weights)


def masked(mlp: MLP, masks: Masks) -> MLP:
    """The network with the weights outside the masks set to 0; the biases stay."""
    return MLP(tuple(w * m for w, m in zip(mlp.weights, masks, strict=True)), mlp.biases)


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0)."""
    return np.maximum(x, 0)


def linear(x: np.ndarray) -> np.ndarray:
    """What comes in."""
    return x


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": relu,
    "tanh": np.tanh,
    "linear": linear,
}
Activation = str | Sequence[str]  # of all hidden layers, or of each


def of_layers(activation: Activation, mlp: MLP) -> list[str]:
    """The name of each layer's activation: one for all hidden layers, or one for each."""
    hidden = len(mlp.weights) - 1
    names = [activation] * hidden if isinstance(activation, str) else list(activation)
    if len(names) != hidden:
        raise ValueError(f"expected {hidden} activations of hidden layers, got {len(names)}")
    return [*names, "linear"]


def layer_inputs(mlp: MLP, x: np.ndarray, activation: Activation = "relu") -> list[np.ndarray]:
    """What enters each layer, and the outputs: L + 1 arrays [B, ...] from inputs x [B, I]."""
    found = [x]
    for w, b, name in zip(mlp.weights, mlp.biases, of_layers(activation, mlp), strict=True):
        found.append(ACTIVATIONS[name](found[-1] @ w + b))
    return found


def forward(mlp: MLP, x: np.ndarray, activation: Activation = "relu") -> np.ndarray:
    """The outputs [B, O] for inputs x [B, I]."""
    return layer_inputs(mlp, x, activation)[-1]


def accuracy(mlp: MLP, x: np.ndarray, y: np.ndarray, activation: Activation = "relu") -> float:
    """The share of B examples x [B, I] whose class y [B] has the largest output."""
    return float((forward(mlp, x, activation).argmax(axis=1) == y).mean())
