"""One tuning: what it reads, shows and writes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from wann.cli import guards
from wann.cli.figures import run_of
from wann.cli.progress import TuningProgress
from wann.core import files, locks
from wann.core.checks import parse_weights
from wann.core.text import number
from wann.envs.gym import GymTask
from wann.envs.task import ControlTask
from wann.evaluation.pool import Pool
from wann.plotting import curves
from wann.storage.subject import Subject
from wann.tune.base import CURVE, WeightTuner, affordable, score
from wann.tune.checkpoint import Autosave, Checkpoint
from wann.tune.loop import tune, tuner_for
from wann.tune.shared_weight import CONFIRM_CASES, ROUNDS, SharedTuning, tune_shared

if TYPE_CHECKING:
    from wann.tune.__main__ import Options


class Results(NamedTuple):
    """The files to write."""

    tuned: Path
    csv: Path
    png: Path
    checkpoint: Path

    @classmethod
    def of(cls, subject: Subject, out: Path | None) -> Results:
        """Those of a subject, beside it or in a folder."""
        names = ("tune.csv", "tune.png", "tune-checkpoint.npz")
        return cls(subject.tuned_file(out), *(subject.file(name, out) for name in names))


@dataclass(frozen=True)
class Job:
    """One tuning, with what it reads, shows and writes."""

    console: Console
    pool: Pool
    options: Options
    subject: Subject
    results: Results
    lock: locks.Lock

    def tune_shared(self) -> None:
        """Find the best shared weight; write, print and draw it."""
        shared = self._find_shared()
        files.write_csv(self.results.csv, ROUNDS, shared.rows())
        details = {"what": "shared", "seed": self.options.seed, "confirmed": shared.confirmed}
        self._conclude(shared.weight, details, {"best weight of the search": shared.known})
        chosen, unit = (shared.weight, shared.confirmed), self.subject.unit
        figure = curves.shared_tuning(shared.tried, shared.means, shared.rounds, chosen, unit)
        self._draw(figure, self.options.seed, f"{len(shared.tried):,} shared weights")

    def begin(self) -> Checkpoint:
        """Where a tuning of individual weights begins: with the best shared weight."""
        shared = self._find_shared()
        return Checkpoint(self.options.seed, shared.weight, shared.confirmed, shared.known)

    def tune_weights(self, begun: Checkpoint, interrupted: Callable[[], bool]) -> None:
        """Tune individual weights, from where it began or was interrupted."""
        with guards.bad_input():
            tuner = tuner_for(self.pool, self.subject.model.network, begun.start, begun.seed)
            self._restore(tuner, begun)
        checkpoint, genome = self.results.checkpoint, self.subject.model.genome
        autosave = Autosave(begun, tuner, checkpoint, genome, self.lock)
        with TuningProgress(self.console, self.options.time_limit) as progress:

            def report(row: dict[str, Any]) -> None:
                progress(row)
                autosave()

            tune(
                tuner,
                time_limit=self.options.time_limit,
                steps=math.inf if self.options.steps is None else self.options.steps,
                report=report,
                interrupted=interrupted,
            )
        autosave.save()
        files.write_csv(self.results.csv, CURVE, tuner.curve)
        last = tuner.curve[-1] if tuner.curve else {}
        details = {"what": "weights", "seed": begun.seed, "start": begun.start, **last}
        before = {"best weight of the search": begun.known, "best shared weight": begun.start}
        self._conclude(tuner.weights, details, before)
        if tuner.curve:
            figure = curves.weight_tuning(tuner.curve, begun.confirmed, self.subject.unit)
            self._draw(figure, begun.seed, f"{np.size(tuner.weights):,} weights")

    def _restore(self, tuner: WeightTuner, begun: Checkpoint) -> None:
        """Bring a tuner to where it was.

        Raises:
            ValueError: If the checkpoint does not hold what it needs.
        """
        if not begun.state:
            return
        try:
            tuner.restore(begun.state)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ValueError(f"{self.results.checkpoint}: {error}; --force starts anew") from None

    def _find_shared(self) -> SharedTuning:
        coarse = parse_weights(self.options.weights)
        known, network = self.subject.config.weight_values, self.subject.model.network
        with self.console.status("looking for the best shared weight ..."):
            return tune_shared(self.pool, network, coarse, known, self.options.seed)

    def _draw(self, figure: Figure, seed: int, tuned: str) -> None:
        episodes = affordable(self.pool.evaluator, CONFIRM_CASES)
        played = isinstance(self.subject.task, ControlTask | GymTask)
        confirmed = f"{episodes:,} episodes" if played else "the validation examples"
        run = run_of(self.subject, self.subject.config)
        parts = [*run, f"tuning seed {seed}: {tuned}", f"confirmed on {confirmed}"]
        self.options.figures.write(figure, self.results.png, *parts)

    def _conclude(
        self, weights: float | np.ndarray, details: dict[str, Any], before: dict[str, float]
    ) -> None:
        """Score the weights, and those before by name, on the same fresh cases; save and print."""
        model, seed, episodes = self.subject.model, details["seed"], self.options.episodes
        scores = score(self.pool, model.network, weights, seed, episodes)
        table = Table(title=f"Scores on {scores['on']}")
        for column in ("weights", "mean", "± of episodes", "worst"):
            table.add_column(column, justify="left" if column == "weights" else "right")
        for name, weight in before.items():
            found = score(self.pool, model.network, weight, seed, episodes)
            table.add_row(f"{name}, {weight:.4g}", *_cells(found))
        name = (
            "tuned weights" if isinstance(weights, np.ndarray) else f"tuned shared, {weights:.4g}"
        )
        table.add_row(name, *_cells(scores))
        tuned = replace(model, weights=weights, scores={**scores, "tuning": details})
        tuned.save(self.results.tuned)
        self.console.print(table)
        self.console.print(f"Saved {self.results.tuned}.", soft_wrap=True)


def _cells(scores: dict[str, Any]) -> list[str]:
    names = ("mean", "std", "worst")  # of one case, such as all test images, only the first
    return [number(scores[name]) if name in scores else "" for name in names]
