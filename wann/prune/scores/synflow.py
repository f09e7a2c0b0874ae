"""SynFlow: what most of the flow passes, without data and before training."""

from __future__ import annotations

import numpy as np

from wann.prune.scores.pruned import Pruned, Scores


def synflow(pruned: Pruned, rng: np.random.Generator) -> Scores:
    """|w · ∂R/∂w| with R = 1ᵀ |W_1| ... |W_L| 1 (Tanaka et al., 2020): all paths through w."""
    weights = [np.abs(w).astype(np.float64) for w in pruned.weights]
    into = [np.ones(len(weights[0]))]
    for w in weights[:-1]:
        into.append(into[-1] @ w)
    out = [np.ones(weights[-1].shape[1])]
    for w in weights[:0:-1]:
        out.append(w @ out[-1])
    return tuple(
        a[:, None] * w * b[None, :] for a, w, b in zip(into, weights, out[::-1], strict=True)
    )
