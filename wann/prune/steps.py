"""The steps of a pruning run: each one's outcome is a file, and is never computed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wann.core import files
from wann.prune.networks.mlp import MLP, Activation, Masks, masked
from wann.prune.run import PruneRun


class DamagedStep(ValueError):
    """The file of a step cannot be read."""


class Outcome(NamedTuple):
    """A network and what it took to get it.

    Attributes:
        mlp: The network, 0 outside its masks.
        masks: Its masks.
        validation: Its accuracy on the validation examples.
        samples: Images seen so far, with their labels.
        multiply_adds: Those so far.
        activation: Of the hidden layers.
    """

    mlp: MLP
    masks: Masks
    validation: float
    samples: int
    multiply_adds: int
    activation: Activation = "relu"


@contextmanager
def whole(file: Path) -> Iterator[None]:
    """Say what to do where the file of a step turns out to be damaged.

    Raises:
        DamagedStep: If anything goes wrong.
    """
    try:
        yield
    except Exception as error:  # zipfile and NumPy raise a dozen kinds on damaged bytes
        raise DamagedStep(
            f"{file}: expected a step of a pruning run, but it is damaged ({error}); delete it, "
            "and --resume computes it again"
        ) from None


def step(run: PruneRun, name: str, compute: Callable[[], Outcome]) -> Outcome:
    """The outcome of a step: read, if it is done, else computed and kept.

    Args:
        run: Where it is kept.
        name: The name of the step in the run.
        compute: What computes it.

    Raises:
        DamagedStep: If the step's file is damaged.
    """
    file = run.step(name)
    if file.exists():
        with whole(file):
            return _from_arrays(files.read_arrays(file))
    outcome = compute()
    files.write_arrays(file, _to_arrays(outcome))
    return outcome


def _to_arrays(outcome: Outcome) -> dict[str, np.ndarray]:
    """Only the weights inside the masks are kept."""
    arrays = {
        "sizes": np.array(outcome.mlp.sizes),
        "validation": np.array(outcome.validation),
        "cost": np.array([outcome.samples, outcome.multiply_adds]),
    }
    for i, mask in enumerate(outcome.masks):
        arrays[f"mask_{i}"] = np.packbits(mask)
        arrays[f"weights_{i}"] = outcome.mlp.weights[i][mask]
        arrays[f"biases_{i}"] = outcome.mlp.biases[i]
    return arrays


def _from_arrays(arrays: dict[str, np.ndarray]) -> Outcome:
    sizes = arrays["sizes"].tolist()
    masks, weights = [], []
    for i, shape in enumerate(pairwise(sizes)):
        count = shape[0] * shape[1]
        mask = np.unpackbits(arrays[f"mask_{i}"], count=count).astype(bool).reshape(shape)
        layer = np.zeros(shape, arrays[f"weights_{i}"].dtype)
        layer[mask] = arrays[f"weights_{i}"]
        masks.append(mask)
        weights.append(layer)
    biases = tuple(arrays[f"biases_{i}"] for i in range(len(masks)))
    samples, multiply_adds = arrays["cost"].tolist()
    mlp = masked(MLP(tuple(weights), biases), tuple(masks))
    return Outcome(mlp, tuple(masks), float(arrays["validation"]), samples, multiply_adds)
