"""Outcome: an image classifier, what is left of it, and what it took to get it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wann.prune.masks.selection import Masks
from wann.prune.networks.mlp import MLP, Activation, masked, of_layers

NO_CURVE = np.zeros((0, 2))


class Outcome(NamedTuple):
    """A network and what it took to get it.

    Attributes:
        mlp: The network, 0 outside its masks.
        masks: Its masks.
        validation: Its accuracy on the validation examples.
        samples: Images seen so far, with their labels.
        multiply_adds: Those so far.
        activation: Of the hidden layers.
        step: Of the last training, the step whose weights these are; None without one.
        curve: Of the last training, (step, accuracy on the validation examples), float64[S, 2].
    """

    mlp: MLP
    masks: Masks
    validation: float
    samples: int
    multiply_adds: int
    activation: Activation = "relu"
    step: int | None = None
    curve: np.ndarray = NO_CURVE


def to_arrays(outcome: Outcome) -> dict[str, np.ndarray]:
    """An outcome as the file of a step keeps it: only the weights inside the masks."""
    arrays = {
        **_shapes(outcome.mlp),
        "validation": np.array(outcome.validation),
        "cost": np.array([outcome.samples, outcome.multiply_adds]),
    }
    if outcome.activation != "relu":
        arrays["activation"] = np.array(of_layers(outcome.activation, outcome.mlp)[:-1])
    if outcome.step is not None:
        arrays |= {"step": np.array(outcome.step), "curve": outcome.curve}
    for i, mask in enumerate(outcome.masks):
        arrays[f"mask_{i}"] = np.packbits(mask)
        arrays[f"weights_{i}"] = outcome.mlp.weights[i][mask]
        arrays[f"biases_{i}"] = outcome.mlp.biases[i]
    return arrays


def from_arrays(arrays: dict[str, np.ndarray]) -> Outcome:
    """The outcome that `to_arrays` gave."""
    if "shapes" in arrays:
        shapes = arrays["shapes"].tolist()
    else:
        shapes = list(pairwise(arrays["sizes"].tolist()))
    masks, weights = [], []
    for i, shape in enumerate(map(tuple, shapes)):
        count = shape[0] * shape[1]
        mask = np.unpackbits(arrays[f"mask_{i}"], count=count).astype(bool).reshape(shape)
        layer = np.zeros(shape, arrays[f"weights_{i}"].dtype)
        layer[mask] = arrays[f"weights_{i}"]
        masks.append(mask)
        weights.append(layer)
    biases = tuple(arrays[f"biases_{i}"] for i in range(len(masks)))
    samples, multiply_adds = arrays["cost"].tolist()
    mlp = masked(MLP(tuple(weights), biases), tuple(masks))
    names = tuple(map(str, arrays["activation"])) if "activation" in arrays else "relu"
    outcome = Outcome(mlp, tuple(masks), float(arrays["validation"]), samples, multiply_adds, names)
    if "step" not in arrays:  # not trained, or by a version that did not keep it
        return outcome
    return outcome._replace(step=int(arrays["step"]), curve=arrays["curve"])


def _shapes(mlp: MLP) -> dict[str, np.ndarray]:
    """The sizes of layers of nodes; or, where a convolution makes others, the shapes of weights."""
    if mlp.shapes == list(pairwise(mlp.sizes)):
        return {"sizes": np.array(mlp.sizes)}
    return {"shapes": np.array(mlp.shapes)}
