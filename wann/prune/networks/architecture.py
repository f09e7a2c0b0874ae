"""Architecture: the shapes of a dense network's layers, and what each does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wann.prune.networks.layers import CONVOLUTION, WINNERS, multiply_adds
from wann.prune.networks.mlp import MLP, Activation, drawn

NETWORKS = ("mlp", "lenet5")
LENET5 = "lenet5"
LENET5_HIDDEN = "20,50,500"  # as in the pruning literature: channels, channels, nodes
KERNELS = {16: 5, 0: 3}  # the side of the kernels, for images from this side on


@dataclass(frozen=True)
class Architecture:
    """A kind of network with its sizes.

    Attributes:
        sizes: Inputs, hidden nodes of each layer (of LeNet-5, channels of the first two), outputs.
        network: One of `NETWORKS`.
        winners: Share of the nodes of a hidden layer that stay active; 0 for relu nodes.
    """

    sizes: tuple[int, ...]
    network: str = "mlp"
    winners: float = 0.0

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Rows and columns of each layer's weights.

        Raises:
            ValueError: If the images are not square, or smaller than the convolutions take.
        """
        if self.network == LENET5:
            return _lenet5(self.sizes)
        return list(pairwise(self.sizes))

    @property
    def activation(self) -> Activation:
        """What the hidden layers do, see `layers`."""
        if self.network == LENET5:
            return (CONVOLUTION, CONVOLUTION, "relu")
        if self.winners:
            return tuple(
                f"{WINNERS}{max(1, round(self.winners * size))}" for size in self.sizes[1:-1]
            )
        return "relu"

    @property
    def total(self) -> int:
        """Number of weights, without the biases."""
        return sum(a * b for a, b in self.shapes)

    @property
    def multiply_adds(self) -> int:
        """Those of a forward pass."""
        if self.network != LENET5:
            return self.total
        assert not isinstance(self.activation, str)
        return multiply_adds(self.shapes, [*self.activation, "linear"], self.sizes[0])

    def initial(self, rng: np.random.Generator) -> MLP:
        """Weights before any training."""
        return drawn(self.shapes, rng)


def _lenet5(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Two convolutions and two dense layers (LeCun et al., 1998)."""
    pixels, first, second, nodes, outputs = sizes
    side = math.isqrt(pixels)
    kernel = next(kernel for least, kernel in KERNELS.items() if side >= least)
    inner = max(1, (side - kernel + 1) // 2)
    last = inner - kernel + 1
    if side * side != pixels or last < 1:
        raise ValueError(
            f"--network {LENET5}: expected square images of at least 8 x 8 pixels, got {pixels} "
            "inputs"
        )
    left = max(1, last // 2)
    return [
        (kernel**2, first),
        (first * kernel**2, second),
        (second * left**2, nodes),
        (nodes, outputs),
    ]
