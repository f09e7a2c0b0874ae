"""Tuning a network in a program: the best shared weight, and from it on individual weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wann.cli import guards
from wann.cli.progress import TuningProgress
from wann.core.network import Network
from wann.evaluation.pool import Pool
from wann.tune import loop
from wann.tune.base import score
from wann.tune.shared_weight import SharedTuning, tune_shared


@dataclass(frozen=True)
class Limits:
    """When a tuning ends: seconds and steps for individual weights; and the cases of its score."""

    seconds: float
    steps: float
    episodes: int


@dataclass(frozen=True, eq=False)
class Tuned:
    """The weights that were found, their scores on fresh cases, and how they were found."""

    weights: float | np.ndarray
    scores: dict[str, Any]
    shared: SharedTuning
    curve: list[dict[str, Any]]


def tune(
    pool: Pool,
    network: Network,
    what: str,
    coarse: np.ndarray,
    known: np.ndarray,
    seed: int,
    limits: Limits,
    progress: bool,
) -> Tuned:
    """Tune the weights of a network; see `tune.shared_weight` and `tune.loop`.

    Args:
        pool: The workers.
        network: The network.
        what: "shared" or "weights".
        coarse: Shared weights to start with, float64[W], sorted.
        known: Shared weights that stay in the race, those of the search, float64[V].
        seed: Of everything random.
        limits: When it ends.
        progress: Whether to show how it goes.

    Raises:
        ValueError: If a package is missing, or there is nothing to tune.
    """
    shared = tune_shared(pool, network, coarse, known, seed)
    weights: float | np.ndarray = shared.weight
    details: dict[str, Any] = {"what": what, "seed": seed}
    curve: list[dict[str, Any]] = []
    if what == "weights":
        tuner = loop.tuner_for(pool, network, shared.weight, seed)
        with TuningProgress(guards.console(not progress), limits.seconds) as line:
            loop.tune(tuner, time_limit=limits.seconds, steps=limits.steps, report=line)
        weights, curve = tuner.weights, tuner.curve
        details |= {"start": shared.weight, **(curve[-1] if curve else {})}
    else:
        details["confirmed"] = shared.confirmed
    scores = score(pool, network, weights, seed, limits.episodes)
    return Tuned(weights, {**scores, "tuning": details}, shared, curve)
