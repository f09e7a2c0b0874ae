"""Training a network of which few weights are left, connection by connection.

A product of dense matrices takes as long for a masked network as for a whole one. Here only what
is left is computed, by the kernels that tune searched networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import numpy as np

from wann.core.expressions.names import NAMES
from wann.core.kernels.forward import Graph
from wann.core.kernels.gradients.descent import Rule, descend, no_moments
from wann.core.kernels.gradients.weight_gradients import hits
from wann.prune.masks.selection import Masks
from wann.prune.networks.layers import of_each_alone
from wann.prune.networks.mlp import MLP

# By benchmarks.sparse this share takes two thirds of the CPU time of matrices, and as long by the
# clock, as those have more than one thread; the fewer are left the faster.
FEW = 0.3


def pays(masks: Masks, activations: Sequence[str], labels: np.ndarray) -> bool:
    """Whether to train this way: dense layers of at most `FEW` weights, classes for labels, and
    no faster device for matrices than the CPU."""
    import jax

    kept, total = sum(int(mask.sum()) for mask in masks), sum(mask.size for mask in masks)
    right_kind = labels.ndim == 1 and of_each_alone(activations)
    return right_kind and kept <= FEW * total and jax.default_backend() == "cpu"


class SparseNetwork:
    """A masked MLP as a graph of the connections that are left; into each node the first is that
    of its bias.

    Attributes:
        graph: The nodes, and the connections into each.
        weights: float32[E].
    """

    def __init__(self, mlp: MLP, masks: Masks, activations: Sequence[str]) -> None:
        """The weights in the masks, and all biases; the activations are those of each layer."""
        always = [np.ones(len(bias), bool) for bias in mlp.biases]
        self._kept = [_by_node(*layer) for layer in zip(masks, always, strict=True)]
        sources, counts, kinds = [], [0] * (1 + mlp.sizes[0]), [0] * (1 + mlp.sizes[0])
        starts = accumulate(mlp.sizes, initial=1)  # of each layer's nodes; the bias is node 0
        for start, name, kept in zip(starts, activations, self._kept, strict=False):
            rows = np.nonzero(kept)[1]
            sources.append(np.where(rows == 0, 0, start - 1 + rows))
            counts += kept.sum(axis=1).tolist()
            kinds += [NAMES.index(name)] * len(kept)
        self.graph = Graph(
            mlp.sizes[0],
            mlp.sizes[-1],
            np.array(kinds, np.uint8),
            np.array([0, *accumulate(counts)], np.int32),
            np.concatenate(sources).astype(np.int32),
            None,
        )
        self.weights = self.of_connections(mlp.weights, mlp.biases).astype(np.float32)

    def of_connections(
        self, arrays: Sequence[np.ndarray], biases: Sequence[np.ndarray]
    ) -> np.ndarray:
        """What arrays [I, O] of each layer, and arrays [O] of its biases, say of each connection,
        [E]."""
        layers = zip(arrays, biases, self._kept, strict=True)
        return np.concatenate([_by_node(array, bias)[kept] for array, bias, kept in layers])

    def mlp(self) -> MLP:
        """The MLP with a copy of these weights."""
        weights, biases, done = [], [], 0
        for kept in self._kept:
            layer = np.zeros(kept.shape, np.float32)
            count = int(kept.sum())
            layer[kept] = self.weights[done : done + count]
            done += count
            biases.append(layer[:, 0].copy())
            weights.append(np.ascontiguousarray(layer[:, 1:].T))
        return MLP(tuple(weights), tuple(biases))

    def accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        """The share of B examples [B, I] whose class [B] has the largest output."""
        return hits(self.graph, self.weights, *_contiguous(X, y)) / len(y)


def _by_node(array: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Of each of O nodes its bias's and its I inputs', [O, 1 + I], from [I, O] and [O]."""
    return np.concatenate([bias[None], array]).T


def run(
    network: SparseNetwork,
    learns: Masks,
    rule: Rule,
    learning_rate: float,
    examples: tuple[np.ndarray, np.ndarray],
    orders: Iterator[np.ndarray],
) -> Callable[[int], MLP]:
    """What takes so many more steps of a training, and gives the network after them.

    Args:
        network: What begins; it changes.
        learns: Which weights are trained; the biases are.
        rule: How.
        learning_rate: Constant.
        examples: X [B, I] and their classes [B].
        orders: The places of the images of each minibatch.
    """
    X, y = _contiguous(*examples)
    trained = network.of_connections(learns, [np.ones(mask.shape[1], bool) for mask in learns])
    moments = no_moments(len(network.weights))

    def go_on(steps: int) -> MLP:
        batches = np.stack([next(orders) for _ in range(steps)]).astype(np.int64)
        rates = np.full(steps, learning_rate, np.float32)
        descend(network.graph, network.weights, trained, rule, moments, X, y, batches, rates)
        return network.mlp()

    return go_on


def _contiguous(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.ascontiguousarray(X, np.float32), np.ascontiguousarray(y, np.int64)
