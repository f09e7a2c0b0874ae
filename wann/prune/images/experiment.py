"""Experiment: what all methods work with, and the rows and networks they report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np

from wann.core import files
from wann.core.genome import Genome
from wann.core.network import express
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask
from wann.prune.images.data import Data, examples_of, with_corrupted_labels
from wann.prune.images.outcome import Outcome, from_arrays, to_arrays
from wann.prune.images.settings import ImageSettings
from wann.prune.images.training import LEARNING_RATES, Trainer, Training
from wann.prune.masks.effective import is_cut_off
from wann.prune.masks.selection import Masks, kept
from wann.prune.networks.deploy import deployed
from wann.prune.networks.mlp import MLP, accuracy, glorot_normal
from wann.prune.networks.model import simplified, to_model, untrained
from wann.prune.run import CUT_OFF, TICKET, PruneRun, Row
from wann.prune.steps import step

# Forward, and backward to the weights and to the inputs of a layer.
PASSES = 3
LARGEST = 50_000  # connections of a network that is written to a file
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
    task: ClassificationTask
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
        return Trainer(self.data, self.tick)

    @cached_property
    def finder(self) -> Trainer:
        """Trains where masks are found: on another task, if there is one."""
        if self.source is None:
            return self.trainer
        return Trainer(examples_of(self.source), self.tick)

    def corrupted(self, seed: int) -> Trainer:
        """Trains on the task's images with permuted labels."""
        return Trainer(with_corrupted_labels(self.data, self.rng(seed, Chance.LABELS)), self.tick)

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
    def total(self) -> int:
        """Number of weights of the dense network."""
        return sum(a * b for a, b in pairwise(self.sizes))

    def initial(self, seed: int) -> MLP:
        """The network of a seed before any training."""
        return glorot_normal(self.sizes, self.rng(seed, Chance.INITIAL))

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
        return Outcome(
            found.mlp,
            start.masks,
            found.validation,
            start.samples + found.samples,
            start.multiply_adds + PASSES * found.samples * found.mlp.total,
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
        """Accuracy on the validation examples."""
        return accuracy(outcome.mlp, *self.data.validation, outcome.activation)

    def test(self, outcome: Outcome) -> float:
        """Accuracy on the test examples, which choose nothing."""
        return accuracy(outcome.mlp, *self.data.test, outcome.activation)

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

    def save_network(self, result: Result) -> None:
        """Write the network of a result, unless it is too large to be of use as a file.

        A network that is cut off is none.
        """
        masks = result.outcome.masks
        if self.run is None or kept(masks) > LARGEST or is_cut_off(masks):
            return
        scores = {"on": f"{len(self.data.test.y):,} test images", "mean": result.score}
        search = {
            "method": self.settings.method,
            "arm": result.arm,
            "seed": result.seed,
            "level": result.level,
        }
        if result.topology is not None:
            model = untrained(result.topology, self.task, scores, search)
        else:
            model = to_model(
                result.outcome.mlp,
                result.outcome.masks,
                self.task,
                activation=result.outcome.activation,
                normalisation=self.data.normalisation,
                scores=scores,
                search=search,
                first=self._first(result),
            )
        self.run.save_network(model, result.arm, result.seed, result.level)

    def save_deployed(self, result: Result) -> None:
        """Write what is left of a network without what is gone, where that is asked for."""
        if self.run is None or not self.run.deploys or is_cut_off(result.outcome.masks):
            return
        ratio = self.settings.n_of_m()
        arrays = deployed(result.outcome, self.data.normalisation, ratio[1] if ratio else None)
        file = self.run.deployed(result.arm, result.seed, result.level)
        file.parent.mkdir(exist_ok=True)
        files.write_arrays(file, arrays)

    def _first(self, result: Result) -> MLP | None:
        """The network before any training, where a result is a mask of it."""
        first = self.initial(result.seed)
        own = result.arm == TICKET and first.sizes == result.outcome.mlp.sizes
        return first if own else None
