"""Controls of equal budget: what is due to the training alone, the size alone, or the mask alone.

A pruned network has often been trained longer than the dense one it is set against, and its size
may be all that counts. Liu et al. (2019, section 3) train what is left of a pruning from new
weights: for as many steps as the dense network (scratch-e), or for as many multiply-adds, at most
twice as many steps (scratch-b).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from wann.prune.images.experiment import Chance, Experiment
from wann.prune.images.outcome import Outcome
from wann.prune.images.settings import ImageSettings
from wann.prune.images.training import Training
from wann.prune.masks.effective import effective, is_cut_off
from wann.prune.masks.selection import kept
from wann.prune.networks.mlp import glorot_normal, keep_all, masked
from wann.prune.run import BIMODAL_DENSE, DENSE_EQUAL, SCRATCH_B, SMALL_DENSE

LONGEST = 2  # times the steps of the dense network, of scratch-b


@dataclass(frozen=True)
class EqualBudget:
    """The controls of one seed.

    Attributes:
        experiment: Settings, task and trainers.
        seed: Of everything random.
        sizes: Of the dense network: inputs, hidden nodes, outputs.
    """

    experiment: Experiment
    seed: int
    sizes: tuple[int, ...]

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
            sizes = narrowed(self.sizes, weights)
            mlp = glorot_normal(sizes, e.rng(self.seed, Chance.SMALL, level))
            outcome = Outcome(mlp, keep_all(mlp), 0.0, 0, 0)
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
            steps = scratch_steps(training.steps, start.mlp.total, kept(effective(start.masks)))
            training = replace(training, steps=steps)

        def compute() -> Outcome:
            if is_cut_off(start.masks):
                cut = start._replace(mlp=masked(start.mlp, start.masks))
                return cut._replace(validation=e.validation(cut))
            rng = e.rng(self.seed, Chance.BATCHES, level)
            return e.trained(e.trainer, start, training, rng)

        return e.step(f"s{self.seed}-{arm}-l{level}", compute)


def scratch_steps(steps: int, weights: int, left: int) -> int:
    """The steps of scratch-b: those that cost as much as with all weights, at most twice them."""
    return steps * LONGEST if weights >= LONGEST * left else round(steps * weights / left)


def narrowed(sizes: Sequence[int], weights: int) -> tuple[int, ...]:
    """The sizes with hidden layers narrowed alike, so that the weights are nearest to a number.

    Each hidden layer keeps at least a node; of equally near ones it is the smaller network.
    """
    inputs, *hidden, outputs = sizes
    widest = max(hidden)
    found = []
    for width in range(1, widest + 1):
        inner = [max(1, round(size * width / widest)) for size in hidden]
        all_sizes = (inputs, *inner, outputs)
        total = sum(a * b for a, b in pairwise(all_sizes))
        found.append((abs(total - weights), total, all_sizes))
    return min(found)[2]
