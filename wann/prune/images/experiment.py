"""Experiment: what all methods work with, and the rows they report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np

from wann.core.genome import Genome
from wann.core.network import express
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask
from wann.envs.tables.regression import RegressionTask
from wann.prune.images.data import Data, examples_of, with_corrupted_labels
from wann.prune.images.outcome import Outcome, from_arrays, to_arrays
from wann.prune.images.settings import ImageSettings
from wann.prune.images.training import LEARNING_RATES, Trainer, Training
from wann.prune.masks.effective import is_cut_off
from wann.prune.masks.selection import Masks, kept
from wann.prune.networks.architecture import Architecture
from wann.prune.networks.layers import multiply_adds
from wann.prune.networks.mlp import MLP, keep_all, of_layers, quality
from wann.prune.networks.model import simplified
from wann.prune.run import CUT_OFF, PruneRun, Row
from wann.prune.steps import step

# Forward, and backward to the weights and to the inputs of a layer.
PASSES = 3
FINE_TUNING = {"steps": 3, "learning_rate": 10}  # divisors of the full training's


class Chance(IntEnum):
    """What random numbers are drawn for, within `Stream.PRUNING`."""

    INITIAL = 0
    BATCHES = 1
    SCORES = 2
    SURVIVORS = 3
    SHUFFLE = 4
    LABELS = 5
    SMALL = 6


class Result(NamedTuple):
    """A network to report.

    Attributes:
        arm: The arm's name.
        seed: Of everything random.
        level: Number of prunings.
        regime: A, B or C; see `results`.
        outcome: The network.
        score: Accuracy on the test images.
        spread: Over the shared weights, in regime A.
        target: Whether it is what was asked for, and its network is to be written.
        topology: What stands for the network under one shared weight; None where that is the
            network itself.
        note: What else there is to say of it.
    """

    arm: str
    seed: int
    level: int
    regime: Literal["A", "B", "C"]
    outcome: Outcome
    score: float
    spread: float | None = None
    target: bool = False
    topology: Genome | None = None
    note: str = ""


@dataclass(frozen=True)
class Experiment:
    """The settings of a run with the task and the trainers they name.

    Attributes:
        settings: All settings.
        task: The task.
        source: Another task of the same shape, to find the masks on.
        run: Where steps are kept; None for no files.
        tick: Called with the number of training steps just done; it stops them by raising.
    """

    settings: ImageSettings
    task: ClassificationTask | RegressionTask
    source: ClassificationTask | None = None
    run: PruneRun | None = None
    tick: Callable[[int], object] = lambda steps: None

    @cached_property
    def _done(self) -> dict[str, Any]:
        """The steps so far, where there is no run."""
        return {}

    @cached_property
    def data(self) -> Data:
        """The examples of the task."""
        return examples_of(self.task)

    @cached_property
    def trainer(self) -> Trainer:
        """Trains on the task."""
        return Trainer(self.data, self.tick, self.architecture.activation)

    @cached_property
    def finder(self) -> Trainer:
        """Trains where masks are found: on another task, if there is one."""
        if self.source is None:
            return self.trainer
        return Trainer(examples_of(self.source), self.tick, self.architecture.activation)

    def corrupted(self, seed: int) -> Trainer:
        """Trains on the task's images with permuted labels."""
        data = with_corrupted_labels(self.data, self.rng(seed, Chance.LABELS))
        return Trainer(data, self.tick, self.architecture.activation)

    @property
    def training(self) -> Training:
        """The full training."""
        s = self.settings
        rate = LEARNING_RATES[s.optimizer] if s.learning_rate is None else s.learning_rate
        return Training(s.steps, s.batch, s.optimizer, rate, s.l2)

    @property
    def finding(self) -> Training:
        """The full training where masks are found."""
        optimizer = self.settings.found_by
        if optimizer in ("", self.settings.optimizer):
            return self.training
        return replace(self.training, optimizer=optimizer, learning_rate=LEARNING_RATES[optimizer])

    @staticmethod
    def fine(training: Training) -> Training:
        """The training that follows a pruning of weights which are kept."""
        return replace(
            training,
            steps=max(1, training.steps // FINE_TUNING["steps"]),
            learning_rate=training.learning_rate / FINE_TUNING["learning_rate"],
        )

    def rng(self, seed: int, chance: Chance, *keys: int) -> np.random.Generator:
        """The generator of a seed, for one purpose."""
        return generator(seed, Stream.PRUNING, chance, *keys)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of inputs, hidden nodes and outputs of the dense network."""
        return (len(self.task.inputs), *self.settings.hidden_sizes(), len(self.task.outputs))

    @property
    def architecture(self) -> Architecture:
        """What the dense network is."""
        return Architecture(self.sizes, self.settings.network, self.settings.winners)

    @property
    def total(self) -> int:
        """Number of weights of the dense network."""
        return self.architecture.total

    def initial(self, seed: int) -> MLP:
        """The network of a seed before any training."""
        return self.architecture.initial(self.rng(seed, Chance.INITIAL))

    def untrained(self, seed: int) -> Outcome:
        """The same with all its weights in the masks, at no cost."""
        mlp = self.initial(seed)
        return Outcome(mlp, keep_all(mlp), 0.0, 0, 0, self.architecture.activation)

    def trained(
        self,
        trainer: Trainer,
        start: Outcome,
        training: Training,
        rng: np.random.Generator,
        learns: Masks | None = None,
    ) -> Outcome:
        """The outcome of training what another outcome holds; costs add up.

        Args:
            trainer: What trains.
            start: Where it begins.
            training: How.
            rng: Of the order of the images.
            learns: The weights that are trained; by default all in the masks.
        """
        found = trainer.train(start.mlp, start.masks, training, rng, learns)
        names = of_layers(start.activation, found.mlp)
        each = multiply_adds(found.mlp.shapes, names, len(self.task.inputs))
        return start._replace(
            mlp=found.mlp,
            validation=found.validation,
            samples=start.samples + found.samples,
            multiply_adds=start.multiply_adds + PASSES * found.samples * each,
            step=found.step,
            curve=found.curve,
        )

    def step(self, name: str, compute: Callable[[], Outcome]) -> Outcome:
        """The outcome of a step, computed once; see `steps`."""
        return self.keep(name, compute, to_arrays, from_arrays)

    def keep(
        self,
        name: str,
        compute: Callable[[], Any],
        arrays: Callable[[Any], dict[str, np.ndarray]],
        back: Callable[[dict[str, np.ndarray]], Any],
    ) -> Any:
        """What a step found, of any kind, computed once; see `steps`."""
        if self.run is not None:
            return step(self.run, name, compute, arrays, back)
        if name not in self._done:
            self._done[name] = compute()
        return self._done[name]

    def validation(self, outcome: Outcome) -> float:
        """Accuracy, or R², on the validation examples."""
        return quality(outcome.mlp, *self.data.validation, outcome.activation)

    def test(self, outcome: Outcome) -> float:
        """Accuracy, or R², on the test examples, which choose nothing."""
        return quality(outcome.mlp, *self.data.test, outcome.activation)

    def row(self, result: Result) -> Row:
        """The row of a result."""
        outcome, topology = result.outcome, result.topology
        live, alive = simplified(outcome.mlp, outcome.masks, outcome.activation)
        return Row(
            method=self.settings.method,
            arm=result.arm,
            seed=result.seed,
            level=result.level,
            regime=result.regime,
            sparsity=1 - kept(outcome.masks) / self.total,
            kept=kept(outcome.masks),
            connections=kept(alive) if topology is None else express(topology).complexity,
            biases=int(sum(np.count_nonzero(b) for b in live.biases)),
            score=result.score,
            validation=outcome.validation,
            spread=result.spread,
            samples=outcome.samples,
            multiply_adds=outcome.multiply_adds,
            step=outcome.step,
            note=result.note or (CUT_OFF if is_cut_off(outcome.masks) else ""),
        )

    def keep_curve(self, result: Result) -> None:
        """Keep the learning curve of a result's last training."""
        if self.run is not None and len(result.outcome.curve):
            self.run.add_curve(result.arm, result.seed, result.level, result.outcome.curve)
