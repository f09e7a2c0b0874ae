"""Networks of layers, to be disturbed: k-winners, which are no graphs, and graphs of many edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from wann.compare.timing import dense_function
from wann.core import files
from wann.evaluation.noise.measure import Arena, Graph
from wann.prune.networks.deploy import restored
from wann.prune.networks.mlp import MLP, Activation, accuracy


@dataclass(frozen=True, eq=False)
class Layered:
    """A network of layers; its connections are the weights and the biases that are not 0.

    Attributes:
        mlp: The network.
        names: What its layers do.
        normalisation: (shift, scale): inputs x enter as (x - shift) / scale.
    """

    mlp: MLP
    names: Activation
    normalisation: tuple[float, float]

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self.weights)

    @cached_property
    def _parts(self) -> list[np.ndarray]:
        """Each layer's weights with its biases as a last row, [I_l + 1, O_l]."""
        pairs = zip(self.mlp.weights, self.mlp.biases, strict=True)
        return [np.vstack([w, b[None, :]]) for w, b in pairs]

    @cached_property
    def weights(self) -> np.ndarray:
        """[C], layer by layer."""
        return np.concatenate([part[part != 0] for part in self._parts]).astype(np.float64)

    @cached_property
    def targets(self) -> np.ndarray:
        """[C], a number for the node that each connection enters."""
        first, found = 0, []
        for part in self._parts:
            found.append(first + np.nonzero(part)[1])
            first += part.shape[1]
        return np.concatenate(found)

    def scores(self, arena: Arena, weights: np.ndarray, cases: Any, noisy: bool) -> np.ndarray:
        """See `evaluation.noise.measure.Disturbed`."""
        shift, scale = (np.float32(value) for value in self.normalisation)
        found = []
        for row in weights:
            mlp = self._with(row)
            found.append(
                np.mean(
                    [
                        accuracy(mlp, (batch.images.T - shift) / scale, batch.labels, self.names)
                        for batch in cases
                    ]
                )
            )
        return np.array(found)

    def _with(self, weights: np.ndarray) -> MLP:
        """The network with other weights [C]."""
        layers, at = [], 0
        for part in self._parts:
            there = part != 0
            count = np.count_nonzero(there)
            changed = np.zeros(part.shape, np.float32)
            changed[there] = weights[at : at + count]
            layers.append(changed)
            at += count
        return MLP(tuple(part[:-1] for part in layers), tuple(part[-1] for part in layers))


@dataclass(frozen=True, eq=False)
class Products(Graph):
    """A graph for images as dense products: faster where many pairs of nodes are connected."""

    def scores(self, arena: Arena, weights: np.ndarray, cases: Any, noisy: bool) -> np.ndarray:
        """See `evaluation.noise.measure.Disturbed`."""
        found = []
        for row in weights:
            strengths, _ = self.network.strengths(row)
            assert strengths is not None
            outputs = dense_function(self.network, strengths)
            hits = [outputs(b.images.T).argmax(axis=1) == b.labels for b in cases]
            found.append(np.mean([hit.mean() for hit in hits]))
        return np.array(found)


def read(path: Path) -> Layered:
    """A network that a pruning has written as arrays.

    Raises:
        ValueError: If the file is damaged.
    """
    arrays = files.read_arrays(path)
    try:
        mlp, names = restored(arrays)
        return Layered(mlp, names, (float(arrays["shift"]), float(arrays["scale"])))
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(
            f"{path}: expected the arrays of a network, but it is damaged ({error})"
        ) from None
