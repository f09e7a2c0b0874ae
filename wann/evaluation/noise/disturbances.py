"""Disturbances of weights and of images, as functions of values and a level.

Those of weights are what analog and low-precision hardware does to a network: conductances that
are off by a share of themselves, few bits, connections that fail.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

WEIGHTS, BITS, CUT = "weight noise", "weight bits", "connections cut"
INPUTS, SHIFT = "input noise", "shifted pixels"
# The levels of each, from the slightest on; where a level is 0, or 32 bits, nothing is disturbed.
LEVELS: dict[str, tuple[float, ...]] = {
    WEIGHTS: (0.05, 0.1, 0.2, 0.5, 1.0),
    BITS: (8, 6, 4, 3, 2),
    CUT: (0.01, 0.02, 0.05, 0.1, 0.2),
    INPUTS: (0.05, 0.1, 0.2, 0.3, 0.5),
    SHIFT: (1, 2, 3),
}
EXACT = (BITS,)  # without chance


def noisy(weights: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """w (1 + ε) with a normal ε of deviation sigma for each connection [C]."""
    return weights * (1 + sigma * rng.standard_normal(len(weights)))


def rounded(weights: np.ndarray, targets: np.ndarray, bits: int) -> np.ndarray:
    """Weights [C] rounded to whole multiples of a step, at most 2^(bits - 1) - 1 either way.

    Each node has its own step, so that the largest of the weights that enter it, whose targets
    are [C], is exact: the symmetric scheme by channels of quantised networks. With two bits that
    is -s, 0 or s.
    """
    largest = np.zeros(int(targets.max(initial=-1)) + 1)
    np.maximum.at(largest, targets, np.abs(weights))
    steps = (largest / (2 ** (bits - 1) - 1))[targets]
    return np.where(steps > 0, np.rint(weights / np.where(steps > 0, steps, 1)) * steps, 0.0)


def cut(weights: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Weights [C] of which each is 0 with a probability."""
    return np.where(rng.random(len(weights)) < share, 0.0, weights)


def shifted(
    images: np.ndarray, shape: tuple[int, int], pixels: int, rng: np.random.Generator
) -> np.ndarray:
    """Images [B, I] moved by so many pixels up, down, left or right, each at random; 0 comes in."""
    pictures = images.reshape(-1, *shape)
    found = np.zeros_like(pictures)
    ways = rng.integers(0, 4, len(pictures))
    for way, axis in enumerate((1, 1, 2, 2)):
        mine = ways == way
        moved = np.roll(pictures[mine], pixels if way % 2 else -pixels, axis)
        edge = slice(None, pixels) if way % 2 else slice(-pixels, None)
        np.moveaxis(moved, axis, 0)[edge] = 0
        found[mine] = moved
    return found.reshape(images.shape)


def with_noise(images: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Images [B, I] plus white noise of deviation sigma, where 1 is the whitest pixel."""
    noise = rng.standard_normal(images.shape, np.float32)
    return (images + np.float32(sigma) * noise).astype(images.dtype)


OfWeights = Callable[[np.ndarray, np.ndarray, float, np.random.Generator], np.ndarray]
# f(weights [C], targets [C], level, rng) gives the weights [C] that are disturbed.
OF_WEIGHTS: dict[str, OfWeights] = {
    WEIGHTS: lambda weights, targets, level, rng: noisy(weights, level, rng),
    BITS: lambda weights, targets, level, rng: rounded(weights, targets, int(level)),
    CUT: lambda weights, targets, level, rng: cut(weights, level, rng),
}
