"""What a layer does with its weights, by name: a dense one with an activation, or a convolution.

- ``relu``, ``tanh``, ``linear``: of each node alone.
- ``winners-K``: the K largest of all nodes stay, the others are 0 (k-winners take all: Majani et
  al., 1989; Ahmad & Scheinkman, 2019).
- ``convolution``: weights [C · k · k, O] of k x k pixels of C channels, moved over the image where
  it fits, then relu, then the largest of each 2 x 2 where there are two (LeCun et al., 1998).
  Values stand channel by channel, and so do the rows of the layer that follows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

WINNERS = "winners-"
CONVOLUTION = "convolution"
CHUNK = 500  # images that a convolution takes at once


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0)."""
    return np.maximum(x, 0)


def linear(x: np.ndarray) -> np.ndarray:
    """What comes in."""
    return x


def winners(x: np.ndarray, count: int) -> np.ndarray:
    """The count largest values of each row [..., O], where there are more; the others are 0.

    Of values that tie for the last place all stay.
    """
    if count >= x.shape[-1]:
        return x
    least = np.partition(x, -count, axis=-1)[..., -count, None]
    return np.where(x >= least, x, 0)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": relu,
    "tanh": np.tanh,
    "linear": linear,
}


def activation(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """The activation of this name, of the sums [..., O] of a layer."""
    if name.startswith(WINNERS):
        return partial(winners, count=int(name.removeprefix(WINNERS)))
    return ACTIVATIONS["relu" if name == CONVOLUTION else name]


def of_each_alone(names: Iterable[str]) -> bool:
    """Whether all layers are dense, and each node's value follows from its own sum."""
    return all(name in ACTIVATIONS for name in names)


class Convolution(NamedTuple):
    """The sizes of a convolution.

    Attributes:
        channels: C, of what enters.
        side: Of the square image that enters.
        kernel: k.
    """

    channels: int
    side: int
    kernel: int

    @property
    def places(self) -> int:
        """Along a side, where the kernel fits."""
        return self.side - self.kernel + 1

    @property
    def pooled(self) -> int:
        """The side of what leaves."""
        return max(1, self.places // 2)


def convolution(values: int, channels: int, rows: int) -> Convolution:
    """The convolution of so many values with weights of so many rows."""
    return Convolution(channels, math.isqrt(values // channels), math.isqrt(rows // channels))


def multiply_adds(
    shapes: Sequence[tuple[int, int]],
    names: Sequence[str],
    inputs: int,
    counts: Sequence[int] | None = None,
) -> int:
    """Those of a forward pass of one input: a convolution's weights count at each place.

    Args:
        shapes: [I_l, O_l] of each layer.
        names: What each does.
        inputs: Number of inputs.
        counts: How many weights of each layer there are; by default all.
    """
    total, values, channels = 0, inputs, 1
    counts = [a * b for a, b in shapes] if counts is None else counts
    for (rows, columns), name, count in zip(shapes, names, counts, strict=True):
        places = 1
        if name == CONVOLUTION:
            sizes = convolution(values, channels, rows)
            places = sizes.places**2
            values, channels = columns * sizes.pooled**2, columns
        total += count * places
    return total


def convolved(x: np.ndarray, w: np.ndarray, b: np.ndarray, channels: int) -> np.ndarray:
    """The values [B, O · u · u] that leave a convolution, from those that enter, [B, C · s · s]."""
    sizes = convolution(x.shape[1], channels, len(w))
    side, places, pooled = sizes.side, sizes.places, sizes.pooled
    found = []
    for start in range(0, len(x), CHUNK):
        images = x[start : start + CHUNK].reshape(-1, channels, side, side)
        windows = np.lib.stride_tricks.sliding_window_view(
            images, (sizes.kernel, sizes.kernel), axis=(2, 3)
        )  # [B, C, t, t, k, k]
        patches = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, len(w))
        sums = relu(patches @ w + b).reshape(len(images), places, places, -1)
        if places > 1:
            even = sums[:, : 2 * pooled, : 2 * pooled]
            sums = even.reshape(len(images), pooled, 2, pooled, 2, -1).max(axis=(2, 4))
        found.append(sums.transpose(0, 3, 1, 2).reshape(len(images), -1))
    return np.concatenate(found)


def outputs_in_jax(name: str, x: Any, w: Any, b: Any, channels: int) -> Any:
    """What leaves a layer [B, ...], from what enters it [B, ...], as a JAX function."""
    import jax
    import jax.numpy as jnp

    if name == CONVOLUTION:
        return _convolved_in_jax(x, w, b, channels)
    sums = x @ w + b
    if name.startswith(WINNERS):
        count = int(name.removeprefix(WINNERS))
        if count >= sums.shape[-1]:
            return sums
        least = jax.lax.stop_gradient(jax.lax.top_k(sums, count)[0][:, -1:])
        return jnp.where(sums >= least, sums, 0.0)
    return {"relu": jax.nn.relu, "tanh": jnp.tanh, "linear": lambda s: s}[name](sums)


def _convolved_in_jax(x: Any, w: Any, b: Any, channels: int) -> Any:
    """One product of all patches: on a CPU the gradient of JAX's own convolution is many times
    slower."""
    import jax
    import jax.numpy as jnp

    sizes = convolution(x.shape[1], channels, len(w))
    side, kernel, places, pooled = sizes.side, sizes.kernel, sizes.places, sizes.pooled
    images = x.reshape(-1, channels, side, side).transpose(0, 2, 3, 1)
    moved = [
        images[:, i : i + places, j : j + places] for i in range(kernel) for j in range(kernel)
    ]
    patches = jnp.stack(moved, axis=-1).reshape(len(images), places, places, len(w))
    sums = jax.nn.relu(patches @ w + b)
    if places > 1:
        even = sums[:, : 2 * pooled, : 2 * pooled]
        sums = even.reshape(len(images), pooled, 2, pooled, 2, -1).max(axis=(2, 4))
    return sums.transpose(0, 3, 1, 2).reshape(len(images), -1)
