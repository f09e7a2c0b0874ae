"""A lottery ticket as arrays: the mask and the weights it began with, to be trained elsewhere.

The file is NumPy's npz, without pickle. For each layer l, counted from 1, of I_l nodes that lead to
O_l nodes:

- ``mask_l``: bool[I_l, O_l], True where there is a connection;
- ``initial_l``: float32[I_l, O_l], the weights before any training, 0 where there is none;
- ``bias_mask_l``, ``bias_initial_l``: the same for the biases, [O_l]. Those of image classifiers
  are never pruned and begin at 0.

``activations`` names what each layer does, the last one linear. Inputs x are to enter as
``(x - shift) / scale``. Hidden nodes are those that are left: dead ones are not there.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from wann.core.layers import depths
from wann.storage.model import Model

INITIAL, NORMALISATION = "initial_weights", "normalisation"  # in a network file's search


def arrays(model: Model) -> dict[str, np.ndarray]:
    """A network that `prune` wrote as a ticket.

    Raises:
        ValueError: If its file does not hold the weights it began with, or is none of layers.
    """
    network, initial = model.network, _initial(model)
    count = len(network.activations)
    layer = depths(network)
    layer[count - network.outputs :] = layer.max()
    inputs = np.arange(1, 1 + network.inputs)  # the bias is none of them
    members = [inputs, *(np.flatnonzero(layer == n) for n in range(1, int(layer[-1]) + 1))]
    place = np.zeros(count, np.int64)
    for nodes in members:
        place[nodes] = np.arange(len(nodes))
    targets = np.repeat(np.arange(count), np.diff(network.offsets))
    sources, first = network.sources, initial[network.genes]
    prunes_biases = NORMALISATION not in model.search
    found: dict[str, np.ndarray] = {}
    for number, (a, b) in enumerate(pairwise(members), 1):
        into = np.isin(targets, b)
        biased, weighted = into & (sources == 0), into & (sources != 0)
        if not np.isin(sources[weighted], a).all():
            raise ValueError("expected a network of layers one after the other, as prune writes")
        mask, values = np.zeros((len(a), len(b)), bool), np.zeros((len(a), len(b)), np.float32)
        at = place[sources[weighted]], place[targets[weighted]]
        mask[at], values[at] = True, first[weighted]
        bias_mask, bias = np.full(len(b), not prunes_biases), np.zeros(len(b), np.float32)
        where = place[targets[biased]]
        bias_mask[where], bias[where] = True, first[biased]
        found |= {f"mask_{number}": mask, f"initial_{number}": values}
        found |= {f"bias_mask_{number}": bias_mask, f"bias_initial_{number}": bias}
    shift, scale = model.search.get(NORMALISATION, (0.0, 1.0))
    names = [network.names[network.activations[nodes[0]]] for nodes in members[1:]]
    return {
        **found,
        "activations": np.array(names),
        "shift": np.array(shift, np.float32),
        "scale": np.array(scale, np.float32),
    }


def _initial(model: Model) -> np.ndarray:
    """The weights before any training, float64[C], of the enabled connections.

    Raises:
        ValueError: If the file does not hold them.
    """
    count = model.network.enabled
    found = model.search.get(INITIAL)
    if (
        not isinstance(found, list)
        or len(found) != count
        or not all(isinstance(x, int | float) for x in found)
    ):
        raise ValueError(
            f"--what ticket: expected a network with {INITIAL}, a number for each of {count} "
            "connections, as prune writes of its own networks; this one holds none"
        )
    return np.array(found, np.float64)
