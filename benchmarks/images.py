"""The batched forward pass against the NumPy oracle and against the machine's limit, on one core.

    python -m benchmarks.images

One network is random: 256 inputs, 400 hidden nodes, 10 outputs, 1,900 connections; 1,000 images,
6 shared weights. The other is `champion:mnist`, layered as those that searches evaluate, with these
weights and with that of a search. The limit is the time of the arithmetic that cannot be left out,
measured here on rows that lie in the level 1 cache: as many additions of rows as the connections
need, at the rate of a loop that adds eight rows into one, and the activations of as many rows. It
leaves out every move of data between caches, all indices, and the starts and ends of loops.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numba
import numpy as np
from threadpoolctl import threadpool_limits

from tests.naive import images as naive_images
from wann.core.config import preset
from wann.core.kernels import forward_batch
from wann.core.kernels.activations import NAMES
from wann.core.kernels.vector_math import TILE, activate_rows
from wann.core.network import Network
from wann.storage.load import load

IMAGES = 1000
WEIGHTS = np.array([-2, -1, -0.5, 0.5, 1, 2], dtype=np.float32)
EXPECTED_RATIO = 150


def seconds(call: Callable[[], object], repeats: int) -> float:
    """The shortest of several runs: what others do on the machine only adds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


@numba.njit(fastmath={"contract"})
def add_rows(rows: np.ndarray, total: np.ndarray, repeats: int) -> None:
    for _ in range(repeats):
        for j in range(len(total)):
            first = (rows[0, j] + rows[1, j]) + (rows[2, j] + rows[3, j])
            second = (rows[4, j] + rows[5, j]) + (rows[6, j] + rows[7, j])
            total[j] += first + second


@numba.njit
def activate(activation: int, weights: np.ndarray, memory: np.ndarray, repeats: int) -> None:
    for _ in range(repeats):
        activate_rows(activation, weights, memory, 0)


def limit(network: Network, weights: np.ndarray) -> tuple[float, float]:
    """Seconds for the additions and for the activations alone."""
    tiles = -(-IMAGES // TILE)
    from_inputs = int((network.sources <= network.inputs).sum())
    additions = tiles * (from_inputs + len(weights) * (network.complexity - from_inputs))
    rows, total = np.zeros((8, 8 * TILE), np.float32), np.zeros(8 * TILE, np.float32)
    add_rows(rows, total, 1)
    adding = seconds(lambda: add_rows(rows, total, 1000), 20) / (1000 * 8 * 8) * additions

    ones = np.ones_like(weights)  # so that values stay as they are, however often
    activating = 0.0
    counts = np.bincount(network.activations[1 + network.inputs :], minlength=len(NAMES))
    for activation, count in enumerate(counts):
        memory = np.full((len(weights), TILE), 0.5, np.float32)
        activate(activation, ones, memory, 1)
        once = seconds(lambda a=activation, m=memory: activate(a, ones, m, 1000), 10) / 1000
        activating += once * count * tiles
    return adding, activating


def against_limit(
    name: str, network: Network, images_t: np.ndarray, labels: np.ndarray, weights: np.ndarray
) -> float:
    """Print what a network takes, and how that is to the limit; seconds of its outputs."""
    graph = network.graph
    forward_batch.outputs(graph, images_t, weights)
    forward_batch.scores(graph, images_t, labels, weights)
    fast = seconds(lambda: forward_batch.outputs(graph, images_t, weights), 300)
    scores = seconds(lambda: forward_batch.scores(graph, images_t, labels, weights), 300)
    adding, activating = limit(network, weights)
    factor = fast / (adding + activating)
    print(f"{name}, {network.complexity:,} connections, {len(weights)} weights:")
    print(f"  batched.outputs  {1e3 * fast:9.3f} ms, batched.scores {1e3 * scores:.3f} ms")
    print(
        f"  the limit        {1e3 * (adding + activating):9.3f} ms: additions {1e3 * adding:.3f}, "
        f"activations {1e3 * activating:.3f}; outputs takes {factor:.2f} times as long"
    )
    return fast


def main() -> int:
    rng = np.random.default_rng(0)
    names = tuple(name for name in NAMES if name != "step")  # as the paper does on MNIST
    network = naive_images.random_network(rng, 256, 400, 10, 1900, names)
    images = rng.random((IMAGES, 256), dtype=np.float32)
    images_t = np.ascontiguousarray(images.T)
    labels = rng.integers(10, size=IMAGES)

    with threadpool_limits(1):
        expected = naive_images.outputs(network, images, WEIGHTS)
        naive = seconds(lambda: naive_images.outputs(network, images, WEIGHTS), 2)
    result = forward_batch.outputs(network.graph, images_t, WEIGHTS)
    error = np.abs(result - expected).max() / np.abs(expected).max()
    ratio = naive / against_limit("random", network, images_t, labels, WEIGHTS)
    print(f"NumPy oracle       {1e3 * naive:9.2f} ms, {ratio:.0f} times as long, error {error:.0e}")
    champion = load("champion:mnist").network
    searched = preset("mnist").drawn_weights(0).astype(np.float32)
    for weights in (WEIGHTS, searched):
        against_limit("champion:mnist", champion, images_t, labels, weights)
    return 0 if ratio >= EXPECTED_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
