"""Pruning of image classifiers level by level, and the controls.

Each level after the dense one scores the weights of the one before (or, in one shot, of the dense
network), keeps the best, gives the survivors their values, and trains them. The levels that find a
mask and the training that reports on it may differ, in the task, the optimizer or the labels: then
the two are trained apart.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Literal

from wann.prune import iterative
from wann.prune.images import frozen, shared_weight
from wann.prune.images.equal_budget import EqualBudget
from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.rewinding import SHARED, SIGNED_SHARED, SURVIVORS, Past
from wann.prune.images.rounds import prune
from wann.prune.images.settings import EQUAL_BUDGET, HELD, ImageSettings
from wann.prune.images.training import Trainer, Training
from wann.prune.masks import schedules
from wann.prune.masks.effective import is_cut_off
from wann.prune.masks.selection import Masks, shuffled
from wann.prune.networks.mlp import MLP, masked
from wann.prune.run import (
    CORRUPTED_LABELS,
    INVERTED,
    NATIVE,
    REINITIALISED,
    SHUFFLED,
    TICKET,
)
from wann.prune.scores.registry import SCORES, WITHOUT_TRAINING


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The networks of one seed: the method's own, and those of each control."""
    return ImagePruning(experiment, seed, TICKET, experiment.settings).results()


@dataclass(frozen=True)
class ImagePruning(iterative.IterativePruning[Result]):
    """The levels of one arm of one seed.

    Attributes:
        experiment: Settings, task and trainers.
        seed: Of everything random.
        arm: Its name.
        settings: Those of the run, perhaps with another score.
    """

    experiment: Experiment
    seed: int
    arm: str
    settings: ImageSettings

    def other(self, arm: str) -> ImagePruning:
        """The levels of a control that finds its masks in another way."""
        settings = self.settings
        if arm in SCORES:
            settings = replace(settings, score=arm)
        elif arm == NATIVE:
            settings = replace(settings, found_on="", found_by="")
        return ImagePruning(self.experiment, self.seed, arm, settings)

    @property
    def trains_first(self) -> bool:
        """Whether level 0 is trained; if not, the initial network is what is pruned."""
        looks = self.settings.score not in WITHOUT_TRAINING
        return looks or self.settings.survivors == "trained" or bool(self.settings.n_of_m())

    @property
    def levels(self) -> list[int]:
        """The levels after the dense one."""
        return list(range(1, len(self._schedule) + 1))

    @property
    def control_levels(self) -> list[int]:
        """The levels at which there are controls."""
        return self.levels if self.settings.controls == "all" else self.targets

    @property
    def controls(self) -> list[str]:
        """The arms of the controls."""
        return self.settings.arm_names()

    @property
    def branches(self) -> Container[str]:
        """The arms with this one's masks, or as many weights elsewhere."""
        return (REINITIALISED, SHUFFLED, *EQUAL_BUDGET, *HELD, *SURVIVORS)

    @cached_property
    def targets(self) -> list[int]:
        """The levels at which a sparsity that was asked for is reached."""
        if self.settings.schedule == "one-shot" or self.settings.n_of_m():
            return self.levels
        return [1 + self._schedule.index(shares) for shares in self._levels(iterative=False)]

    @cached_property
    def _schedule(self) -> list[tuple[float, ...]]:
        if self.settings.n_of_m():
            return [()]
        return self._levels(self.settings.schedule == "iterative")

    def _levels(self, iterative: bool) -> list[tuple[float, ...]]:
        s = self.settings
        if (own := s.layer_sparsities()) is not None:
            return schedules.of_layers(own, s.rate, iterative)
        counts, rates = (
            [w.size for w in self._initial.weights],
            [s.rate] * len(self._initial.weights),
        )
        if s.scope == "layer":  # Frankle & Carbin, 2019, figure 2
            rates[-1] /= 2
        return schedules.levels(counts, s.sparsities(), rates, iterative)

    @cached_property
    def _initial(self) -> MLP:
        return self.experiment.initial(self.seed)

    @cached_property
    def _early(self) -> MLP:
        training = replace(
            self._finding, steps=min(self.settings.early_step, self.settings.steps), choose=False
        )
        start = self._untrained
        rng = self.experiment.rng(self.seed, Chance.BATCHES, 0)
        return self._finder.train(start.mlp, start.masks, training, rng).mlp

    @property
    def _untrained(self) -> Outcome:
        return self.experiment.untrained(self.seed)

    @cached_property
    def _finder(self) -> Trainer:
        """What trains where masks are found."""
        if self.arm == CORRUPTED_LABELS:
            return self.experiment.corrupted(self.seed)
        return self.experiment.finder if self.settings.found_on else self.experiment.trainer

    @property
    def _finding(self) -> Training:
        """How."""
        if self.arm == CORRUPTED_LABELS:  # what is right for them is not what is learnt
            return replace(self.experiment.finding, choose=False)
        return self.experiment.finding if self.settings.found_by else self.experiment.training

    @property
    def _apart(self) -> bool:
        """Whether masks are found and reported on by different trainings."""
        return self._finder is not self.experiment.trainer or self._finding != (
            self.experiment.training
        )

    @property
    def _where(self) -> str:
        """What the names of steps begin with where masks are found; shared by equal arms."""
        where = "corrupted" if self.arm == CORRUPTED_LABELS else "found" if self._apart else "own"
        return f"s{self.seed}-{where}"

    def dense(self) -> Iterator[Result]:
        """Level 0; nothing where it is not trained."""
        if self.trains_first:
            yield self.dense_result(target=not self.levels)

    def dense_result(self, target: bool) -> Result:
        """Level 0, trained on the task itself."""
        e = self.experiment
        outcome = e.step(
            f"s{self.seed}-own-dense", lambda: self._train_dense(e.trainer, e.training)
        )
        return Result(self.arm, self.seed, 0, "C", outcome, e.test(outcome), target=target)

    def level(self, number: int) -> Iterator[Result]:
        """The network of a level."""
        outcome = self._found(number)
        if self._apart:
            name = f"s{self.seed}-{self.arm}-l{number}-trained"
            compute = partial(self._reported, number, self.settings.survivors)
            outcome = self.experiment.step(name, compute)
        yield from self._result(self.arm, number, outcome, self.settings.survivors)

    def branch(self, arm: str, number: int) -> Iterator[Result]:
        """The network of a control with a level's mask, its number of weights, or its budget."""
        e = self.experiment
        if arm in (*EQUAL_BUDGET, *HELD):
            if arm in HELD:
                compute = partial(self._frozen, arm, number)
                outcome = e.step(f"s{self.seed}-{arm}-l{number}", compute)
            else:
                budget = EqualBudget(e, self.seed)
                start = partial(self._start, number)
                outcome = budget.outcome(arm, number, self.settings, self._untrained, start)
            target, score = number in self.targets, e.test(outcome)
            yield Result(arm, self.seed, number, "C", outcome, score, target=target)
            return
        survivors = {REINITIALISED: "fresh", SHUFFLED: self.settings.survivors}.get(arm, arm)
        name = f"s{self.seed}-{arm}-l{number}"
        compute = partial(self._reported, number, survivors, shuffle=arm == SHUFFLED)
        yield from self._result(arm, number, e.step(name, compute), survivors)

    def _result(self, arm: str, level: int, outcome: Outcome, survivors: str) -> Iterator[Result]:
        target = level in self.targets
        e = self.experiment
        if survivors in SHARED:
            yield from shared_weight.results(
                e, arm, self.seed, level, outcome, target, survivors == SIGNED_SHARED
            )
            return
        untrained = self.settings.retrain == "none" and survivors != "trained"
        regime: Literal["A", "C"] = "A" if untrained else "C"
        yield Result(arm, self.seed, level, regime, outcome, e.test(outcome), target=target)

    def _train_dense(self, trainer: Trainer, training: Training) -> Outcome:
        rng = self.experiment.rng(self.seed, Chance.BATCHES, 0)
        return self.experiment.trained(trainer, self._untrained, training, rng)

    def _found(self, level: int) -> Outcome:
        """The network of a level where masks are found."""
        if level == 0:
            if not self.trains_first:
                return self._untrained
            return self.experiment.step(
                f"{self._where}-dense", lambda: self._train_dense(self._finder, self._finding)
            )
        name = f"{self._where}-{self.arm}-l{level}"
        return self.experiment.step(name, lambda: self._pruned(level))

    def _base(self, level: int) -> Outcome:
        """The network whose weights a level prunes."""
        iterative = self.settings.schedule == "iterative" and self.trains_first
        return self._found(level - 1 if iterative else 0)

    def _pruned(self, level: int) -> Outcome:
        start = self._start(level, self.settings.survivors)
        return self._trained(start, level, self.settings.retrain, self._finder, self._finding)

    def _reported(self, level: int, survivors: str, shuffle: bool = False) -> Outcome:
        """The network of a level on the task itself, whatever found its mask."""
        start = self._start(level, survivors)
        if shuffle:
            rng = self.experiment.rng(self.seed, Chance.SHUFFLE, level)
            start = start._replace(masks=shuffled(start.masks, rng))
        retrain = "none" if survivors in SHARED else self.settings.retrain
        if retrain == "fine-tune" and (shuffle or survivors != self.settings.survivors):
            retrain = "full"  # a little training is not enough for weights from elsewhere
        e = self.experiment
        return self._trained(start, level, retrain, e.trainer, e.training)

    def _frozen(self, arm: str, level: int) -> Outcome:
        """The survivors trained among pruned weights that hold their first values."""
        start, dense = self._start(level, self.settings.survivors), self._found(0).mlp
        mlp = frozen.combined(start.masks, start.mlp, self._initial)
        among = frozen.held(arm, start.masks, self._initial, dense)
        e = self.experiment
        rng = e.rng(self.seed, Chance.BATCHES, level)
        whole = start._replace(mlp=mlp, masks=among)
        return e.trained(e.trainer, whole, e.training, rng, learns=start.masks)

    def _trained(
        self,
        start: Outcome,
        level: int,
        retrain: str,
        trainer: Trainer,
        training: Training,
    ) -> Outcome:
        if retrain == "none" or is_cut_off(start.masks):
            mlp = masked(start.mlp, start.masks)
            start = start._replace(mlp=mlp)
            return start._replace(validation=self.experiment.validation(start))
        if retrain == "fine-tune":
            training = self.experiment.fine(training)
        rng = self.experiment.rng(self.seed, Chance.BATCHES, level)
        return self.experiment.trained(trainer, start, training, rng)

    def _start(self, level: int, survivors: str) -> Outcome:
        """A level's mask and what the survivors hold, with what finding it has cost."""
        base = self._base(level)
        masks, samples, multiply_adds = self._mask(base, level)
        early = self._early if survivors == "early" else MLP((), ())
        past = Past(self._initial, early, base.mlp, masks)
        rng = self.experiment.rng(self.seed, Chance.SURVIVORS, level)
        mlp = SURVIVORS[survivors](past, rng)
        cost = base.samples + samples, base.multiply_adds + multiply_adds
        return Outcome(mlp, masks, 0.0, *cost, base.activation)

    def _mask(self, base: Outcome, level: int) -> tuple[Masks, int, int]:
        """A level's mask, and the images and multiply-adds that its scores take."""
        rng = self.experiment.rng(self.seed, Chance.SCORES, level)
        examples, shares = self._finder.data.train, self._schedule[level - 1]
        inverted = self.arm == INVERTED
        return prune(self.settings, base, self._initial, shares, examples, rng, inverted)
