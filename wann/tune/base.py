"""Tuning weights: the best shared weight of a network, and the loop that tunes individual ones.

Both keep to one rule: cases on which weights are sought, cases on which the choice is confirmed,
and cases on which it is reported are never the same.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation.gym import Episodes
from wann.evaluation.images import Batches
from wann.evaluation.pool import Pool, Trials

# The second key of `Stream.TUNING`: what cases are for.
SHARED, WEIGHTS, CASES, CONFIRM, REPORT = range(5)

ZOOMS = 4  # rounds of refinement of the shared weight
KEPT = 5  # weights a round looks around
ZOOM = 4  # by which the spacing shrinks from round to round
ROUNDS = ("round", "weight", "mean")
COARSE_CASES, ROUND_CASES, CONFIRM_CASES = 32, 128, 1000
STEPPED = 8  # times fewer cases where episodes are stepped in Python, for what they cost


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
        count = affordable(pool.trials, ROUND_CASES if round_ else COARSE_CASES)
        cases = pool.trials.draw(generator(seed, Stream.TUNING, SHARED, round_), count)
        tried.append(weights)
        means.append(pool.scores([network], weights, cases)[0].mean(axis=1))
        best = weights[np.argsort(-means[-1], kind="stable")[:KEPT]]
        steps = np.arange(-ZOOM, 1 + ZOOM) * spacing / ZOOM
        weights = np.unique(np.add.outer(best, steps))
        spacing /= ZOOM
    known = np.unique(known)
    finalists = np.union1d(best, known)
    count = affordable(pool.trials, CONFIRM_CASES)
    cases = pool.trials.confirmation(generator(seed, Stream.TUNING, CONFIRM), count)
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


def affordable(trials: Trials, cases: int) -> int:
    """How many cases to use where compiled tasks use this many."""
    return -(-cases // STEPPED) if isinstance(trials, Episodes) else cases


def clearly_better(new: np.ndarray, old: np.ndarray) -> bool:
    """Whether scores [R] beat others on the same cases by more than chance.

    Their mean difference must exceed twice its standard error; a single case is all there is,
    such as all validation images.
    """
    difference = new - old
    error = difference.std() / np.sqrt(max(len(difference) - 1, 1))
    return bool(difference.mean() > 2 * error)


class WeightTuner(Protocol):
    """A way to tune individual weights, step by step: CMA-ES, gradients.

    Attributes:
        weights: The best weights so far by the confirmation cases, float64[C].
        iteration: Number of steps so far.
        curve: A row for each step, with the names in `CURVE`.
    """

    weights: np.ndarray
    iteration: int
    curve: list[dict[str, Any]]

    def step(self) -> dict[str, Any]:
        """Take one step; its row of the curve."""

    def finished(self) -> bool:
        """Whether more steps would not help."""

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state, for a checkpoint."""

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take up the state that `to_arrays` gave.

        Raises:
            ValueError: If that cannot be done; it says why.
        """


# The row of a step: the number of steps, seconds and scored cases so far; the mean training score
# of the best and of the median candidate; the mean confirmation score of the best weights so far.
CURVE = ("iteration", "seconds", "evaluations", "best", "median", "confirmed")


def table(curve: list[dict[str, Any]]) -> np.ndarray:
    """The rows of a curve, float64[T, 6], for a checkpoint."""
    rows = [[row[name] for name in CURVE] for row in curve]
    return np.array(rows, np.float64).reshape(-1, len(CURVE))


def tune(
    tuner: WeightTuner,
    *,
    time_limit: float = math.inf,
    steps: float = math.inf,
    report: Callable[[dict[str, Any]], object] = lambda row: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Take steps until the tuner is done, or a limit or an interruption ends it.

    Args:
        tuner: What takes the steps.
        time_limit: Seconds after which the tuning stops.
        steps: Steps, those before a resume included, after which it stops.
        report: Called with the row of each step.
        interrupted: Asked after each step whether to stop.
    """
    deadline = time.monotonic() + time_limit
    while not tuner.finished() and tuner.iteration < steps:
        report(tuner.step())
        if interrupted() or time.monotonic() > deadline:
            break


def tuner_for(pool: Pool, network: Network, start: float, seed: int) -> WeightTuner:
    """What tunes individual weights on the pool's task, from a shared weight on.

    Raises:
        ValueError: If there is nothing to tune, or no way to tune it.
    """
    if isinstance(pool.trials, Batches):
        from wann.tune.adam import WeightTraining

        return WeightTraining(pool, network, start, seed)
    from wann.tune.cma_es import WeightEvolution

    return WeightEvolution(pool, network, start, seed)


def measure(
    pool: Pool, network: Network, weights: float | np.ndarray, seed: int, episodes: int
) -> dict[str, Any]:
    """The final scores of a shared weight or [C] individual weights, on cases that chose nothing.

    Args:
        pool: The workers.
        network: The network.
        weights: The weights.
        seed: That of the tuning.
        episodes: Number of cases; all weights meet the same.

    Returns:
        on, what the cases are; mean and, of several cases, std and worst of the scores.
    """
    cases = pool.trials.report(generator(seed, Stream.TUNING, REPORT), episodes)
    choice = np.asarray(weights, dtype=np.float64)[None]
    scores = pool.scores([network], choice, cases)[0, 0]
    found = {"on": pool.trials.describe(cases), "mean": float(scores.mean())}
    if len(scores) > 1:
        found.update(std=float(scores.std()), worst=float(scores.min()))
    return found
