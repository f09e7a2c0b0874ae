"""What the weights that survive a pruning hold before they are trained again, or used."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from wann.prune.masks.selection import Masks
from wann.prune.networks.mlp import MLP, deviations_of, drawn


class Past(NamedTuple):
    """The states of a network that survivors can be taken from.

    Attributes:
        initial: Before any training.
        early: After a few steps of its first training.
        trained: After the last training.
        masks: Which weights survive.
    """

    initial: MLP
    early: MLP
    trained: MLP
    masks: Masks = ()


def initial(past: Past, rng: np.random.Generator) -> MLP:
    """The first values (Frankle & Carbin, 2019)."""
    return past.initial


def early(past: Past, rng: np.random.Generator) -> MLP:
    """The values after a few steps: rewinding (Frankle et al., 2020)."""
    return past.early


def trained(past: Past, rng: np.random.Generator) -> MLP:
    """The values they have (Han et al., 2015)."""
    return past.trained


def fresh(past: Past, rng: np.random.Generator) -> MLP:
    """Other values of the initial distribution."""
    return drawn(past.initial.shapes, rng)


def bimodal(past: Past, rng: np.random.Generator) -> MLP:
    """First values of survivors of the same layer, at random: their distribution, which has two
    modes, and nothing else of them; 0 where none survives."""
    weights = tuple(
        rng.choice(w[mask], w.shape) if mask.any() else np.zeros_like(w)
        for w, mask in zip(past.initial.weights, past.masks, strict=True)
    )
    return MLP(weights, past.initial.biases)


def signed_constant(past: Past, rng: np.random.Generator) -> MLP:
    """The first value's sign, times the deviation of the layer's first values (Zhou, 2019)."""
    weights = tuple(
        (np.sign(w) * deviation).astype(np.float32)
        for w, deviation in zip(
            past.initial.weights, deviations_of(past.initial.shapes), strict=True
        )
    )
    return MLP(weights, past.initial.biases)


def signed_shared(past: Past, rng: np.random.Generator) -> MLP:
    """The first value's sign: with a shared weight, one bit a connection more than without."""
    return MLP(
        tuple(np.sign(w).astype(np.float32) for w in past.initial.weights), past.initial.biases
    )


def unsigned_shared(past: Past, rng: np.random.Generator) -> MLP:
    """One: with a shared weight, nothing but the topology."""
    return MLP(tuple(np.ones_like(w) for w in past.initial.weights), past.initial.biases)


SURVIVORS: dict[str, Callable[[Past, np.random.Generator], MLP]] = {
    "initial": initial,
    "early": early,
    "trained": trained,
    "fresh": fresh,
    "bimodal": bimodal,
    "signed-constant": signed_constant,
    "signed-shared": signed_shared,
    "unsigned-shared": unsigned_shared,
}
SIGNED_SHARED = "signed-shared"
SHARED = (SIGNED_SHARED, "unsigned-shared")  # which take one weight for all connections
