"""Scores of one connection alone: of its weight, its first weight, or chance."""

from __future__ import annotations

import numpy as np

from wann.prune.scores.pruned import Pruned, Scores


def random(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """Uniform in [0, 1): a control."""
    return tuple(rng.random(w.shape) for w in pruned.weights)


def magnitude(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w| (Han et al., 2015; Frankle & Carbin, 2019)."""
    return tuple(np.abs(w) for w in pruned.weights)


def initial_magnitude(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w| before training (Frankle et al., 2021, as a control)."""
    return tuple(np.abs(w) for w in pruned.initial)


def large_final_same_sign(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w| if training has not changed its sign, else 0 (Zhou et al., 2019)."""
    return tuple(
        np.where(np.sign(w) == np.sign(w0), np.abs(w), 0.0)
        for w, w0 in zip(pruned.weights, pruned.initial, strict=True)
    )


def movement(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w - w before training| (Zhou et al., 2019)."""
    return tuple(np.abs(w - w0) for w, w0 in zip(pruned.weights, pruned.initial, strict=True))


def magnitude_increase(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w| - |w before training| (Zhou et al., 2019)."""
    return tuple(
        np.abs(w) - np.abs(w0) for w, w0 in zip(pruned.weights, pruned.initial, strict=True)
    )


def signal_to_noise(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|mean| / standard deviation of the search distribution (Lange & Sprekeler, 2023)."""
    assert pruned.deviations is not None
    return tuple(np.abs(w) / d for w, d in zip(pruned.weights, pruned.deviations, strict=True))
