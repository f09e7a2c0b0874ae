"""Networks as JAX functions of their weights, whose gradients JAX makes: dense, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wann.core.kernels import activations
from wann.core.layers import layers
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

    order, groups = _runs(network)
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


def _runs(network: Network) -> tuple[np.ndarray, list[list[tuple[int, int, int]]]]:
    """The nodes layer by layer, int[N], and for each layer after the inputs its runs of nodes
    with one activation, (activation, first, behind the last) in that order."""
    order, groups = [np.arange(1 + network.inputs)], []
    low = 1 + network.inputs
    for layer in layers(network):
        order.append(layer)
        runs = []
        for kind, count in zip(
            *np.unique(network.activations[layer], return_counts=True), strict=True
        ):
            runs.append((int(kind), low, low + int(count)))
            low += int(count)
        groups.append(runs)
    return np.concatenate(order), groups


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
