"""Training of weights that are -1, 0 or 1, in a network of one hidden layer, by gradient.

Each of them stands for a real number: the largest in size, K of all, count as their signs, the
others as 0. The gradient with respect to the ternary weights is given to the real ones as it is,
also to those that count as 0, which so may come back (straight-through estimation: Bengio et al.,
2013; ternary weights: Zhu et al., 2017). Half of the hidden nodes are abs, half relu. There is no
bias.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.core.kernels.activations import ABS, RELU
from wann.prune.networks.mlp import MLP

FIRST, SECOND, TINY = 0.9, 0.999, 1e-8  # of Adam (Kingma & Ba, 2015, algorithm 1)


class Ternary:
    """I inputs, H hidden nodes, O outputs, with ternary weights in training.

    Attributes:
        total: Number of weights, I·H + H·O.
        first: float32[I, H] of -1, 0 and 1, to the hidden nodes; as last chosen.
        second: float32[H, O], to the outputs.
        real: float32[I·H + H·O + 1], the real numbers they stand for, and the logarithm of what
            the outputs are multiplied by for the softmax.
    """

    def __init__(self, sizes: Sequence[int], rng: np.random.Generator) -> None:
        """Draw the real numbers.

        Args:
            sizes: I, H and O.
            rng: Where chance comes from.
        """
        inputs, hidden, outputs = sizes
        self.total = hidden * (inputs + outputs)
        self._sizes = inputs, hidden, outputs
        self.real = rng.uniform(-0.1, 0.1, self.total + 1).astype(np.float32)
        self.real[-1] = 0.0
        self._mean, self._square = np.zeros_like(self.real), np.zeros_like(self.real)
        self._steps = 0
        self.choose(self.total)

    def choose(self, count: int) -> None:
        """Let the largest real numbers count, so many of all."""
        inputs, hidden, outputs = self._sizes
        real = self.real[:-1]
        chosen = np.argpartition(-abs(real), count - 1)[:count]
        signs = np.zeros(self.total, np.float32)
        signs[chosen] = np.where(real[chosen] < 0, -1, 1)
        self.first = signs[: inputs * hidden].reshape(inputs, hidden)
        self.second = signs[inputs * hidden :].reshape(hidden, outputs)

    def step(self, images: np.ndarray, labels: np.ndarray, rate: float) -> None:
        """One step of Adam on images float32[B, I] with classes int64[B]."""
        gradient = self.gradient(images, labels)
        self._steps += 1
        self._mean += np.float32(1 - FIRST) * (gradient - self._mean)
        self._square += np.float32(1 - SECOND) * (gradient * gradient - self._square)
        size = rate * np.sqrt(1 - SECOND**self._steps) / (1 - FIRST**self._steps)
        self.real -= np.float32(size) * self._mean / (np.sqrt(self._square) + np.float32(TINY))

    def gradient(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The gradient of the mean cross-entropy of images [B, I] with classes [B]: with respect to
        the ternary weights, and to the last of the real numbers."""
        # A sum of n numbers of either sign is about sqrt(n) in size; `real` learns the rest.
        each = [max(np.count_nonzero(w) / w.shape[1], 1) for w in (self.first, self.second)]
        scale = np.float32(1 / np.sqrt(each[0] * each[1]))
        factor = np.exp(self.real[-1])
        sums = images @ self.first
        hidden = activated(sums)
        plain = (hidden @ self.second) * scale
        deltas = _softmax(plain * factor)
        deltas[np.arange(len(labels)), labels] -= 1
        deltas *= factor / np.float32(len(labels))
        inner = deltas * scale
        back = (inner @ self.second.T) * slopes(sums)
        parts = (images.T @ back).ravel(), (hidden.T @ inner).ravel(), [(deltas * plain).sum()]
        return np.concatenate(parts, dtype=np.float32)

    def mlp(self) -> MLP:
        """The network as it is now."""
        layers = self.first, self.second
        return MLP(layers, tuple(np.zeros(w.shape[1], np.float32) for w in layers))


def kinds(hidden: int) -> np.ndarray:
    """The activations of H hidden nodes, uint8[H]: abs for the first half, relu for the others."""
    return np.where(np.arange(hidden) < hidden // 2, ABS, RELU).astype(np.uint8)


def activated(sums: np.ndarray) -> np.ndarray:
    """What the hidden nodes make of their sums [B, H]."""
    half = sums.shape[1] // 2
    return np.concatenate((abs(sums[:, :half]), np.maximum(sums[:, half:], 0)), axis=1)


def slopes(sums: np.ndarray) -> np.ndarray:
    """The derivatives of that, [B, H]."""
    half = sums.shape[1] // 2
    return np.concatenate(
        (np.sign(sums[:, :half]), (sums[:, half:] > 0).astype(sums.dtype)), axis=1
    )


def forward(mlp: MLP, images: np.ndarray) -> np.ndarray:
    """The outputs [B, O] for images [B, I]."""
    return activated(images @ mlp.weights[0]) @ mlp.weights[1]


def accuracy(mlp: MLP, images: np.ndarray, labels: np.ndarray) -> float:
    """The share of images [B, I] whose class [B] has the largest output."""
    return float((forward(mlp, images).argmax(axis=1) == labels).mean())


def _softmax(logits: np.ndarray) -> np.ndarray:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)
