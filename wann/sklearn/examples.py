"""Examples that count differently, as rows that a search can take.

A weight stands for as many equal examples, and 0 for none: the same is found with weights as with
rows that are repeated or left out, in any order. So equal examples are taken together before they
are parted, and a part has all of them or none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import compute_class_weight
from sklearn.utils.validation import _check_sample_weight

from wann.envs.classification import Examples
from wann.envs.tables.split import held_out

REPEATED = 2000  # rows, about, by which examples of different weights are stood for
EXACT = 10  # times as many rows as examples, up to which whole multiples are repeated exactly


class Weighted(NamedTuple):
    """B examples that count differently.

    Attributes:
        X: float32[B, I].
        y: [B] labels, or float64[B, O] targets.
        weight: float64[B], above 0.
    """

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray

    def take(self, rows: np.ndarray) -> Weighted:
        """Some of them, by a mask or by their numbers."""
        return Weighted(self.X[rows], self.y[rows], self.weight[rows])


def counted(X: np.ndarray, y: np.ndarray, sample_weight: Any) -> Weighted:
    """Examples that count at all.

    Raises:
        ValueError: If fewer than two do, or a weight is none.
    """
    weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    some = weight > 0
    if some.sum() < 2:
        raise ValueError(f"sample_weight: expected two above 0 or more, got {some.sum()}")
    return Weighted(X, y, weight).take(some)


def distinct(examples: Weighted) -> Weighted:
    """Equal examples as one of their total weight, in an order that theirs does not change."""
    X = np.ascontiguousarray(examples.X + np.float32(0))  # -0 is 0
    y = np.ascontiguousarray(examples.y)
    # Labels stand for themselves by their numbers, as objects have no bytes to compare.
    codes = y + 0.0 if y.dtype.kind == "f" else np.unique(y, return_inverse=True)[1]
    parts = [part.reshape(len(X), -1).view(np.uint8) for part in (codes, X)]
    rows = np.ascontiguousarray(np.hstack([part.reshape(len(X), -1) for part in parts]))
    keys = rows.view(np.dtype((np.void, rows.shape[1])))[:, 0]
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    weight = np.bincount(place, examples.weight)
    return Weighted(X[first], y[first], weight)


def by_class(examples: Weighted, class_weight: dict[Any, float] | str) -> Weighted:
    """Examples that count as much as their classes say, besides their own weights.

    Raises:
        ValueError: If no class counts, or the weights are no weights.
    """
    classes, place = np.unique(examples.y, return_inverse=True)
    if class_weight == "balanced":
        each = 1 / np.bincount(place, examples.weight)
    else:
        each = compute_class_weight(class_weight, classes=classes, y=examples.y)
    weight = examples.weight * each[place]
    if not (np.isfinite(weight).all() and weight.min() >= 0 and weight.max() > 0):
        raise ValueError(f"class_weight: expected numbers from 0, not all 0, got {class_weight}")
    return examples._replace(weight=weight).take(weight > 0)


def parted(examples: Weighted, share: float, seed: int, classes: bool) -> tuple[Examples, Examples]:
    """Training and validation examples, the same ones where too few are distinct to part them.

    Args:
        examples: Distinct examples.
        share: Of the validation examples.
        seed: Of the choice, and of `repeated`.
        classes: Whether each class gives its share.
    """
    chosen = held_out(examples.y, share, seed, classes)
    train, validation = examples.take(~chosen), examples.take(chosen)
    if _says_less(train.y, examples.y, classes):
        train = validation = examples
    return repeated(train, seed), repeated(validation, seed)


def _says_less(some: np.ndarray, y: np.ndarray, classes: bool) -> bool:
    """Whether some of the labels lack a class, or a target that differs."""
    if classes:
        return len(np.unique(some)) < len(np.unique(y))
    return bool(((np.ptp(some, axis=0) == 0) & (np.ptp(y, axis=0) > 0)).any())


def repeated(examples: Weighted, seed: int) -> Examples:
    """Examples repeated in proportion to their weights.

    Weights that are multiples of the least are met exactly, if that does not take too many rows.
    Others are drawn at even steps along their sum, so that each comes as often as it should but
    for less than one time. Of a class that should come half a time or more its heaviest one does;
    one that counts for less is left out.
    """
    X, y, weight = examples
    times = weight / weight.min()
    whole = np.round(times)
    if np.allclose(times, whole, rtol=1e-9) and whole.sum() <= max(REPEATED, EXACT * len(y)):
        rows = np.repeat(np.arange(len(y)), whole.astype(int))
        return Examples(X[rows], y[rows])
    count = max(REPEATED, len(y))
    steps = (np.arange(count) + np.random.default_rng(seed).random()) / count * weight.sum()
    rows = np.searchsorted(np.cumsum(weight), steps).clip(max=len(y) - 1)
    if y.dtype.kind != "f":
        rows = np.concatenate([rows, _left_out(y, weight, rows)])
    return Examples(X[rows], y[rows])


def _left_out(y: np.ndarray, weight: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The heaviest example of each class that is not among the rows, and should be."""
    heaviest = np.argsort(-weight, kind="stable")
    classes, first, place = np.unique(y[heaviest], return_index=True, return_inverse=True)
    due = np.bincount(place, weight[heaviest]) / weight.sum() * len(rows)
    return heaviest[first][(due >= 0.5) & ~np.isin(classes, y[rows])]
