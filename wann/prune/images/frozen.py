"""Pruned weights that are not 0 but stay at their first values, while the survivors are trained.

Zhou et al. (2019, section 4) ask whether 0 is a good value for a pruned weight. Frozen at its first
value it is worse; unless those alone are frozen that training has moved away from 0, and those
that it has moved towards 0 are set there: then it is as good.
"""

from __future__ import annotations

import numpy as np

from wann.prune.masks.selection import Masks
from wann.prune.networks.mlp import MLP
from wann.prune.run import FROZEN


def held(arm: str, masks: Masks, initial: MLP, dense: MLP) -> Masks:
    """The weights [I_l, O_l] that are not 0: the survivors, and those that hold first values.

    Args:
        arm: `FROZEN` for all first values, or `FROZEN_OUTWARD` for those that moved away from 0.
        masks: The survivors.
        initial: The dense network before its training.
        dense: It after that.
    """
    if arm == FROZEN:
        return tuple(np.ones_like(mask) for mask in masks)
    return tuple(
        mask | (np.abs(after) > np.abs(before))
        for mask, before, after in zip(masks, initial.weights, dense.weights, strict=True)
    )


def combined(masks: Masks, survivors: MLP, initial: MLP) -> MLP:
    """Survivors with what they hold, the other weights with their first values."""
    weights = tuple(
        np.where(mask, own, first)
        for mask, own, first in zip(masks, survivors.weights, initial.weights, strict=True)
    )
    return MLP(weights, survivors.biases)
