"""Early-Bird tickets: the mask settles long before the weights do.

You et al. (2020), algorithm 1: after each epoch of the training, find the mask that pruning now
would give. Once the last five masks differ in at most a tenth of their places, prune and train on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations

from wann.prune.images.experiment import PASSES, Chance, Experiment, Result
from wann.prune.images.iterative import ImagePruning
from wann.prune.images.outcome import Outcome
from wann.prune.masks.selection import Masks, distance, per_layer
from wann.prune.methods.base import TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import keep_all, masked
from wann.prune.run import TICKET
from wann.prune.scores.pruned import Pruned
from wann.prune.scores.registry import SCORES

WINDOW = 5  # masks that must agree
DISTANCE = 0.1  # share of places


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The dense network, and for each sparsity its Early-Bird ticket.

    The arm `found` is the ticket as it is drawn: its samples say how early that was.
    """
    yield ImagePruning(experiment, seed, TICKET, experiment.settings).dense_result(target=False)
    for level, sparsity in enumerate(experiment.settings.sparsities(), 1):
        name = f"s{seed}-early-bird-l{level}"
        found = experiment.step(f"{name}-found", partial(find, experiment, seed, sparsity))
        yield Result("found", seed, level, "C", found, experiment.test(found))
        trained = experiment.step(name, partial(_train_on, experiment, seed, level, found))
        yield Result(TICKET, seed, level, "C", trained, experiment.test(trained), target=True)


def find(experiment: Experiment, seed: int, sparsity: float) -> Outcome:
    """The ticket of the first epoch at which the mask has settled; else of the last epoch."""
    initial = experiment.initial(seed)
    training, (images, labels) = experiment.training, experiment.data.train
    epoch = max(1, len(images) // training.batch)
    epochs = max(1, training.steps // epoch)
    rng = experiment.rng(seed, Chance.BATCHES, 0)
    everything = keep_all(initial)
    recent: list[Masks] = []
    run = experiment.trainer.run(initial, everything, training, rng, [epoch] * epochs)
    samples = 0
    for mlp in run:
        samples += epoch * min(training.batch, len(images))
        masks = _mask(
            experiment,
            seed,
            Pruned(mlp.weights, initial.weights, everything, mlp, images, labels),
            sparsity,
        )
        recent = [*recent[1 - WINDOW :], masks]
        if settled(recent):
            break
    pruned = Outcome(masked(mlp, masks), masks, 0.0, samples, PASSES * samples * initial.total)
    return pruned._replace(validation=experiment.validation(pruned))


def settled(recent: Sequence[Masks]) -> bool:
    """Whether there are enough masks, and no two differ by more than `DISTANCE`."""
    return len(recent) == WINDOW and all(
        distance(a, b) <= DISTANCE for a, b in combinations(recent, 2)
    )


def _mask(experiment: Experiment, seed: int, pruned: Pruned, sparsity: float) -> Masks:
    scores = SCORES[experiment.settings.score](pruned, experiment.rng(seed, Chance.SCORES, 0))
    return per_layer(scores, sparsity)


def _train_on(experiment: Experiment, seed: int, level: int, found: Outcome) -> Outcome:
    rng = experiment.rng(seed, Chance.BATCHES, level)
    return experiment.trained(experiment.trainer, found, experiment.training, rng)


METHOD = Method(
    "early-bird",
    "You et al. 2020",
    "prune as soon as the mask has settled, early in the training, and train on",
    ImageMethod(
        {"schedule": "one-shot", "survivors": "trained", "sparsity": "0.7"},
        (*TRAINING, "sparsity", "score"),
        results,
    ),
)
