"""MLP: the dense network that is pruned. Layers of weights and biases, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from wann.evaluation.regression.readout import r_squared
from wann.prune.masks.selection import Masks
from wann.prune.networks.layers import CONVOLUTION, activation, convolved


class MLP(NamedTuple):
    """A multilayer perceptron of L layers with linear outputs.

    Attributes:
        weights: L arrays [I_l, O_l]: from the I_l nodes of one layer to the O_l of the next; or of
            a convolution, whose O_l channels may be several values each for the layer after it.
        biases: L arrays [O_l].
    """

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, of the nodes of each hidden layer, and of outputs."""
        return (*(w.shape[0] for w in self.weights), self.weights[-1].shape[1])

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """[I_l, O_l] of each layer."""
        return [w.shape for w in self.weights]

    @property
    def total(self) -> int:
        """Number of weights, without the biases."""
        return sum(w.size for w in self.weights)


def deviations(sizes: Sequence[int]) -> list[float]:
    """The standard deviation of each layer's initial weights (Glorot & Bengio, 2010)."""
    return deviations_of(list(pairwise(sizes)))


def deviations_of(shapes: Sequence[tuple[int, int]]) -> list[float]:
    """The same from the shapes of the weights: of a convolution, the values that a kernel sees and
    the channels that it makes."""
    return [float(np.sqrt(2 / (a + b))) for a, b in shapes]


def glorot_normal(sizes: Sequence[int], rng: np.random.Generator) -> MLP:
    """A network of these sizes with Glorot-normal weights and zero biases, float32."""
    return drawn(list(pairwise(sizes)), rng)


def drawn(shapes: Sequence[tuple[int, int]], rng: np.random.Generator) -> MLP:
    """The same from the shapes of the weights."""
    weights = tuple(
        (rng.standard_normal(shape) * deviation).astype(np.float32)
        for shape, deviation in zip(shapes, deviations_of(shapes), strict=True)
    )
    return MLP(weights, tuple(np.zeros(b, np.float32) for _, b in shapes))


def keep_all(mlp: MLP) -> Masks:
    """The masks that keep everything."""
    return tuple(np.ones(w.shape, bool) for w in mlp.weights)


def masked(mlp: MLP, masks: Masks) -> MLP:
    """The network with the weights outside the masks set to 0; the biases stay."""
    return MLP(tuple(w * m for w, m in zip(mlp.weights, masks, strict=True)), mlp.biases)


Activation = str | Sequence[str]  # of all hidden layers, or of each; see `layers`


def of_layers(names: Activation, mlp: MLP) -> list[str]:
    """What each layer does: the same in all hidden ones, or something in each."""
    hidden = len(mlp.weights) - 1
    found = [names] * hidden if isinstance(names, str) else list(names)
    if len(found) != hidden:
        raise ValueError(f"expected {hidden} activations of hidden layers, got {len(found)}")
    return [*found, "linear"]


def layer_inputs(mlp: MLP, x: np.ndarray, names: Activation = "relu") -> list[np.ndarray]:
    """What enters each layer, and the outputs: L + 1 arrays [B, ...] from inputs x [B, I]."""
    found, channels = [x], 1
    for w, b, name in zip(mlp.weights, mlp.biases, of_layers(names, mlp), strict=True):
        if name == CONVOLUTION:
            found.append(convolved(found[-1], w, b, channels))
            channels = w.shape[1]
        else:
            found.append(activation(name)(found[-1] @ w + b))
    return found


def forward(mlp: MLP, x: np.ndarray, names: Activation = "relu") -> np.ndarray:
    """The outputs [B, O] for inputs x [B, I]."""
    return layer_inputs(mlp, x, names)[-1]


def accuracy(mlp: MLP, x: np.ndarray, y: np.ndarray, names: Activation = "relu") -> float:
    """The share of B examples x [B, I] whose class y [B] has the largest output."""
    return float((forward(mlp, x, names).argmax(axis=1) == y).mean())


def quality(mlp: MLP, x: np.ndarray, y: np.ndarray, names: Activation = "relu") -> float:
    """The accuracy where y are classes [B], R² where they are targets [B, O]."""
    if y.ndim == 1:
        return accuracy(mlp, x, y, names)
    return float(r_squared(forward(mlp, x, names).T[None], y.T)[0])
