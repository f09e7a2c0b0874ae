"""Arrays from a checkpoint, checked before anything is made of them: a file may hold anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np


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


def take_finite(
    arrays: Mapping[str, np.ndarray], name: str, *shape: int | None, dtype: Any = np.float64
) -> np.ndarray:
    """An array of finite numbers, float64 by default.

    Raises:
        ValueError: If there is none, or it has another shape, kind or range.
    """
    array = take(arrays, name, dtype, *shape)
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got {array[~np.isfinite(array)][0]}")
    return array


def take_scores(arrays: Mapping[str, np.ndarray], name: str, *shape: int | None) -> np.ndarray:
    """Fitnesses, float64: numbers, or -infinity where nothing was finite. Nothing beats others.

    Raises:
        ValueError: If there are none, or they have another shape, kind or range.
    """
    array = take(arrays, name, np.float64, *shape)
    if not (array < np.inf).all():
        wrong = array[~(array < np.inf)][0]
        raise ValueError(f"{name}: expected a finite number or -inf, got {wrong}")
    return array


def take_score(arrays: Mapping[str, np.ndarray], name: str) -> float:
    """One fitness; see `take_scores`.

    Raises:
        ValueError: If there is none, or it has another shape, kind or range.
    """
    return float(take_scores(arrays, name))


def take_seconds(arrays: Mapping[str, np.ndarray], name: str) -> float:
    """A time of 0 s or more.

    Raises:
        ValueError: If there is none, or it has another shape, kind or range.
    """
    value = float(take_finite(arrays, name))
    if value < 0:
        raise ValueError(f"{name}: expected 0 or more, got {value}")
    return value


def evenly(count: int, most: int) -> list[int]:
    """At most so many of the numbers below count, evenly apart, the first and last included."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(most, count)).tolist()})


def joined(records: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays of records one behind the other."""
    raw = _raw(records[0].itemsize)
    return np.concatenate([part.view(raw) for part in records]).view(records[0].dtype)


def piece(records: np.ndarray, low: int, high: int) -> np.ndarray:
    """A copy of some records, from one place to another."""
    return records.view(_raw(records.itemsize))[low:high].copy().view(records.dtype)


@cache
def _raw(size: int) -> np.dtype:
    """Records as bytes without fields: NumPy copies field by field, seven times as slowly."""
    return np.dtype((np.void, size))
