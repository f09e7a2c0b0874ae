"""How long a network takes: as it is, sparse, and as dense products with zeros.

A share of zeros makes a dense product no faster. The sparse times are those of the compiled
kernels; the dense ones those of NumPy, layer by layer, for the same nodes: what a framework does
that knows no sparsity.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from wann.core.expressions.values import value
from wann.core.kernels import forward as kernels
from wann.core.kernels import forward_batch
from wann.core.layers import depths, layers
from wann.core.network import Network

REPEATS = 200  # at most, and for at most so many seconds:
SECONDS = 0.3


class Times(NamedTuple):
    """Medians, in microseconds a call."""

    dense: float
    sparse: float


def time_inference(network: Network, examples: np.ndarray) -> Times:
    """The time of a forward pass for all examples [B, I] together, on one thread."""
    strengths = np.ones(network.complexity)
    dense = dense_function(network, strengths)
    rows = np.ascontiguousarray(examples, np.float32)
    with threadpool_limits(1):
        return Times(median(lambda: dense(rows)), median(_sparse(network, strengths, examples)))


def _sparse(
    network: Network, strengths: np.ndarray, examples: np.ndarray
) -> Callable[[], np.ndarray]:
    graph = network.graph
    if len(examples) == 1:
        x = np.ascontiguousarray(examples, np.float64)
        return lambda: kernels.forward_rows(graph, strengths, 1.0, x)
    columns = np.ascontiguousarray(examples.T, np.float32)
    return lambda: forward_batch.outputs(graph, columns, strengths=strengths)


def median(call: Callable[[], object]) -> float:
    """The median time of a call, in microseconds."""
    call()  # the first compiles, or warms the cache
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(taken) < 3 or (len(taken) < REPEATS and time.perf_counter() < end):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return float(np.median(taken)) * 1e6


def dense_function(network: Network, strengths: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The network as dense products in float32, ``f(x [B, I]) -> [B, O]``.

    A node's layer is the length of its longest path from an input. Each layer is one product
    with each earlier layer that it has connections from, and the bias.

    Args:
        network: N nodes, E connections.
        strengths: [E], the weight of each connection.
    """
    nodes = len(network.ids)
    targets = np.repeat(np.arange(nodes), np.diff(network.offsets))
    layer = depths(network)
    members = [np.arange(1, 1 + network.inputs), *layers(network)]  # the bias goes apart
    place = np.zeros(nodes, np.int64)
    for its in members:
        place[its] = np.arange(len(its))
    biased = network.sources == 0
    steps = []
    for number, its in enumerate(members[1:], 1):
        bias = np.zeros(len(its), np.float32)
        mine = layer[targets] == number
        np.add.at(bias, place[targets[mine & biased]], strengths[mine & biased])
        products = []
        for source in range(number):
            chosen = mine & ~biased & (layer[network.sources] == source)
            if chosen.any():
                matrix = np.zeros((len(members[source]), len(its)), np.float32)
                matrix[place[network.sources[chosen]], place[targets[chosen]]] = strengths[chosen]
                products.append((source, matrix))
        kinds = network.activations[its]
        steps.append((bias, products, [(kind, kinds == kind) for kind in np.unique(kinds)]))

    def forward(x: np.ndarray) -> np.ndarray:
        values = [x]
        for bias, products, kinds in steps:
            total: np.ndarray = np.broadcast_to(bias, (len(x), len(bias)))
            for source, matrix in products:
                total = total + values[source] @ matrix
            if len(kinds) == 1:
                values.append(value(network.own, kinds[0][0], total))
                continue
            result = np.empty((len(x), len(bias)), np.float32)
            for kind, which in kinds:
                result[:, which] = value(network.own, kind, total[:, which])
            values.append(result)
        outputs = range(nodes - network.outputs, nodes)
        return np.stack([values[layer[node]][:, place[node]] for node in outputs], axis=1)

    return forward
