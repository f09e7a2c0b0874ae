"""Controls of equal budget: what is due to the training alone, the size alone, or the mask alone.

A pruned network has often been trained longer than the dense one it is set against, and its size
may be all that counts. Liu et al. (2019, section 3) train what is left of a pruning from new
weights: for as many steps as the dense network (scratch-e), or for as many multiply-adds, at most
twice as many steps (scratch-b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.settings import ImageSettings
from wann.prune.images.training import Training
from wann.prune.masks.effective import effective, is_cut_off
from wann.prune.masks.selection import kept
from wann.prune.networks.architecture import Architecture
from wann.prune.networks.layers import multiply_adds
from wann.prune.networks.mlp import keep_all, masked, of_layers
from wann.prune.run import BIMODAL_DENSE, DENSE_EQUAL, SCRATCH_B, SMALL_DENSE

LONGEST = 2  # times the steps of the dense network, of scratch-b


@dataclass(frozen=True)
class EqualBudget:
    """The controls of one seed.

    Attributes:
        experiment: Settings, task and trainers.
        seed: Of everything random.
    """

    experiment: Experiment
    seed: int

    def outcome(
        self,
        arm: str,
        level: int,
        settings: ImageSettings,
        untrained: Outcome,
        start: Callable[[str], Outcome],
    ) -> Outcome:
        """The network of a control.

        Args:
            arm: Its name.
            level: The level whose size, mask or budget it has.
            settings: Those of the arm whose level it is.
            untrained: The dense network before any training.
            start: ``f(survivors)`` gives the level's mask with what survivors hold.
        """
        trainings = self.trainings(settings, level)
        if arm == DENSE_EQUAL:
            return self.dense(untrained, trainings)
        if arm == SMALL_DENSE:
            return self.small(level, kept(start("initial").masks), trainings)
        return self.scratch(arm, level, start("bimodal" if arm == BIMODAL_DENSE else "fresh"))

    def trainings(self, settings: ImageSettings, level: int) -> list[Training]:
        """What the weights of a level have been trained with, one after the other."""
        full = self.experiment.training
        again = [] if settings.retrain == "none" else [full]
        if settings.retrain == "fine-tune":
            again = [self.experiment.fine(full)]
        if settings.survivors != "trained":
            return again
        return [full, *again * (level if settings.schedule == "iterative" else 1)]

    def dense(self, start: Outcome, trainings: Sequence[Training]) -> Outcome:
        """The dense network after trainings one after the other; each is a step of the run.

        The first is the dense network's own, so that only what follows it is computed.
        """
        e, outcome = self.experiment, start
        for number, training in enumerate(trainings):
            name = f"{DENSE_EQUAL}-l{number}" if number else "own-dense"
            outcome = e.step(
                f"s{self.seed}-{name}",
                lambda before=outcome, how=training, n=number: e.trained(  # type: ignore[misc]
                    e.trainer, before, how, e.rng(self.seed, Chance.BATCHES, n)
                ),
            )
        return outcome

    def small(self, level: int, weights: int, trainings: Sequence[Training]) -> Outcome:
        """A dense network with about so many weights, after trainings one after the other."""
        e = self.experiment

        def compute() -> Outcome:
            small = narrowed(e.architecture, weights)
            mlp = small.initial(e.rng(self.seed, Chance.SMALL, level))
            outcome = Outcome(mlp, keep_all(mlp), 0.0, 0, 0, small.activation)
            for number, training in enumerate(trainings):
                rng = e.rng(self.seed, Chance.BATCHES, number)
                outcome = e.trained(e.trainer, outcome, training, rng)
            return outcome

        return e.step(f"s{self.seed}-{SMALL_DENSE}-l{level}", compute)

    def scratch(self, arm: str, level: int, start: Outcome) -> Outcome:
        """A level's mask with new weights, trained in full: scratch-e, or longer: scratch-b.

        Without the mask: bimodal-dense.
        """
        e, training = self.experiment, self.experiment.training
        if arm == BIMODAL_DENSE:
            start = start._replace(masks=keep_all(start.mlp))
        if arm == SCRATCH_B:
            whole, left = (
                multiply_adds(
                    start.mlp.shapes,
                    of_layers(start.activation, start.mlp),
                    len(e.task.inputs),
                    [kept([mask]) for mask in masks],
                )
                for masks in (keep_all(start.mlp), effective(start.masks))
            )
            steps = scratch_steps(training.steps, whole, left)
            training = replace(training, steps=steps)

        def compute() -> Outcome:
            if is_cut_off(start.masks):
                cut = start._replace(mlp=masked(start.mlp, start.masks))
                return cut._replace(validation=e.validation(cut))
            rng = e.rng(self.seed, Chance.BATCHES, level)
            return e.trained(e.trainer, start, training, rng)

        return e.step(f"s{self.seed}-{arm}-l{level}", compute)


def beside(
    experiment: Experiment, found: Result, trainings: Sequence[Training]
) -> Iterator[Result]:
    """What a method of its own procedure found, and the controls that the settings name.

    Args:
        experiment: Settings, task and trainers.
        found: The method's network.
        trainings: What its weights have been trained with, one after the other.
    """
    yield found
    budget = EqualBudget(experiment, found.seed)
    for arm in experiment.settings.arm_names():
        if arm == DENSE_EQUAL:
            outcome = budget.dense(experiment.untrained(found.seed), trainings)
        else:
            outcome = budget.small(found.level, kept(found.outcome.masks), trainings)
        yield found._replace(arm=arm, outcome=outcome, score=experiment.test(outcome))


def scratch_steps(steps: int, whole: int, left: int) -> int:
    """The steps of scratch-b: those that cost as much as with all multiply-adds, at most twice
    as many."""
    return steps * LONGEST if whole >= LONGEST * left else round(steps * whole / left)


def narrowed(architecture: Architecture, weights: int) -> Architecture:
    """The same with hidden layers narrowed alike, so that the weights are nearest to a number.

    Each hidden layer keeps at least a node; of equally near ones it is the smaller network.
    """
    inputs, *hidden, outputs = architecture.sizes
    widest = max(hidden)
    found = []
    for width in range(1, widest + 1):
        inner = [max(1, round(size * width / widest)) for size in hidden]
        small = replace(architecture, sizes=(inputs, *inner, outputs))
        found.append((abs(small.total - weights), small.total, small.sizes))
    return replace(architecture, sizes=min(found)[2])
