"""Tuning the weights of control networks by evolution: CMA-ES, from the package cma (pycma)."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from wann.core.arrays import take, take_finite, take_whole
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.evaluation.pool import Pool
from wann.tune import strategy
from wann.tune.base import CASES, CONFIRM, CURVE, WEIGHTS, affordable, table, take_curve

STEP_SIZE = 0.1  # the first of each run
FRESH_CASES = 32  # of each step
CONFIRM_EVERY, CONFIRM_CASES = 10, 1000
PENALTY = 0.2  # how much the worst case counts in the choice of the best
PATIENCE = 400  # steps without progress until the next run
PROGRESS = 1e-3  # the least relative gain that counts as progress
IDLE_RUNS = 5  # runs in a row that found nothing better, after which it is over


class WeightEvolution:
    """CMA-ES on the weights of the connections that count, from one shared weight on, or others.

    A step draws candidates and tells the strategy the mean of each over the same fresh cases.
    Now and then the centre of its distribution, mostly better than the candidates drawn from it,
    is tried on many cases that are used for nothing else; the best centre there is kept, where
    the worst case counts extra, for a controller should not fail. A run that brings no progress
    ends, and the next begins. Where a run ends is a matter of luck, so every other one begins at
    the first weights again, and those between at the best weights.

    The package keeps its state in objects that only pickle could save; `strategy` has it as
    numbers. In checkpoints of older versions it is what was told since a run began: then `restore`
    draws the same candidates and tells the same again.

    Attributes:
        weights: The best weights so far by the confirmation cases, float64[C].
        spread: Standard deviation of the distribution they were the centre of, float64[C]; NaN
            where a connection does not count.
        iteration: Number of steps so far.
        curve: A row for each step, with the columns `base.CURVE`.
        restarts: Number of restarts so far.
        strategy: The CMA-ES that runs now, over the weights of connections that count.
    """

    def __init__(
        self,
        pool: Pool,
        network: Network,
        start: float | np.ndarray,
        seed: int,
        step_size: float = STEP_SIZE,
        population: int | None = None,
        cases: int = FRESH_CASES,
    ) -> None:
        """Start from one shared weight or from weights [C].

        Args:
            pool: The workers.
            network: The network, C enabled connections.
            start: The weights to start from.
            seed: Of everything random.
            step_size: The first of each run.
            population: Candidates of each step; by default few, as the package has it.
            cases: Fresh ones for each step.

        Raises:
            ValueError: If fewer than two connections count.
        """
        if network.complexity < 2:
            raise ValueError(
                f"expected a network of two or more connections, got {network.complexity}: "
                "--what shared finds all there is to find"
            )
        self._pool, self._network, self._seed = pool, network, seed
        self._blas = ThreadpoolController()
        rng = generator(seed, Stream.TUNING, CONFIRM)
        self._confirmation = pool.evaluator.confirmation(
            rng, affordable(pool.evaluator, CONFIRM_CASES)
        )
        self._start = np.broadcast_to(np.asarray(start, np.float64), (network.enabled,))
        self._step_size, self._population, self._cases = (
            step_size,
            population,
            affordable(pool.evaluator, cases),
        )
        self.weights = self._start.copy()
        self.spread = np.full(network.enabled, np.nan)
        self.spread[network.genes] = step_size
        self.iteration = 0
        self.curve: list[dict[str, Any]] = []
        self._evaluations, self._seconds = 0, 0.0
        self._score, self._mean = self._confirm(self.weights)
        self._idle = 0
        self._begin(0)

    def _begin(self, run: int) -> None:
        """Begin a run, by turns at the first weights and at the best weights."""
        self.restarts = run
        self._origin = (self.weights if run % 2 else self._start)[self._network.genes]
        self._before = self._score
        self._progress, self._progress_at = -math.inf, self.iteration
        self._told = 0  # steps of this run
        self.strategy = self._new_strategy()

    def _new_strategy(self) -> Any:
        import cma  # only now: it brings much of SciPy with it, which takes a second

        self._rng = rng = generator(self._seed, Stream.TUNING, WEIGHTS, self.restarts)
        options = {
            "randn": lambda *shape: rng.standard_normal(shape),
            "seed": math.nan,  # leave NumPy's global generator alone
            "verbose": -9,
            **({} if self._population is None else {"popsize": self._population}),
        }
        return cma.CMAEvolutionStrategy(self._origin, self._step_size, options)

    def step(self) -> dict[str, Any]:
        """Draw, score and tell one population; the step's row of the curve."""
        started = time.monotonic()
        candidates = self._ask()
        rng = generator(self._seed, Stream.TUNING, CASES, self.iteration)
        cases = self._pool.evaluator.draw(rng, self._cases)
        means = self.scores(self._full(candidates), cases).mean(axis=1)
        self._tell(candidates, means)
        self.iteration += 1
        if self.iteration % CONFIRM_EVERY == 0:
            self._challenge()
        self._seconds += time.monotonic() - started
        values = (
            self.iteration,
            round(self._seconds, 3),
            self._evaluations,
            float(means.max()),
            float(np.median(means)),
            self._mean,
        )
        self.curve.append(dict(zip(CURVE, values, strict=True)))
        return self.curve[-1]

    def finished(self) -> bool:
        """Whether the last runs found nothing better."""
        return self._idle >= IDLE_RUNS

    def _ask(self) -> np.ndarray:
        with self._blas.limit(limits=1):
            return np.array(self.strategy.ask())

    def _tell(self, candidates: np.ndarray, means: np.ndarray) -> None:
        with self._blas.limit(limits=1):
            self.strategy.tell(list(candidates), (-means).tolist())
        self._told += 1

    def _challenge(self) -> None:
        """Let the centre of the distribution become the best; look for progress."""
        centre = self._full(np.asarray(self.strategy.result.xfavorite)[None, :])[0]
        score, mean = self._confirm(centre)
        if score > self._score:
            self.weights, self._score, self._mean = centre, score, mean
            self.spread[self._network.genes] = self.strategy.result.stds
        if not mean <= self._progress + PROGRESS * abs(self._progress):
            self._progress, self._progress_at = mean, self.iteration
        elif self.iteration - self._progress_at >= PATIENCE or self.strategy.stop():
            self._idle = 0 if self._score > self._before else self._idle + 1
            self._begin(self.restarts + 1)

    def _full(self, candidates: np.ndarray) -> np.ndarray:
        """Candidates [λ, E] as weights [λ, C]: connections that do not count keep theirs."""
        weights = np.tile(self.weights, (len(candidates), 1))
        weights[:, self._network.genes] = candidates
        return weights

    def scores(self, weights: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """The scores [λ, R] of weights [λ, C]; what is not finite counts as the worst."""
        self._evaluations += len(weights) * len(cases)
        scores = self._pool.scores([self._network], weights, cases)[0]
        finite = np.isfinite(scores)
        return np.where(finite, scores, scores[finite].min() if finite.any() else 0.0)

    def _confirm(self, weights: np.ndarray) -> tuple[float, float]:
        """The robust and the mean score of weights [C] on the confirmation cases."""
        scores = self.scores(weights[None, :], self._confirmation)
        return float(robust(scores)[0]), float(scores.mean())

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state, for a checkpoint."""
        counts = [self.restarts, self._idle, self.iteration, self._evaluations, self._progress_at]
        return {
            **(strategy.to_arrays(self.strategy, self._rng) if self._told else {}),
            "steps": np.array(self._told),
            "counts": np.array(counts),
            "numbers": np.array(
                [self._score, self._mean, self._before, self._progress, self._seconds]
            ),
            "weights": self.weights,
            "spread": self.spread,
            "origin": self._origin,
            "centre": np.asarray(self.strategy.result.xfavorite),
            "curve": table(self.curve),
        }

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take up the state that `to_arrays` gave; what follows is what would have followed.

        Raises:
            ValueError: If an array is missing or does not fit; or if the strategy does not come to
                where it was, which another version of cma or another kind of processor may cause.
        """
        network = self._network
        counts = take_whole(arrays, "counts", 5).tolist()
        self.restarts, self._idle, self.iteration, self._evaluations, self._progress_at = counts
        numbers = take(arrays, "numbers", float, 5).tolist()
        self._score, self._mean, self._before, self._progress, self._seconds = numbers
        # Before the first look at a run's progress there is none.
        usable = [math.isfinite(n) or (i == 3 and n == -math.inf) for i, n in enumerate(numbers)]
        if not all(usable) or self._seconds < 0:
            raise ValueError(f"numbers: expected finite scores and seconds, got {numbers}")
        self.weights = take_finite(arrays, "weights", network.enabled)
        self.spread = take(arrays, "spread", float, *np.shape(self.spread))
        counting = self.spread[network.genes]
        if not (np.isfinite(counting) & (counting >= 0)).all():
            raise ValueError("spread: expected finite deviations of the connections that count")
        self._origin = take_finite(arrays, "origin", network.complexity)
        centre = take_finite(arrays, "centre", network.complexity)
        whole = ("iteration", "evaluations")
        self.curve = [
            {name: int(value) if name in whole else value for name, value in row.items()}
            for row in take_curve(arrays)
        ]
        if len(self.curve) != self.iteration or self._progress_at > self.iteration:
            raise ValueError(
                f"counts: expected {len(self.curve)} iterations, as the curve has, got {counts}"
            )
        self._told = 0
        self.strategy = self._new_strategy()
        if "told" in arrays:  # of an older version
            for means in take_finite(arrays, "told", None, self.strategy.popsize):
                self._tell(self._ask(), means)
        else:
            self._told = int(take_whole(arrays, "steps"))
            if self._told:
                with self._blas.limit(limits=1):
                    strategy.restore(self.strategy, self._rng, self._told, arrays)
        if not np.allclose(self.strategy.result.xfavorite, centre, rtol=1e-6):
            raise ValueError(
                "expected to come to where the tuning stood, but this version of cma, or this "
                "machine, computes otherwise"
            )


def robust(scores: np.ndarray) -> np.ndarray:
    """What weights are chosen by, for scores [..., R]: mean - PENALTY · (mean - worst)."""
    return (1 - PENALTY) * scores.mean(axis=-1) + PENALTY * scores.min(axis=-1)
