"""What a pruning score looks at, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from wann.prune.masks.selection import Masks
from wann.prune.networks.mlp import MLP

Layers = tuple[np.ndarray, ...]  # an array for each of the L layers
Scores = Layers


class Pruned(NamedTuple):
    """What is pruned: a network of any kind, as the arrays of its layers.

    Attributes:
        weights: As they are, trained or not, [I_l, O_l]; 0 outside the masks.
        initial: As they were before any training, [I_l, O_l].
        masks: What is left, bool[I_l, O_l].
        mlp: The network itself, where it is an image classifier: its weights and biases.
        images: Training images [B, I], where it is one.
        labels: Their classes [B].
        deviations: Those of the search distribution, [I_l, O_l], where evolution trained the
            weights; NaN outside the masks.
    """

    weights: Layers
    initial: Layers
    masks: Masks
    mlp: MLP | None = None
    images: np.ndarray | None = None
    labels: np.ndarray | None = None
    deviations: Layers | None = None


Score = Callable[[Pruned, np.random.Generator], Scores]
