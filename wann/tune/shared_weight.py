"""The best shared weight of a network: a coarse sweep, then finer ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation.pool import Pool
from wann.tune.base import CONFIRM, SHARED, affordable

ZOOMS = 4  # rounds of refinement of the shared weight


KEPT = 5  # weights a round looks around


ZOOM = 4  # by which the spacing shrinks from round to round


ROUNDS = ("round", "weight", "mean")


COARSE_CASES, ROUND_CASES, CONFIRM_CASES = 32, 128, 1000


@dataclass(frozen=True, eq=False)
class SharedTuning:
    """How the best shared weight was found.

    Attributes:
        weight: The best shared weight.
        tried: float64[T], all weights that were tried, round by round.
        means: float64[T], their mean scores in their round.
        rounds: int64[T], the round of each; 0 is the coarse sweep.
        confirmed: Mean score of the best weight on the confirmation cases.
        known: The best there of the weights that were known before.
    """

    weight: float
    tried: np.ndarray
    means: np.ndarray
    rounds: np.ndarray
    confirmed: float
    known: float

    def rows(self) -> list[dict[str, Any]]:
        """A row for each weight that was tried, with the columns `ROUNDS`."""
        table = zip(self.rounds.tolist(), self.tried.tolist(), self.means.tolist(), strict=True)
        return [dict(zip(ROUNDS, row, strict=True)) for row in table]


def tune_shared(
    pool: Pool, network: Network, coarse: np.ndarray, known: np.ndarray, seed: int
) -> SharedTuning:
    """Find the best shared weight: a coarse sweep, then finer ones around the best few.

    Each round meets new cases. The best weights of the last one and the known ones are confirmed
    on cases that no round used; a known weight stays unless a new one is clearly better.

    Args:
        pool: The workers.
        network: The network.
        coarse: Weights to start with, float64[W], sorted.
        known: Weights that stay in the race to the end: those of the search.
        seed: Of the cases.
    """
    spacing = float(np.diff(coarse).mean()) if len(coarse) > 1 else 0.0
    weights = np.union1d(coarse, known)
    tried, means = [], []
    for round_ in range(1 + ZOOMS):
        count = affordable(pool.evaluator, ROUND_CASES if round_ else COARSE_CASES)
        cases = pool.evaluator.draw(generator(seed, Stream.TUNING, SHARED, round_), count)
        tried.append(weights)
        means.append(pool.scores([network], weights, cases)[0].mean(axis=1))
        best = weights[np.argsort(-means[-1], kind="stable")[:KEPT]]
        steps = np.arange(-ZOOM, 1 + ZOOM) * spacing / ZOOM
        weights = np.unique(np.add.outer(best, steps))
        spacing /= ZOOM
    known = np.unique(known)
    finalists = np.union1d(best, known)
    count = affordable(pool.evaluator, CONFIRM_CASES)
    cases = pool.evaluator.confirmation(generator(seed, Stream.TUNING, CONFIRM), count)
    scores = pool.scores([network], finalists, cases)[0]
    old = int(np.where(np.isin(finalists, known), scores.mean(axis=1), -np.inf).argmax())
    new = int(scores.mean(axis=1).argmax())
    chosen = new if clearly_better(scores[new], scores[old]) else old
    return SharedTuning(
        float(finalists[chosen]),
        np.concatenate(tried),
        np.concatenate(means),
        np.repeat(np.arange(1 + ZOOMS), [len(weights) for weights in tried]),
        float(scores[chosen].mean()),
        float(finalists[old]),
    )


def clearly_better(new: np.ndarray, old: np.ndarray) -> bool:
    """Whether scores [R] beat others on the same cases by more than chance.

    Their mean difference must exceed twice its standard error; a single case is all there is,
    such as all validation images.
    """
    difference = new - old
    error = difference.std() / np.sqrt(max(len(difference) - 1, 1))
    return bool(difference.mean() > 2 * error)
