"""Distillation: a small network learns what a trained one says of each image, not only its class.

Hinton, Vinyals & Dean (2015), section 2: both networks' outputs are divided by a temperature T; the
student's loss is a mix of the cross entropy with the teacher's probabilities, times T², and of that
with the labels. Students are a small dense network, and the pruned teacher itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from wann.prune.images.descent import cross_entropy, descend, learned
from wann.prune.images.equal_budget import beside
from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.iterative import ImagePruning
from wann.prune.images.outcome import Outcome
from wann.prune.images.training import forward
from wann.prune.masks.selection import Masks, per_layer
from wann.prune.methods.base import BESIDE, TRAINED, TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import MLP, glorot_normal, keep_all, masked
from wann.prune.run import TICKET


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The teacher, and for each sparsity the students, each also as labels alone teach it.

    The arms: ticket (the small dense student), labels (the same network, without a teacher),
    pruned (the pruned teacher as student), pruned-labels.
    """
    own = ImagePruning(experiment, seed, TICKET, experiment.settings)
    teacher = own.dense_result(target=False)
    yield teacher
    for level, sparsity in enumerate(experiment.settings.sparsities(), 1):
        sizes = small(teacher.outcome.mlp.sizes, 1 - sparsity)
        dense = glorot_normal(sizes, experiment.rng(seed, Chance.SURVIVORS, level))
        scores = tuple(np.abs(w) for w in teacher.outcome.mlp.weights)
        masks = per_layer(scores, sparsity)
        for student, start, mask in (
            ("", dense, keep_all(dense)),
            ("pruned", teacher.outcome.mlp, masks),
        ):
            for mix, taught in ((experiment.settings.mix, ""), (0.0, "labels")):
                arm = "-".join(part for part in (student, taught) if part) or TICKET
                compute = partial(teach, experiment, seed, level, teacher.outcome, start, mask, mix)
                outcome = experiment.step(f"s{seed}-{arm}-l{level}", compute)
                score = experiment.test(outcome)
                found = Result(arm, seed, level, "C", outcome, score, target=arm == TICKET)
                if arm == TICKET:  # its teacher's training is part of its own
                    yield from beside(experiment, found, [experiment.training] * 2)
                else:
                    yield found


def small(sizes: tuple[int, ...], share: float) -> tuple[int, ...]:
    """The sizes of a dense network with hidden layers narrower by one factor, at least one node
    each, that has at most a share of the weights, or one node in each layer."""
    total = sum(a * b for a, b in pairwise(sizes))
    found = (sizes[0], *(1 for _ in sizes[1:-1]), sizes[-1])
    for step in range(1, 1001):
        hidden = (max(1, round(size * step / 1000)) for size in sizes[1:-1])
        narrower = (sizes[0], *hidden, sizes[-1])
        if sum(a * b for a, b in pairwise(narrower)) > share * total:
            break
        found = narrower
    return found


def teach(
    experiment: Experiment,
    seed: int,
    level: int,
    teacher: Outcome,
    start: MLP,
    masks: Masks,
    mix: float,
) -> Outcome:
    """Train a student; of the networks after equal parts, the best on validation."""
    training = experiment.training
    loss = Distillation(experiment.settings.temperature, mix, training.l2)
    fixed = (tuple(mask.astype(np.float32) for mask in masks), teacher.mlp)
    found = descend(experiment, loss, masked(start, masks), fixed, training, seed, level)
    outcome = learned(
        experiment, (Outcome(masked(m, masks), masks, 0, 0, 0) for m in found), training
    )
    passes = 3 * start.total + (teacher.mlp.total if mix else 0)
    pruned = start is teacher.mlp
    before = teacher if mix or pruned else Outcome(start, masks, 0.0, 0, 0)
    return outcome._replace(
        samples=before.samples + outcome.samples,
        multiply_adds=before.multiply_adds + passes * outcome.samples,
    )


@dataclass(frozen=True)
class Distillation:
    """The loss of a student; fixed are its masks and its teacher.

    Attributes:
        temperature: What outputs are divided by.
        mix: Share of the teacher.
        l2: Factor of half the sum of squared weights.
    """

    temperature: float
    mix: float
    l2: float

    def __call__(self, mlp: Any, fixed: Any, X: Any, y: Any, key: Any, progress: Any) -> Any:
        """See `descent.Loss`."""
        import jax

        masks, teacher = fixed
        outputs = forward(masked(mlp, masks), X)
        found = (1 - self.mix) * cross_entropy(outputs, y)
        if self.mix:
            wanted = jax.nn.softmax(forward(teacher, X) / self.temperature)
            said = jax.nn.log_softmax(outputs / self.temperature)
            found += self.mix * self.temperature**2 * -(wanted * said).sum(axis=1).mean()
        return found + self.l2 / 2 * sum((w * w).sum() for w in mlp.weights)


METHOD = Method(
    "distillation",
    "Hinton et al. 2015",
    "train a small dense network, and the pruned one, on what the trained one says",
    ImageMethod(
        TRAINED, (*TRAINING, "sparsity", "temperature", "mix", "arms"), results, arms=BESIDE
    ),
)
