"""Pruning of policies level by level, and the controls: a budget of training for each."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wann.prune.iterative import IterativePruning
from wann.prune.masks.selection import highest, shuffled
from wann.prune.methods.base import PolicyMethod
from wann.prune.methods.registry import of_policies
from wann.prune.networks import policy
from wann.prune.policies.experiment import Chance, Level, PolicyExperiment
from wann.prune.run import DENSE_EQUAL, INVERTED, REINITIALISED, SHUFFLED, TICKET, Row
from wann.prune.scores.pruned import Pruned
from wann.prune.scores.registry import SCORES, WITHOUT_TRAINING
from wann.prune.steps import step

GONE = -np.inf  # the score of a connection that does nothing: it goes first


def rows(experiment: PolicyExperiment, seed: int) -> Iterator[Row]:
    """The row of each policy of one seed, as soon as it is pruned, trained and saved."""
    return PolicyPruning(experiment, seed, TICKET).results()


def dead_first(scores: np.ndarray, live: np.ndarray, inverted: bool = False) -> np.ndarray:
    """Scores [C], the lowest first where inverted; what is not live goes before all others."""
    return np.where(live, -scores if inverted else scores, GONE)


@dataclass(frozen=True)
class PolicyPruning(IterativePruning[Row]):
    """The levels of one arm of one seed; what the run's steps already hold is not computed again.

    Attributes:
        experiment: Settings, task and workers.
        seed: Of everything random.
        arm: Its name.
    """

    experiment: PolicyExperiment
    seed: int
    arm: str

    def other(self, arm: str) -> PolicyPruning:
        """The levels of the method with its scores inverted."""
        return PolicyPruning(self.experiment, self.seed, arm)

    @property
    def levels(self) -> range:
        """The levels after the dense one."""
        return range(1, len(self._counts) + 1)

    @property
    def control_levels(self) -> range:
        """All of them."""
        return self.levels

    @property
    def controls(self) -> list[str]:
        """The arms of the controls."""
        return self.experiment.settings.arm_names()

    @property
    def branches(self) -> Container[str]:
        """The arms with this one's masks, or as many connections elsewhere."""
        return (REINITIALISED, SHUFFLED, DENSE_EQUAL)

    def dense(self) -> Iterator[Row]:
        """Level 0."""
        yield self._row(self.arm, 0, self._found(0))

    def level(self, number: int) -> Iterator[Row]:
        """The policy of a level."""
        yield self._row(self.arm, number, self._found(number))

    def branch(self, arm: str, number: int) -> Iterator[Row]:
        """A level's mask with other initial weights, or as large a mask elsewhere, or no mask."""
        if arm == DENSE_EQUAL:
            yield self._row(arm, number, self._equal(number))
            return
        e = self.experiment
        mask, first = self._mask(number), self._first
        if arm == REINITIALISED:
            first = policy.glorot_normal(e.sizes, e.rng(self.seed, Chance.FRESH, number))
        else:
            layers = policy.split(mask, e.sizes)
            mask = policy.join(shuffled(layers, e.rng(self.seed, Chance.SHUFFLE, number)))

        def compute() -> Level:
            return e.trained(mask, first, first, self._cost(number), self.seed)

        yield self._row(arm, number, self._step(arm, number, compute))

    def _equal(self, number: int) -> Level:
        """The dense policy, trained on as often as the level's."""
        e = self.experiment
        before = self._equal(number - 1) if number > 1 else self._found(0)
        return self._step(
            DENSE_EQUAL,
            number,
            lambda: e.trained(before.mask, before.first, before.weights, before.cost, self.seed),
        )

    def is_cut_off(self, number: int) -> bool:
        """Whether no input reaches an output any more."""
        live = self.experiment.alive(self._mask(number))
        return int(np.count_nonzero(live)) == policy.biases(live, self.experiment.sizes)

    @property
    def _method(self) -> PolicyMethod:
        return of_policies(self.experiment.settings.method)

    @cached_property
    def _first(self) -> np.ndarray:
        e = self.experiment
        return policy.glorot_normal(e.sizes, e.rng(self.seed, Chance.INITIAL))

    @property
    def _counts(self) -> list[int]:
        return self.experiment.settings.counts(len(self._first))

    @cached_property
    def _levels(self) -> dict[int, Level]:
        """The levels so far."""
        return {}

    def _found(self, number: int) -> Level:
        """The policy of a level; the dense one is every arm's."""
        if number not in self._levels:
            arm = self.arm if number else TICKET
            compute = (lambda: self._pruned(number)) if number else self._trained_dense
            self._levels[number] = self._step(arm, number, compute)
        return self._levels[number]

    def _step(self, arm: str, number: int, compute: Callable[[], Level]) -> Level:
        name = f"{arm}-s{self.seed}-l{number}"
        return step(
            self.experiment.run, name, compute, Level._asdict, lambda arrays: Level(**arrays)
        )

    def _trained_dense(self) -> Level:
        first = self._first
        mask, nothing = np.ones(len(first), bool), np.zeros(2, np.int64)
        return self.experiment.trained(mask, first, first, nothing, self.seed)

    def _pruned(self, number: int) -> Level:
        method = self._method
        origin = self._base(number).weights if method.survivors == "trained" else self._first
        cost = self._cost(number)
        train = method.retrain == "full"
        return self.experiment.trained(
            self._mask(number), self._first, origin, cost, self.seed, train
        )

    def _base(self, number: int) -> Level:
        """The policy whose connections a level prunes."""
        return self._found(number - 1 if self._method.schedule == "iterative" else 0)

    def _cost(self, number: int) -> np.ndarray:
        """What it took to find a level's mask."""
        if self._method.score in WITHOUT_TRAINING:
            return np.zeros(2, np.int64)
        return self._base(number).cost

    def _mask(self, number: int) -> np.ndarray:
        """A level's mask, within that of the level it prunes."""
        e, base = self.experiment, self._base(number)
        live = e.alive(base.mask)
        weights, first, masks, deviations = (
            policy.split(flat, e.sizes) for flat in (base.weights, base.first, live, base.spread)
        )
        pruned = Pruned(weights, first, masks, deviations=deviations)
        layers = SCORES[self._method.score](pruned, e.rng(self.seed, Chance.SCORES))
        scores = dead_first(policy.join(layers), live, self.arm == INVERTED)
        return highest(scores, self._counts[number - 1], base.mask)

    def _row(self, arm: str, number: int, level: Level) -> Row:
        """The row of a level; its network is written with it."""
        self.experiment.save_network(arm, self.seed, number, level)
        return self.experiment.row(arm, self.seed, number, level)
