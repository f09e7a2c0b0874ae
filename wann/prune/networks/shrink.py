"""A network without its dead nodes: what a pruning of nodes really makes smaller."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann.prune.masks.effective import rows_of
from wann.prune.masks.selection import Masks
from wann.prune.networks.mlp import MLP, Activation
from wann.prune.networks.model import simplified


def shrunk(
    mlp: MLP, masks: Sequence[np.ndarray], activation: Activation = "relu"
) -> tuple[MLP, Masks]:
    """The same function with the nodes alone that inputs reach and that reach an output.

    Inputs and outputs stay. At least one node of each hidden layer does, for a layer needs one.

    Returns:
        The network, float32, and its effective masks, both of the sizes that are left.
    """
    live, alive = simplified(mlp, masks, activation)
    inputs, outputs = len(alive[0]), live.sizes[-1]
    stay = [np.ones(inputs, bool)]
    for mask in alive[:-1]:
        used = np.count_nonzero(mask, axis=0) > 0  # effective: it also leads on
        stay.append(used if used.any() else np.arange(len(used)) == 0)
    stay.append(np.ones(outputs, bool))
    weights, biases, left = [], [], []
    for i, (w, b, mask) in enumerate(zip(live.weights, live.biases, alive, strict=True)):
        places = np.ix_(rows_of(stay[i], w), stay[i + 1])
        weights.append(w[places].astype(np.float32))
        biases.append(b[stay[i + 1]].astype(np.float32))
        left.append(mask[places])
    return MLP(tuple(weights), tuple(biases)), tuple(left)
