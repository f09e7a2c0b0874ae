"""Sparse from the first step to the last, with connections that move: SET and RigL.

Layers begin with Erdős-Rényi densities, at random places (Mocanu et al., 2018). Every so often a
share of each layer's connections, those with the smallest weights, is dropped, and as many grow:
SET's anywhere, RigL's where the loss's gradient is largest (Evci et al., 2020, algorithm 1). They
begin at 0; the share falls along half a cosine, and nothing moves in the last quarter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from wann.core.rng import Stream, generator
from wann.prune.images.equal_budget import beside
from wann.prune.images.experiment import PASSES, Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.masks.selection import Masks, highest, kept
from wann.prune.methods.base import BESIDE, TRAINED, TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import MLP, masked
from wann.prune.run import TICKET
from wann.prune.scores.gradients import IMAGES, gradient

MOVES = 20  # times that connections move
DROPPED = 0.3  # share of a layer's connections at first
UNTIL = 0.75  # share of the training after which they stay


def results(by_gradient: bool, experiment: Experiment, seed: int) -> Iterator[Result]:
    """The network of each sparsity, each trained from the start."""
    for level, sparsity in enumerate(experiment.settings.sparsities(), 1):
        compute = partial(train, experiment, seed, level, sparsity, by_gradient)
        outcome = experiment.step(f"s{seed}-moving-l{level}", compute)
        found = Result(TICKET, seed, level, "C", outcome, experiment.test(outcome), target=True)
        yield from beside(experiment, found, [experiment.training])


def train(
    experiment: Experiment, seed: int, level: int, sparsity: float, by_gradient: bool
) -> Outcome:
    """Train, and move connections in between; the optimizer starts anew after each move."""
    mlp, training = experiment.initial(seed), experiment.training
    rng = generator(seed, Stream.PRUNING, Chance.SCORES, level, 1)
    images = experiment.rng(seed, Chance.BATCHES, level)
    masks = tuple(
        highest(rng.random(w.shape), round(share * w.size))
        for w, share in zip(mlp.weights, densities(mlp.sizes, 1 - sparsity), strict=True)
    )
    moving = max(1, int(UNTIL * training.steps / MOVES))
    moves = min(MOVES, (training.steps - 1) // moving)
    part = replace(training, steps=moving, choose=False)
    for number in range(moves):
        mlp = experiment.trainer.train(mlp, masks, part, images).mlp
        share = DROPPED / 2 * (1 + np.cos(np.pi * number / moves))
        wanted = tuple(rng.random(w.shape) for w in mlp.weights)
        if by_gradient:
            X, y = experiment.data.train
            chosen = rng.choice(len(y), min(IMAGES, len(y)), replace=False)
            found = gradient(_double(masked(mlp, masks)), X[chosen].astype(np.float64), y[chosen])
            wanted = tuple(np.abs(g) for g in found.weights)
        masks, mlp = moved(mlp, masks, wanted, share)
    rest = replace(training, steps=training.steps - moves * moving)
    last = experiment.trainer.train(mlp, masks, rest, images)
    samples = training.steps * min(training.batch, len(experiment.data.train.y))
    seen = moves * min(IMAGES, len(experiment.data.train.y)) if by_gradient else 0
    cost = PASSES * (samples + seen) * mlp.total
    return Outcome(masked(last.mlp, masks), masks, last.validation, samples + seen, cost)


def densities(sizes: Sequence[int], density: float) -> list[float]:
    """The share of each layer's weights that it has, in proportion to (I + O) / (I O) and at most
    1, so that all together have the density."""
    counts = [a * b for a, b in pairwise(sizes)]
    raw = [(a + b) / (a * b) for a, b in pairwise(sizes)]
    full: set[int] = set()
    while True:
        room = density * sum(counts) - sum(counts[i] for i in full)
        factor = room / sum(
            r * n for i, (r, n) in enumerate(zip(raw, counts, strict=True)) if i not in full
        )
        over = {i for i, r in enumerate(raw) if i not in full and factor * r > 1}
        if not over:
            return [1.0 if i in full else factor * r for i, r in enumerate(raw)]
        full |= over


def moved(mlp: MLP, masks: Masks, wanted: Sequence[np.ndarray], share: float) -> tuple[Masks, MLP]:
    """The masks with a share of each layer's connections elsewhere, and the weights, 0 there.

    Those with the smallest weights go; of the places that were free, and those just freed, the
    most wanted are taken.
    """
    found, weights = [], []
    for w, mask, want in zip(mlp.weights, masks, wanted, strict=True):
        count = kept([mask])
        number = min(round(share * count), mask.size - count)
        stay = highest(np.abs(w), count - number, mask)
        grown = highest(want, number, ~stay)
        found.append(stay | grown)
        weights.append(np.where(stay, w, 0).astype(w.dtype))
    return tuple(found), MLP(tuple(weights), mlp.biases)


def _double(mlp: MLP) -> MLP:
    return MLP(*(tuple(np.asarray(x, np.float64) for x in part) for part in mlp))


_DEFAULTS = {**TRAINED, "sparsity": "0.9"}
_OPTIONS = (*TRAINING, "sparsity", "arms")
METHODS = (
    Method(
        "set",
        "Mocanu et al. 2018",
        "sparse from the first step: small weights are dropped, as many grow at random",
        ImageMethod(_DEFAULTS, _OPTIONS, partial(results, False), arms=BESIDE),
    ),
    Method(
        "rigl",
        "Evci et al. 2020",
        "as set, but connections grow where the gradient is largest",
        ImageMethod(_DEFAULTS, _OPTIONS, partial(results, True), arms=BESIDE),
    ),
)
