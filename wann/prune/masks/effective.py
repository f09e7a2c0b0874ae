"""What of masks has an effect: a weight that leads nowhere, or comes from nowhere, has none.

Every count that is reported leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.prune.masks.selection import Masks


def effective(masks: Sequence[np.ndarray]) -> Masks:
    """The weights that count: from a node that an input reaches, to one that reaches an output.

    Args:
        masks: bool[I_l, O_l] for each layer.

    Returns:
        Masks of the same shapes, each within that given.
    """
    forward, backward = reached(masks), reaching(masks)
    return tuple(
        mask & forward[i][:, None] & backward[i + 1][None, :] for i, mask in enumerate(masks)
    )


def is_cut_off(masks: Sequence[np.ndarray]) -> bool:
    """Whether no input reaches an output: the outputs are constant."""
    return not reached(masks)[-1].any()


def reached(masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """For each layer of nodes, those that an input reaches; the L + 1 arrays bool."""
    found: list[np.ndarray] = [np.ones(len(masks[0]), bool)]
    for mask in masks:
        found.append((mask & found[-1][:, None]).any(axis=0))
    return found


def reaching(masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """For each layer of nodes, those that reach an output; the L + 1 arrays bool."""
    found: list[np.ndarray] = [np.ones(masks[-1].shape[1], bool)]
    for mask in reversed(masks):
        found.append((mask & found[-1][None, :]).any(axis=1))
    return found[::-1]
