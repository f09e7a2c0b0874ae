"""Sparse ternary networks: trained to have weights -1, 0 and 1, and fewer and fewer others than 0.

How many there are falls over the first part of the training, as a cubic (Zhu & Gupta, 2017). What
comes out is a topology for one shared weight, see `networks.ternary`: the rival that a search for
such topologies has to beat. See `images.straight_through` for the training.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from wann.core.genome import Genome
from wann.core.network import express
from wann.envs.classification import ClassificationTask
from wann.evaluation import protocol
from wann.evaluation.conditions import RANDOM_SHARED, SIX_SHARED
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.pool import Pool
from wann.prune.images import straight_through
from wann.prune.images.experiment import PASSES, Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.shared_weight import ENDINGS, SEED
from wann.prune.images.straight_through import Ternary
from wann.prune.images.training import batches_of, parts_of
from wann.prune.methods.base import ImageMethod, Method
from wann.prune.networks import ternary
from wann.prune.run import TICKET

GETTING_SPARSER = 0.6  # of the training


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The network of each sparsity, under the paper's six weights and under random ones."""
    assert isinstance(experiment.task, ClassificationTask)
    for level, sparsity in enumerate(experiment.settings.sparsities(), 1):
        compute = partial(learn, experiment, seed, level, sparsity)
        outcome = experiment.step(f"s{seed}-ternary-l{level}", compute)
        genome = topology(outcome)
        with Pool(ImageEvaluator(experiment.task, 1), 1) as pool:
            candidate = protocol.Candidate(pool, express(genome), 1, SEED)
            for found in protocol.score(candidate, SEED, (SIX_SHARED, RANDOM_SHARED)):
                arm, target = TICKET + ENDINGS[found.name], found.name == SIX_SHARED
                spread = found.over_weights
                score = found.mean
                yield Result(arm, seed, level, "A", outcome, score, spread, target, genome)


def learn(experiment: Experiment, seed: int, level: int, sparsity: float) -> Outcome:
    """Train a network of so many weights; of those after equal parts of the training, once it has
    no more, the best on the validation images."""
    settings, training, task = experiment.settings, experiment.training, experiment.task
    network = Ternary(experiment.sizes, experiment.rng(seed, Chance.INITIAL, level))
    rng = experiment.rng(seed, Chance.BATCHES, level)
    orders = batches_of(len(task.train.y), training.batch, rng)
    fewest = max(round((1 - sparsity) * network.total), 1)
    done, best = 0, None
    for part in parts_of(settings.steps):
        for step in range(done, done + part):
            network.choose(count_at(step / settings.steps, network.total, fewest))
            chosen = next(orders)
            rate = training.learning_rate * (1 - step / settings.steps)
            network.step(task.train.X[chosen], task.train.y[chosen], rate)
        done += part
        experiment.tick(part)
        if done >= GETTING_SPARSER * settings.steps:
            network.choose(fewest)
            mlp = network.mlp()
            found = straight_through.accuracy(mlp, *task.validation)
            if best is None or found > best.validation:
                best = Outcome(mlp, tuple(w != 0 for w in mlp.weights), found, 0, 0)
    assert best is not None
    samples = settings.steps * min(training.batch, len(task.train.y))
    return best._replace(samples=samples, multiply_adds=PASSES * samples * network.total)


def count_at(share: float, total: int, fewest: int) -> int:
    """How many of all weights count after a share of the training, from all of them to so few."""
    left = max(1 - share / GETTING_SPARSER, 0.0)
    return fewest + round((total - fewest) * left**3)


def topology(outcome: Outcome) -> Genome:
    """An outcome's weights as a topology for one shared weight."""
    first, second = outcome.mlp.weights
    kinds = straight_through.kinds(len(second))
    return ternary.layered(np.pad(first, ((1, 0), (0, 0))), second, kinds)


METHOD = Method(
    "ternary",
    "Zhu et al. 2017",
    "learn weights -1, 0 and 1, fewer and fewer of them: a topology for any weight",
    ImageMethod(
        {"hidden": "90", "steps": 20_000, "batch": 100, "learning_rate": 3e-3},
        ("hidden", "steps", "batch", "learning_rate", "sparsity"),
        results,
    ),
)
