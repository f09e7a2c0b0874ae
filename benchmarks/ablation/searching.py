"""One run of the ablation: a search, or random networks, for so many CPU seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.ablation import rows
from wann.core.config import SearchConfig
from wann.core.genome import Genome
from wann.core.kernels.activations import ABS, RELU
from wann.core.network import express
from wann.core.rng import Stream, generator
from wann.core.structure import live_part
from wann.core.symmetry import symmetric
from wann.envs.classification import ClassificationTask
from wann.envs.task import Task
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.prune.networks import ternary
from wann.search.loop import search
from wann.search.objectives import fitness
from wann.search.state import SearchState
from wann.search.variation import initial
from wann.search.variation.innovation import Innovations
from wann.search.variation.mutation import mutate
from wann.storage.model import Model

SIMPLIFYING = 0.05  # share of the seconds that is kept for the end, where a champion is simplified
TOGETHER = 64  # random networks that meet the same cases
MOST_MUTATIONS = 80  # of a random network for a control task
HIDDEN, FEWEST, MOST = 90, 100, 1600  # hidden nodes, and signs, of one for images


@dataclass(frozen=True)
class Best:
    """The best network as it was known at some time.

    Attributes:
        generation: Of the search, from 0.
        evaluations: Rollouts, or batches of images, so far.
        seconds: CPU seconds so far.
        genome: The network.
    """

    generation: int
    evaluations: int
    seconds: float
    genome: Genome


@dataclass(frozen=True)
class Found:
    """What a run has found.

    Attributes:
        history: The best network, each time that there is a new one; the last row is the end.
        population: The last generation.
    """

    history: list[Best]
    population: list[Genome]


def run(task: Task, row: rows.Row, seed: int, seconds: float, start: Model | None = None) -> Found:
    """Search for some CPU seconds; compiling, or loading what is compiled, comes before.

    Args:
        task: The task.
        row: What to do.
        seed: Of everything random.
        seconds: CPU seconds.
        start: A network to begin with.
    """
    config = row.config(task.name, seed)
    small = replace(config, population=2, batch=100, restart=1, rollouts=1, confirm_rollouts=1)
    if row.name == rows.RANDOM:
        _random(task, small, 0.0)
        return _random(task, config, seconds)
    _searched(task, small, 0.0, None)
    return _searched(task, config, seconds, start)


def _searched(task: Task, config: SearchConfig, seconds: float, start: Model | None) -> Found:
    begun = time.process_time()
    limit = seconds * (1 - SIMPLIFYING * config.simplify)
    state = SearchState(task, config, None, start)
    history: list[Best] = []

    def note(genome: Genome) -> None:
        done = max(state.evolution.generation - 1, 0)
        history.append(Best(done, state.evaluations, time.process_time() - begun, genome))

    def report(row: dict[str, Any]) -> None:
        assert state.champion is not None
        if not history or history[-1].genome != state.champion.genome:
            note(state.champion.genome)

    model = search(
        state,
        workers=1,
        report=report,
        interrupted=lambda: time.process_time() - begun >= limit,
    )
    note(model.genome)
    return Found(history, state.evolution.ask())


def _random(task: Task, config: SearchConfig, seconds: float) -> Found:
    """Random networks, the best of them by the mean reward on cases that all of a batch meet."""
    begun, evaluations, tried = time.process_time(), 0, 0
    history: list[Best] = []
    kept: list[tuple[float, Genome]] = []
    drawn = _networks(task, config)
    with Pool(evaluator_for(task, config), 1) as pool:
        while not history or time.process_time() - begun < seconds:
            genomes = [next(drawn) for _ in range(TOGETHER)]
            cases = pool.evaluator.draw(
                generator(config.seed, Stream.EPISODES, tried), config.rollouts
            )
            weights = config.drawn_weights(tried)
            found = pool.rewards([express(genome) for genome in genomes], weights, cases)
            tried, evaluations = tried + 1, evaluations + found.size
            best = kept[0][1] if kept else None
            kept += zip(fitness(found).tolist(), genomes, strict=True)
            kept = sorted(kept, key=lambda pair: -pair[0])[:TOGETHER]
            if kept[0][1] is not best:
                spent = time.process_time() - begun
                history.append(Best(tried, evaluations, spent, kept[0][1]))
    history.append(Best(tried, evaluations, time.process_time() - begun, kept[0][1]))
    return Found(history, [genome for _, genome in kept])


def _networks(task: Task, config: SearchConfig) -> Iterator[Genome]:
    rng = generator(config.seed, Stream.START)
    inputs, outputs = len(task.inputs), len(task.outputs)
    while True:
        if isinstance(task, ClassificationTask):
            yield signs(inputs, outputs, rng)
        else:
            yield grown(inputs, outputs, config, rng)


def signs(inputs: int, outputs: int, rng: np.random.Generator) -> Genome:
    """A layered network of random signs: up to `HIDDEN` nodes, of which half are abs and half
    relu, and `FEWEST` to `MOST` signs, each of the two layers with its share."""
    hidden = int(rng.integers(10, HIDDEN + 1))
    count = int(np.exp(rng.uniform(np.log(FEWEST), np.log(MOST))))
    layers = []
    for shape in ((1 + inputs, hidden), (hidden, outputs)):
        share = shape[0] * shape[1] / (hidden * (1 + inputs + outputs))
        some = min(round(count * share), shape[0] * shape[1])
        layer = np.zeros(shape[0] * shape[1], np.int8)
        layer[rng.choice(len(layer), some, replace=False)] = rng.choice((-1, 1), some)
        layers.append(layer.reshape(shape))
    kinds = np.array([(ABS, RELU)[h % 2] for h in range(hidden)], np.uint8)
    return ternary.layered(layers[0], layers[1], kinds)


def grown(
    inputs: int,
    outputs: int,
    config: SearchConfig,
    rng: np.random.Generator,
    most: int = MOST_MUTATIONS,
) -> Genome:
    """A symmetric network after up to `most` of the search's mutations, unselected."""
    innovations = Innovations(inputs, outputs)
    simplest = replace(config, first_mutations=0)
    genome = initial.population(inputs, outputs, simplest, innovations, rng, count=2)[0]
    for _ in range(int(rng.integers(most + 1))):
        genome = mutate(
            genome,
            rng,
            innovations,
            config.activation_indices,
            config.mutation_rates,
            keep_symmetric=config.symmetric,
        )
    assert symmetric(genome)
    return live_part(genome, express(genome))


def distinct(genomes: Sequence[Genome]) -> list[Genome]:
    """The genomes that have connections, each once."""
    found: dict[tuple[bytes, bytes], Genome] = {}
    for genome in genomes:
        small = live_part(genome, express(genome))
        if len(small.connections):
            found.setdefault((small.hidden.tobytes(), small.connections.tobytes()), small)
    return list(found.values())
