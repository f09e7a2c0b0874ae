"""Early-Bird tickets: the mask settles long before the weights do.

You et al. (2020), algorithm 1: after each epoch of the training, find the mask that pruning now
would give. Once the last five masks differ in at most a tenth of their places, prune, and train on
for the steps that are left. A mask that never settles gives no ticket: that is the result, then.

By default nodes go, by their coefficients, as in the paper; what is left of the network is really
smaller, and so is the cost of the rest of its training. Beside it stands the full ticket, drawn at
the end of the training and trained on as long again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np

from wann.prune.images import rounds
from wann.prune.images.experiment import PASSES, Chance, Experiment, Result
from wann.prune.images.iterative import ImagePruning
from wann.prune.images.outcome import Outcome, from_arrays, to_arrays
from wann.prune.images.settings import COEFFICIENTS
from wann.prune.masks.selection import Masks, distance, of_nodes, per_layer
from wann.prune.methods import coefficients
from wann.prune.methods.base import TRAINING, ImageMethod, Method
from wann.prune.methods.coefficients import Scaled
from wann.prune.networks.mlp import MLP, keep_all, masked
from wann.prune.networks.shrink import shrunk
from wann.prune.run import TICKET

WINDOW = 5  # masks that must agree
DISTANCE = 0.1  # share of places
FOUND, FULL = "found", "full-ticket"  # arms: the ticket as it is drawn; the one drawn at the end


class Drawn(NamedTuple):
    """A ticket as it is drawn.

    Attributes:
        outcome: The network, pruned and not trained since.
        distances: After each epoch, by how much the last masks differ at most; infinite while
            they are too few. float64[epochs].
    """

    outcome: Outcome
    distances: np.ndarray

    @property
    def settled(self) -> bool:
        """Whether the mask had settled when it was drawn."""
        return bool(self.distances[-1] <= DISTANCE)


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The dense network; for each sparsity the ticket when it is drawn, trained on, and the full.

    The samples of the arm `found` say how early that was.
    """
    yield ImagePruning(experiment, seed, TICKET, experiment.settings).dense_result(target=False)
    for level, sparsity in enumerate(experiment.settings.sparsities(), 1):
        bird = EarlyBird(experiment, seed, level, sparsity)
        early, full = bird.drawn(FOUND), bird.drawn(FULL)
        epochs = len(early.distances)
        note = f"the mask settled after {epochs} of {bird.epochs} epochs"
        if not early.settled:
            note = f"the mask has not settled in {epochs} epochs: there is no Early-Bird ticket"
        yield bird.result(FOUND, early.outcome, note)
        late = bird.trained(FULL, full.outcome, experiment.settings.steps)
        if early.settled:
            steps = experiment.settings.steps - epochs * bird.epoch
            ticket = bird.trained(TICKET, early.outcome, steps)
            share = ticket.multiply_adds / late.multiply_adds
            note = f"{share:.0%} of the multiply-adds of the full ticket"
            yield bird.result(TICKET, ticket, note)
        yield bird.result(FULL, late)


class EarlyBird(NamedTuple):
    """The tickets of one seed and sparsity."""

    experiment: Experiment
    seed: int
    level: int
    sparsity: float

    @property
    def epoch(self) -> int:
        """Steps of an epoch."""
        e = self.experiment
        return min(max(1, len(e.data.train.y) // e.settings.batch), e.settings.steps)

    @property
    def epochs(self) -> int:
        """Whole ones in the training."""
        return self.experiment.settings.steps // self.epoch

    def result(self, arm: str, outcome: Outcome, note: str = "") -> Result:
        """An outcome to report; its network is written but for the one just drawn."""
        score = self.experiment.test(outcome)
        place = (arm, self.seed, self.level)
        return Result(*place, "C", outcome, score, target=arm != FOUND, note=note)

    def drawn(self, arm: str) -> Drawn:
        """The ticket of the first epoch at which the mask has settled, or of the last epoch."""

        def arrays(drawn: Drawn) -> dict[str, np.ndarray]:
            return {**to_arrays(drawn.outcome), "distances": drawn.distances}

        def back(arrays: dict[str, np.ndarray]) -> Drawn:
            return Drawn(from_arrays(arrays), arrays["distances"])

        name = f"s{self.seed}-early-bird-l{self.level}-{arm}-drawn"
        return self.experiment.keep(name, partial(self._draw, arm == FOUND), arrays, back)

    def _draw(self, early: bool) -> Drawn:
        e = self.experiment
        rng = e.rng(self.seed, Chance.BATCHES, 0)
        initial = e.initial(self.seed)
        recent: list[Masks] = []
        distances: list[float] = []
        for scaled in self._training(initial, rng):
            places, masks = self._masks(scaled, initial)
            recent = [*recent[1 - WINDOW :], places]
            distances.append(spread(recent))
            if early and distances[-1] <= DISTANCE:
                break
        steps = len(distances) * self.epoch
        samples = steps * min(e.settings.batch, len(e.data.train.y))
        mlp = masked(scaled.folded(), masks)
        if self._structured:
            mlp, masks = shrunk(mlp, masks)
            masks = keep_all(mlp)
        outcome = Outcome(mlp, masks, 0.0, samples, PASSES * samples * initial.total, step=steps)
        outcome = outcome._replace(validation=e.validation(outcome))
        return Drawn(outcome, np.array(distances))

    @property
    def _structured(self) -> bool:
        scope = self.experiment.settings.scope
        return scope == COEFFICIENTS or scope.startswith("nodes")

    def _training(self, initial: MLP, rng: np.random.Generator) -> Iterator[Scaled]:
        """The network after each epoch."""
        e, parts = self.experiment, [self.epoch] * self.epochs
        if e.settings.scope == COEFFICIENTS:
            penalty = e.settings.coefficient_l1
            for scaled in coefficients.train(initial, e.data, e.training, penalty, rng, parts):
                yield scaled
                e.tick(self.epoch)
            return
        ones = tuple(np.ones(len(b), np.float32) for b in initial.biases[:-1])
        for mlp in e.trainer.run(initial, keep_all(initial), e.training, rng, parts):
            yield Scaled(mlp, ones)

    def _masks(self, scaled: Scaled, initial: MLP) -> tuple[Masks, Masks]:
        """What is compared from epoch to epoch, and the masks of the weights."""
        e = self.experiment
        if e.settings.scope == COEFFICIENTS:
            scores = [np.abs(c) for c in scaled.coefficients]
            nodes = per_layer(scores, self.sparsity)
            return nodes, of_nodes(nodes, initial.shapes)
        everything = Outcome(scaled.mlp, keep_all(initial), 0.0, 0, 0)
        shares = (self.sparsity,) * len(initial.weights)
        rng = e.rng(self.seed, Chance.SCORES, 0)
        masks, *_ = rounds.prune(e.settings, everything, initial, shares, e.data.train, rng)
        if self._structured:
            return tuple(np.count_nonzero(mask, axis=0) > 0 for mask in masks[:-1]), masks
        return masks, masks

    def trained(self, arm: str, start: Outcome, steps: int) -> Outcome:
        """A ticket, trained on for so many steps."""
        e = self.experiment
        if steps < 1:
            return start

        def compute() -> Outcome:
            rng = e.rng(self.seed, Chance.BATCHES, self.level)
            return e.trained(e.trainer, start, replace(e.training, steps=steps), rng)

        return e.step(f"s{self.seed}-early-bird-l{self.level}-{arm}", compute)


def spread(recent: Sequence[Masks]) -> float:
    """By how much any two of the last masks differ; infinite while there are too few."""
    if len(recent) < WINDOW:
        return float("inf")
    return max(distance(a, b) for a, b in combinations(recent, 2))


METHOD = Method(
    "early-bird",
    "You et al. 2020",
    "drop nodes as soon as the mask has settled, early in the training, and train the rest",
    ImageMethod(
        {"sparsity": "0.5", "scope": COEFFICIENTS, "coefficient_l1": 1e-4},
        (*TRAINING, "sparsity", "score", "scope", "coefficient_l1"),
        results,
    ),
)
