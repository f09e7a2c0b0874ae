"""Arrays from a checkpoint, checked before anything is made of them: a file may hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome, validate

MOST_NODES = 2**20  # that a network of a checkpoint can have as inputs or outputs


def take(arrays: Mapping[str, np.ndarray], name: str, dtype: Any, *shape: int | None) -> np.ndarray:
    """An array by its name, a copy.

    Args:
        arrays: The arrays.
        name: Its name.
        dtype: What it becomes; it must be of this kind already.
        *shape: Its sizes, None for any.

    Raises:
        ValueError: If there is none, or it has another shape or kind.
    """
    dtype = np.dtype(dtype)
    if name not in arrays:
        raise ValueError(f"expected an array {name!r}, but there is none")
    array = arrays[name]
    kind = array.dtype == dtype if dtype.names else array.dtype.kind == dtype.kind
    sizes = len(shape) == array.ndim and all(
        size in (None, found) for size, found in zip(shape, array.shape, strict=True)
    )
    if not (kind and sizes):
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        raise ValueError(
            f"{name}: expected {dtype.name}[{wanted}], got {array.dtype.name}{[*array.shape]}"
        )
    return array.astype(dtype)


def take_whole(arrays: Mapping[str, np.ndarray], name: str, *shape: int | None) -> np.ndarray:
    """An array of whole numbers from 0 to below 2**62, int64.

    Raises:
        ValueError: If there is none, or it has another shape, kind or range.
    """
    array = take(arrays, name, np.int64, *shape)
    if array.size and not (array.min() >= 0 and array.max() < 2**62):
        wrong = array[(array < 0) | (array >= 2**62)].flat[0]
        raise ValueError(f"{name}: expected numbers from 0 to below 2**62, got {wrong}")
    return array


def take_finite(arrays: Mapping[str, np.ndarray], name: str, *shape: int | None) -> np.ndarray:
    """An array of finite numbers, float64.

    Raises:
        ValueError: If there is none, or it has another shape, kind or range.
    """
    array = take(arrays, name, np.float64, *shape)
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got {array[~np.isfinite(array)][0]}")
    return array


def take_genomes(
    arrays: Mapping[str, np.ndarray], prefix: str, sizes: list[int], counts: np.ndarray | None
) -> list[Genome]:
    """The genomes whose genes stand one behind the other; each is checked.

    Args:
        arrays: The arrays.
        prefix: What comes before "hidden" and "connections" in the names of the genes.
        sizes: The numbers of inputs and outputs.
        counts: How many of the nodes and connections are each genome's, int64[P, 2]; None if all
            are one genome's.

    Raises:
        ValueError: If an array is missing or does not fit, or a genome breaks a rule.
    """
    inputs, outputs = sizes
    hidden = take(arrays, f"{prefix}hidden", NODE, None)
    connections = take(arrays, f"{prefix}connections", CONNECTION, None)
    if counts is None:
        counts = np.array([[len(hidden), len(connections)]])
    if max(inputs, outputs) > MOST_NODES:
        raise ValueError(f"expected at most {MOST_NODES} inputs and outputs, got {sizes}")
    if counts.sum(axis=0).tolist() != [len(hidden), len(connections)]:
        raise ValueError(
            f"expected counts of {len(hidden)} nodes and {len(connections)} connections, got "
            f"those of {' and '.join(map(str, counts.sum(axis=0)))}"
        )
    # A byte that is neither 0 nor 1 would count as more than one connection.
    connections["enabled"] = connections["enabled"].view(np.uint8) != 0
    nodes, genes = (
        np.split(records, np.cumsum(number)[:-1])
        for records, number in zip((hidden, connections), counts.T, strict=True)
    )
    genomes = [
        Genome(inputs, outputs, h.copy(), c.copy()) for h, c in zip(nodes, genes, strict=True)
    ]
    for genome in genomes:
        validate(genome)
    return genomes
