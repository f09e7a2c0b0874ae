"""Masks that evolve: strong lottery tickets by a genetic algorithm, without any gradient.

After Altmann et al. (2024): genomes are masks over weights that stay as they are drawn; the best
of a generation are parents, children are crossed and mutated. Unlike there, a mask keeps a fixed
number of each layer's weights, so that its size is chosen and not found, and accuracy is that on
a fresh batch, the same for all masks of a generation. Weights are signed constants; no biases.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from wann.core.rng import Stream, generator
from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.images.rewinding import Past, signed_constant
from wann.prune.images.training import batches_of, parts_of
from wann.prune.masks.selection import Masks
from wann.prune.methods.base import ImageMethod, Method
from wann.prune.methods.supermasks.edge_popup import Counts, counts_of
from wann.prune.networks.mlp import MLP, masked
from wann.prune.run import TICKET

POPULATION = 32
PARENTS = 8  # the best of a generation; they go on unchanged
CROSSED = 0.25  # share of the children that have two parents
TEMPERED = 3.0  # deviation of the outputs whose likelihood is the fitness
FIRST, LAST = 0.02, 1e-3  # share of a layer's kept weights that move, falling geometrically


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The mask of each sparsity, each evolved from the start; steps are generations."""
    for level, counts in enumerate(counts_of(experiment), 1):
        compute = partial(evolve, experiment, seed, level, counts)
        outcome = experiment.step(f"s{seed}-evolved-l{level}", compute)
        yield Result(TICKET, seed, level, "A", outcome, experiment.test(outcome), target=True)


def evolve(experiment: Experiment, seed: int, level: int, counts: Counts) -> Outcome:
    """Evolve; of the best masks after equal parts of all generations, the best on validation."""
    import jax.numpy as jnp

    initial = experiment.initial(seed)
    weights = signed_constant(Past(initial, initial, initial), np.random.default_rng()).weights
    settings = experiment.settings
    X, y = (jnp.asarray(part) for part in experiment.data.train)
    images = batches_of(len(y), settings.batch, experiment.rng(seed, Chance.BATCHES, level))
    rng = generator(seed, Stream.PRUNING, Chance.SCORES, level, 1)
    masks = [drawn(weights, counts, rng) for _ in range(POPULATION)]
    signs = tuple(jnp.asarray(np.sign(w)) for w in weights)
    best, done = None, 0
    for steps in parts_of(settings.steps):
        for generation in range(done, done + steps):
            batch = next(images)
            fitness = np.asarray(_fitness()(stacked(masks), signs, X[batch], y[batch]))
            parents = [masks[i] for i in np.argsort(-fitness, kind="stable")[:PARENTS]]
            share = FIRST * (LAST / FIRST) ** (generation / settings.steps)
            masks = parents + children(parents, POPULATION - PARENTS, share, rng)
        done += steps
        outcome = Outcome(masked(MLP(weights, initial.biases), masks[0]), masks[0], 0.0, 0, 0)
        outcome = outcome._replace(validation=experiment.validation(outcome))
        if best is None or outcome.validation > best.validation:
            best = outcome
        experiment.tick(steps)
    assert best is not None
    samples = settings.steps * POPULATION * min(settings.batch, len(y))
    return best._replace(samples=samples, multiply_adds=samples * initial.total)


def drawn(weights: tuple[np.ndarray, ...], counts: Counts, rng: np.random.Generator) -> Masks:
    """A mask with the count of each layer, at random."""
    found = []
    for w, count in zip(weights, counts, strict=True):
        flat = np.zeros(w.size, bool)
        flat[rng.choice(w.size, count, replace=False)] = True
        found.append(flat.reshape(w.shape))
    return tuple(found)


def children(
    parents: list[Masks], count: int, share: float, rng: np.random.Generator
) -> list[Masks]:
    """So many children: of one parent, or crossed of two, and mutated."""
    found = []
    for _ in range(count):
        a = parents[rng.integers(len(parents))]
        if rng.random() < CROSSED:
            a = crossed(a, parents[rng.integers(len(parents))], rng)
        found.append(moved(a, share, rng))
    return found


def crossed(a: Masks, b: Masks, rng: np.random.Generator) -> Masks:
    """What both keep, and as much of what one of them keeps as a layer of either has."""
    found = []
    for x, y in zip(a, b, strict=True):
        mask = x & y
        either = np.flatnonzero(x ^ y)
        mask.ravel()[rng.choice(either, len(either) // 2, replace=False)] = True
        found.append(mask)
    return tuple(found)


def moved(masks: Masks, share: float, rng: np.random.Generator) -> Masks:
    """A share of each layer's kept weights, at least one in one of the layers, elsewhere."""
    found = [mask.copy() for mask in masks]
    counts = [int(np.count_nonzero(mask)) for mask in masks]
    most = [min(count, mask.size - count) for count, mask in zip(counts, masks, strict=True)]
    numbers = [min(int(rng.poisson(share * k)), n) for k, n in zip(counts, most, strict=True)]
    if not any(numbers) and any(most):
        numbers[int(rng.choice(np.flatnonzero(most)))] = 1
    for mask, number in zip(found, numbers, strict=True):
        flat = mask.ravel()
        off = rng.choice(np.flatnonzero(flat), number, replace=False)
        flat[rng.choice(np.flatnonzero(~flat), number, replace=False)] = True
        flat[off] = False
    return tuple(found)


def stacked(masks: list[Masks]) -> tuple[np.ndarray, ...]:
    """The masks of a population, layer by layer, bool[P, I_l, O_l]."""
    return tuple(np.stack(layer) for layer in zip(*masks, strict=True))


@cache
def _fitness() -> Any:
    """``f(masks, signs, X, y) -> float[P]``: the mean log-likelihood of the right class.

    A network without biases is as good with all its weights times a number. Outputs are divided by
    their deviation, so that how large they are does not count.
    """
    import jax
    import jax.numpy as jnp

    @jax.jit
    def fitness(masks: Any, signs: Any, X: Any, y: Any) -> Any:
        def one(masks: Any) -> Any:
            x = X
            for i, (mask, sign) in enumerate(zip(masks, signs, strict=True)):
                x = x @ jnp.where(mask, sign, 0.0)
                x = x if i == len(signs) - 1 else jax.nn.relu(x)
            x = TEMPERED * x / (jnp.std(x) + 1e-9)
            return jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], axis=1).mean()

        return jax.lax.map(one, masks)

    return fitness


METHOD = Method(
    "evolved-mask",
    "Altmann et al. 2024",
    "evolve which untrained weights to keep, so many of each layer; steps are generations",
    ImageMethod({"batch": 500}, ("hidden", "steps", "batch", "sparsity", "rate"), results),
)
