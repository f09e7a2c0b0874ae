"""From scores and a sparsity to masks that keep an exact number of weights.

Every function keeps the weights with the highest scores; of equal scores, those that come first.
Sparsity is the share *removed*, in [0, 1): of n weights, round(sparsity · n) go. Weights outside
`within`, those that were pruned before, go before all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

Masks = tuple[np.ndarray, ...]  # bool[I_l, O_l] for each of the L layers; True where kept


def check_sparsity(sparsity: float) -> None:
    """See that a sparsity is one.

    Raises:
        ValueError: If it is not in [0, 1).
    """
    if not 0 <= sparsity < 1:
        raise ValueError(f"expected a sparsity, the share removed, in [0, 1), got {sparsity}")


def highest(scores: np.ndarray, count: int, within: np.ndarray | None = None) -> np.ndarray:
    """The mask, of the shape of the scores, that keeps exactly `count` of them.

    Raises:
        ValueError: If a score is not a number, or there are fewer than `count` scores.
    """
    flat = np.asarray(scores, dtype=np.float64).ravel()
    if np.isnan(flat).any():
        raise ValueError("expected scores that are numbers, got NaN")
    outside = np.zeros(flat.size, bool) if within is None else ~np.asarray(within, bool).ravel()
    if not 0 <= count <= flat.size - np.count_nonzero(outside):
        raise ValueError(
            f"expected to keep at most {flat.size - np.count_nonzero(outside)} weights, "
            f"those left, got {count}"
        )
    mask = np.zeros(flat.size, bool)
    mask[np.lexsort((-flat, outside))[:count]] = True  # a stable sort: ties by index
    return mask.reshape(np.shape(scores))


def kept(masks: Iterable[np.ndarray]) -> int:
    """Number of weights that masks keep."""
    return int(sum(np.count_nonzero(mask) for mask in masks))


def left(count: int, sparsity: float) -> int:
    """How many of a number of weights a sparsity leaves.

    Raises:
        ValueError: If the sparsity is not in [0, 1).
    """
    check_sparsity(sparsity)
    return count - round(sparsity * count)


def per_layer(
    scores: Sequence[np.ndarray],
    sparsity: float | Sequence[float],
    within: Sequence[np.ndarray] | None = None,
) -> Masks:
    """Masks that remove the same share of every layer, or each layer's own."""
    shares = [sparsity] * len(scores) if isinstance(sparsity, float | int) else list(sparsity)
    return tuple(
        highest(layer, left(np.size(layer), share), None if within is None else within[i])
        for i, (layer, share) in enumerate(zip(scores, shares, strict=True))
    )


def globally(
    scores: Sequence[np.ndarray], sparsity: float, within: Sequence[np.ndarray] | None = None
) -> Masks:
    """Masks that remove a share of all weights together, wherever the lowest scores are.

    A layer may end up empty: the network has collapsed (Tanaka et al., 2020).
    """
    flat = np.concatenate([np.ravel(layer) for layer in scores])
    inside = None if within is None else np.concatenate([np.ravel(mask) for mask in within])
    return _split(highest(flat, left(flat.size, sparsity), inside), scores)


def n_of_m(scores: Sequence[np.ndarray], n: int, m: int) -> Masks:
    """Masks that keep the n highest of every m weights in a row into the same node.

    Where the number of inputs is no multiple of m, the last group is smaller and keeps the same
    share, rounded up (Mishra et al., 2021, for 2:4).

    Raises:
        ValueError: If n is not from 1 to m.
    """
    if not 1 <= n <= m:
        raise ValueError(f"expected n:m with n from 1 to m, got {n}:{m}")
    return tuple(_n_of_m(np.asarray(layer, dtype=np.float64), n, m) for layer in scores)


def _n_of_m(scores: np.ndarray, n: int, m: int) -> np.ndarray:
    mask = np.zeros(scores.shape, bool)
    for start in range(0, len(scores), m):
        group = scores[start : start + m]
        best = np.argsort(-group, axis=0, kind="stable")[: -(-n * len(group) // m)]
        np.put_along_axis(mask[start : start + m], best, True, axis=0)
    return mask


def of_nodes(keep: Sequence[np.ndarray], shapes: Sequence[tuple[int, int]]) -> Masks:
    """The masks of the weights between nodes that stay: all of them into and out of a node.

    Args:
        keep: bool[O_l] for each hidden layer: the nodes that stay, as `per_layer` chooses them by
            their scores.
        shapes: [I_l, O_l] of all L layers; inputs and outputs all stay. A node that is a channel of
            a convolution has several rows of the next layer.
    """
    stays = [np.ones(shapes[0][0], bool), *keep, np.ones(shapes[-1][1], bool)]
    return tuple(
        np.logical_and.outer(np.repeat(a, rows // len(a)), b)
        for (a, b), (rows, _) in zip(pairwise(stays), shapes, strict=True)
    )


def shuffled(masks: Sequence[np.ndarray], rng: np.random.Generator) -> Masks:
    """Masks that keep as many weights of each layer, at random places (Frankle et al., 2021)."""
    return tuple(rng.permutation(mask.ravel()).reshape(mask.shape) for mask in masks)


def distance(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> float:
    """The share of all places at which masks differ (You et al., 2020, Early-Bird tickets)."""
    differing = sum(np.count_nonzero(x != y) for x, y in zip(a, b, strict=True))
    return float(differing / sum(x.size for x in a))


def _split(flat: np.ndarray, like: Sequence[np.ndarray]) -> Masks:
    ends = np.cumsum([np.size(layer) for layer in like])[:-1]
    parts = np.split(flat, ends)
    return tuple(part.reshape(np.shape(layer)) for part, layer in zip(parts, like, strict=True))
