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
        mask & rows_of(forward[i], mask)[:, None] & backward[i + 1][None, :]
        for i, mask in enumerate(masks)
    )


def is_cut_off(masks: Sequence[np.ndarray]) -> bool:
    """Whether no input reaches an output: the outputs are constant."""
    return not reached(masks)[-1].any()


def rows_of(nodes: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """What is known of each node that a layer's weights [I_l, O_l] come from, for each row: more
    rows than nodes where these are channels of a convolution, whose values stand in a row."""
    return np.repeat(nodes, len(layer) // len(nodes))


def reached(masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """For each layer of nodes, those that an input reaches; the L + 1 arrays bool."""
    found: list[np.ndarray] = [np.ones(len(masks[0]), bool)]
    for mask in masks:
        found.append((mask & rows_of(found[-1], mask)[:, None]).any(axis=0))
    return found


def reaching(masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """For each layer of nodes, those that reach an output; the L + 1 arrays bool."""
    found: list[np.ndarray] = [np.ones(masks[-1].shape[1], bool)]
    for i, mask in reversed(list(enumerate(masks))):
        rows = (mask & found[-1][None, :]).any(axis=1)
        nodes = masks[i - 1].shape[1] if i else len(rows)
        found.append(rows.reshape(nodes, -1).any(axis=1))
    return found[::-1]
