"""Networks that are really smaller: dense layers without the nodes that are gone, n:m packed.

Zeros in a dense product save nothing. Where nodes are pruned, or layers made thin, what is left is
a smaller dense network; where n of m weights stay, they go without the others, each with its place
among the m. The arrays of a file, for each layer l from 1:

- ``weights_l``: float32[I_l, O_l]; or, of n:m, ``values_l``: float32[G_l, n, O_l] for the G_l
  groups of m inputs, and ``places_l``: their places in the group, packed in as few bits as m takes,
  with ``inputs_l`` the number I_l and ``group`` m;
- ``biases_l``: float32[O_l]; ``activations``: what each layer does, see `layers`; ``shift`` and
  ``scale``: inputs x enter as (x - shift) / scale.
"""

from __future__ import annotations

import numpy as np

from wann.prune.images.outcome import Outcome
from wann.prune.networks.mlp import MLP, Activation, masked, of_layers
from wann.prune.networks.shrink import shrunk


def deployed(
    outcome: Outcome, normalisation: tuple[float, float], group: int | None = None
) -> dict[str, np.ndarray]:
    """A network as the arrays of a file.

    Args:
        outcome: The network, with its masks.
        normalisation: (shift, scale) of its inputs.
        group: m where n of m weights in a row are kept; None where nodes go or layers are thin.
    """
    mlp, masks, activation = outcome.mlp, outcome.masks, outcome.activation
    if group is None:
        mlp, masks = shrunk(mlp, masks, activation)
        return as_arrays(masked(mlp, masks), activation, normalisation)
    found: dict[str, np.ndarray] = {}
    for number, (w, b, mask) in enumerate(zip(mlp.weights, mlp.biases, masks, strict=True), 1):
        found[f"biases_{number}"] = np.asarray(b, np.float32)
        values, places = _packed(np.asarray(w, np.float32), mask, group)
        found |= {f"values_{number}": values, f"places_{number}": places}
        found[f"inputs_{number}"] = np.array(len(w))
    return {**found, "group": np.array(group), **_about(mlp, activation, normalisation)}


def as_arrays(
    mlp: MLP, activation: Activation, normalisation: tuple[float, float]
) -> dict[str, np.ndarray]:
    """A network as it is, as the arrays of a file; arguments as of `deployed`."""
    found = {}
    for number, (w, b) in enumerate(zip(mlp.weights, mlp.biases, strict=True), 1):
        found[f"biases_{number}"] = np.asarray(b, np.float32)
        found[f"weights_{number}"] = np.asarray(w, np.float32)
    return {**found, **_about(mlp, activation, normalisation)}


def _about(
    mlp: MLP, activation: Activation, normalisation: tuple[float, float]
) -> dict[str, np.ndarray]:
    shift, scale = normalisation
    return {
        "activations": np.array(of_layers(activation, mlp)),
        "shift": np.array(shift, np.float32),
        "scale": np.array(scale, np.float32),
    }


def restored(arrays: dict[str, np.ndarray]) -> tuple[MLP, Activation]:
    """The network of the arrays of a file, dense, and the activations of its hidden layers."""
    names = [str(name) for name in arrays["activations"]]
    weights = []
    for number in range(1, len(names) + 1):
        if "group" not in arrays:
            weights.append(arrays[f"weights_{number}"])
            continue
        values, group = arrays[f"values_{number}"], int(arrays["group"])
        places = _unpacked(arrays[f"places_{number}"], values.shape, group)
        dense = np.zeros((len(values), group, values.shape[2]), np.float32)
        np.put_along_axis(dense, places, values, axis=1)
        weights.append(dense.reshape(-1, values.shape[2])[: int(arrays[f"inputs_{number}"])])
    biases = tuple(arrays[f"biases_{number}"] for number in range(1, len(names) + 1))
    return MLP(tuple(weights), biases), tuple(names[:-1])


def _packed(w: np.ndarray, mask: np.ndarray, group: int) -> tuple[np.ndarray, np.ndarray]:
    """The weights of each group that stay, [G, n, O], and their places, packed."""
    rest = -len(w) % group
    kept = np.pad(mask, ((0, rest), (0, 0))).reshape(-1, group, w.shape[1])
    padded = np.pad(w, ((0, rest), (0, 0))).reshape(kept.shape)
    count = int(kept.sum(axis=1).max())
    places = np.argsort(~kept, axis=1, kind="stable")[:, :count]  # those that stay come first
    values = np.take_along_axis(padded * kept, places, axis=1).astype(np.float32)
    bits = _bits(group)
    digits = (places[..., None] >> np.arange(bits)) & 1
    return values, np.packbits(digits.astype(bool).ravel())


def _unpacked(packed: np.ndarray, shape: tuple[int, ...], group: int) -> np.ndarray:
    bits = _bits(group)
    count = int(np.prod(shape)) * bits
    digits = np.unpackbits(packed, count=count).reshape(*shape, bits).astype(np.int64)
    return np.asarray((digits << np.arange(bits)).sum(axis=-1))


def _bits(group: int) -> int:
    return max(1, int(np.ceil(np.log2(group))))
