"""Parts of a table's rows: training, validation and test, with the same shares of the classes."""

from __future__ import annotations

import numpy as np


def held_out(y: np.ndarray, share: float, seed: int, stratify: bool = True) -> np.ndarray:
    """A seeded choice of a share of rows, bool[B].

    Args:
        y: [B] the labels.
        share: Of the rows, above 0 and below 1; at least one row, never all.
        seed: Of the choice.
        stratify: Whether to take the share of each class. The only example of a class stays.
    """
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(y), dtype=bool)
    _, classes = np.unique(y, return_inverse=True) if stratify else (None, np.zeros(len(y), int))
    for number in range(classes.max() + 1):
        rows = rng.permutation(np.flatnonzero(classes == number))
        if len(rows) > 1:
            chosen[rows[: min(max(round(share * len(rows)), 1), len(rows) - 1)]] = True
    if not chosen.any():
        chosen[rng.integers(len(y))] = True
    return chosen
