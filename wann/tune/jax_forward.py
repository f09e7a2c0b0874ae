"""Networks as JAX functions of their weights, for training by gradients (extra ``train``)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from wann.core.kernels import activations
from wann.core.network import Network


def forward_function(network: Network) -> Callable[[Any, Any], Any]:
    """The network as a function for JAX.

    Its nodes are computed layer by layer (a node's layer is the length of its longest path from
    an input), each layer as one dense product with everything before it: far faster than
    connection by connection.

    Args:
        network: N nodes, E connections.

    Returns:
        ``f(strengths [E], x [B, I]) -> [B, O]``, differentiable; a node's value is
        activation(sum of strength · source).
    """
    import jax.numpy as jnp

    order, groups = _layers(network)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    targets = np.repeat(np.arange(len(order)), np.diff(network.offsets))
    rows, columns = place[targets], place[network.sources]
    outputs = place[len(order) - network.outputs :]

    def forward(strengths: Any, x: Any) -> Any:
        matrix = jnp.zeros((len(order), len(order)), x.dtype).at[rows, columns].set(strengths)
        values = jnp.concatenate([jnp.ones((1, len(x)), x.dtype), x.T])
        for layer in groups:
            low, high, before = layer[0][1], layer[-1][2], len(values)
            sums = matrix[low:high, :before] @ values
            parts = [_activate(kind, sums[a - low : b - low]) for kind, a, b in layer]
            values = jnp.concatenate([values, *parts])
        return values[outputs].T

    return forward


def products(network: Network) -> int:
    """The multiply-adds of `forward_function` for one example: its dense products, zeros too."""
    total = 0
    for layer in _layers(network)[1]:
        low, high = layer[0][1], layer[-1][2]
        total += (high - low) * low
    return total


def _layers(network: Network) -> tuple[np.ndarray, list[list[tuple[int, int, int]]]]:
    """The nodes sorted by layer and activation, int[N], and for each layer after the inputs its
    runs of nodes with one activation, (activation, first, behind the last) in that order."""
    first = 1 + network.inputs
    depth = np.zeros(len(network.activations), np.int64)
    for node in range(first, len(depth)):
        sources = network.sources[network.offsets[node] : network.offsets[node + 1]]
        depth[node] = 1 + depth[sources].max(initial=0)
    order = np.lexsort((network.activations, depth))
    runs = pairwise([first, *_changes(depth[order], network.activations[order], first), len(order)])
    layers: dict[int, list[tuple[int, int, int]]] = {}
    for low, high in runs:
        kind = int(network.activations[order[low]])
        layers.setdefault(int(depth[order[low]]), []).append((kind, low, high))
    return order, list(layers.values())


def _changes(depth: np.ndarray, kinds: np.ndarray, first: int) -> list[int]:
    """Where, behind `first`, a layer or an activation differs from the one before."""
    changed = (np.diff(depth) != 0) | (np.diff(kinds.astype(np.int64)) != 0)
    return [int(i) for i in np.flatnonzero(changed) + 1 if i > first]


def _activate(activation: int, x: Any) -> Any:
    import jax
    import jax.numpy as jnp

    functions: dict[int, Callable[[Any], Any]] = {
        activations.LINEAR: lambda x: x,
        activations.STEP: lambda x: jnp.where(x > 0, 1.0, 0.0).astype(x.dtype),
        activations.SIN: lambda x: jnp.sin(np.pi * x),
        activations.GAUSSIAN: lambda x: jnp.exp(-0.5 * x * x),
        activations.TANH: jnp.tanh,
        activations.SIGMOID: jax.nn.sigmoid,
        activations.INVERSE: lambda x: -x,
        activations.ABS: jnp.abs,
        activations.RELU: jax.nn.relu,
        activations.COS: lambda x: jnp.cos(np.pi * x),
    }
    return functions[activation](x)
