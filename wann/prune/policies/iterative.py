"""Pruning policies level by level: train, score, remove, train again.

Training is CMA-ES on the mean return of fresh episodes (`weight_evolution`), with the same budget
of environment steps for every level and every control.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from wann.core import files
from wann.core.network import Network, express
from wann.core.rng import Stream, generator
from wann.envs.task import ControlTask
from wann.evaluation.pool import Pool
from wann.prune.masks import selection as masks
from wann.prune.networks import policy as policies
from wann.prune.policies.methods import State, find, inverted
from wann.prune.policies.settings import PolicySettings
from wann.prune.run import INVERTED, REINITIALISED, SHUFFLED, TICKET, PruneRun, Row
from wann.prune.steps import whole
from wann.tune.base import score
from wann.tune.cma_es import WeightEvolution

# Of the evolution. A larger population with fewer episodes each than in tuning a champion: from
# random weights on, a small one mostly ends in a poor local optimum.
STEP_SIZE, POPULATION, CASES = 0.5, 40, 8
EPISODES = 1000  # for the scores
LEAST = 2  # connections that CMA-ES can search; with one the first weight stays
# The keys of `Stream.PRUNING`: what chance decides.
INITIAL, FRESH, SCORES, SHUFFLE = range(4)


class Level(NamedTuple):
    """A policy at one level, as a step's file keeps it.

    Attributes:
        mask: bool[C], what is left nominally.
        first: float64[C], the weights it began with.
        weights: float64[C], the weights it has; 0 where dead.
        spread: float64[C], see `State`.
        scores: float64[3], the mean return and its standard deviation over episodes, and the
            mean return on the episodes that chose the weights.
        cost: int64[2], environment steps and multiply-adds, those before it in its chain included.
    """

    mask: np.ndarray
    first: np.ndarray
    weights: np.ndarray
    spread: np.ndarray
    scores: np.ndarray
    cost: np.ndarray


class PolicyPruning:
    """One seed of a pruning run; what its steps already hold is not computed again."""

    def __init__(
        self,
        run: PruneRun,
        pool: Pool,
        task: ControlTask,
        settings: PolicySettings,
        seed: int,
        tick: Callable[[], object] = lambda: None,
    ) -> None:
        """Prune dense policies of a task in a run's folder.

        Args:
            run: The folder.
            pool: The workers.
            task: The task.
            settings: How.
            seed: Of everything random.
            tick: Called before each step of a training; it stops it by raising.
        """
        self._run, self._pool, self._task, self._seed = run, pool, task, seed
        self._tick = tick
        self._settings, self._recipe = settings, find(settings.method)
        self._sizes = (len(task.inputs), *settings.hidden_sizes(), len(task.outputs))

    def rows(self) -> Iterator[Row]:
        """The row of each policy, as soon as it is pruned, trained and saved."""
        first = policies.initial(self._sizes, self._chance(INITIAL))
        dense = self._level(
            TICKET, 0, np.ones(len(first), bool), first, first, np.zeros(2, np.int64)
        )
        yield self._row(TICKET, 0, dense)
        yield from self._chain(TICKET, dense)
        if INVERTED in self._settings.arm_names():
            yield from self._chain(INVERTED, dense)

    def _chain(self, arm: str, dense: Level) -> Iterator[Row]:
        """Level after level of the method, or of the method with its scores inverted."""
        state = dense
        for number, keep in enumerate(self._settings.counts(len(dense.mask)), 1):
            mask = self._next(arm, keep, dense, state)
            live = policies.alive(mask, self._sizes)
            if np.count_nonzero(live) - policies.biases(live, self._sizes) == 0:
                return  # no input reaches an output any more
            before = {"each": state.cost, "once": dense.cost, "before": np.zeros(2, np.int64)}
            cost = before[self._recipe.scored]
            origin = state.weights if self._recipe.start == "trained" else dense.first
            if self._recipe.start is None:
                origin = dense.weights
            state = self._level(arm, number, mask, dense.first, origin, cost)
            yield self._row(arm, number, state)
            if arm == TICKET:
                yield from self._controls(number, state, cost)

    def _controls(self, number: int, ticket: Level, cost: np.ndarray) -> Iterator[Row]:
        """The ticket's mask with other initial weights, and as large a mask elsewhere."""
        arms = self._settings.arm_names()
        if REINITIALISED in arms:
            other = policies.initial(self._sizes, self._chance(FRESH, number))
            level = self._level(REINITIALISED, number, ticket.mask, other, other, cost)
            yield self._row(REINITIALISED, number, level)
        if SHUFFLED in arms:
            layers = policies.split(ticket.mask, self._sizes)
            mask = policies.join(masks.shuffled(layers, self._chance(SHUFFLE, number)))
            level = self._level(SHUFFLED, number, mask, ticket.first, ticket.first, cost)
            yield self._row(SHUFFLED, number, level)

    def _next(self, arm: str, keep: int, dense: Level, state: Level) -> np.ndarray:
        """The mask of a level that keeps so many connections, within that of the one before."""
        source = state if self._recipe.scored == "each" else dense
        live = policies.alive(source.mask, self._sizes)
        subject = State(source.first, live, source.weights, source.spread)
        scores = self._recipe.score(subject, self._chance(SCORES))
        if arm == INVERTED:
            scores = inverted(scores)
        return masks.highest(scores, keep, state.mask)

    def _level(
        self,
        arm: str,
        number: int,
        mask: np.ndarray,
        first: np.ndarray,
        origin: np.ndarray,
        cost: np.ndarray,
    ) -> Level:
        """Train what a mask leaves alive, from an origin on, and score and save it.

        Args:
            arm: The method's own, or a control.
            number: Of the level.
            mask: The mask.
            first: The weights at the very beginning.
            origin: The weights that the training starts from.
            cost: What it took to find the mask.
        """
        file = self._run.step(f"{arm}-s{self._seed}-l{number}")
        if file.exists():
            with whole(file):
                return Level(**files.read_arrays(file))
        live = policies.alive(mask, self._sizes)
        network = express(policies.genome(live, self._sizes))
        weights, spread = np.where(live, origin, 0.0), np.full(len(mask), np.nan)
        validation, steps = np.nan, 0
        if network.complexity >= LEAST and (number == 0 or self._recipe.start):
            trained = self._train(network, origin[live])
            weights[live], spread[live] = trained.weights, trained.spread
            last = trained.curve[-1]
            validation, steps = last["confirmed"], last["evaluations"] * self._task.episode_limit
        found = score(self._pool, network, weights[live], self._seed, EPISODES)
        scores = np.array([found["mean"], found["std"], validation])
        own = np.array([steps, steps * network.complexity], np.int64)
        level = Level(mask, first, weights, spread, scores, cost + own)
        files.write_arrays(file, level._asdict())
        return level

    def _train(self, network: Network, origin: np.ndarray) -> WeightEvolution:
        """Search for weights until the budget is used up, or nothing better is found."""
        evolution = WeightEvolution(
            self._pool, network, origin, self._seed, STEP_SIZE, POPULATION, CASES
        )
        evaluations, budget = 0, self._settings.budget / self._task.episode_limit
        while evaluations < budget and not evolution.finished():
            self._tick()
            evaluations = evolution.step()["evaluations"]
        return evolution

    def _row(self, arm: str, number: int, level: Level) -> Row:
        """The row of a level; its network is written with it."""
        live = policies.alive(level.mask, self._sizes)
        mean, deviation, validation = level.scores.tolist()
        model = policies.model(self._task, self._sizes, level.mask, level.weights, level.first)
        origin = {"method": self._settings.method, "arm": arm, "seed": self._seed, "level": number}
        scores = {"on": f"{EPISODES} fresh episodes", "mean": mean, "std": deviation}
        model = replace(model, scores=scores, search={**origin, **model.search})
        self._run.save_network(model, arm, self._seed, number)
        bias = policies.biases(live, self._sizes)
        kept = int(np.count_nonzero(level.mask))
        return Row(
            method=self._settings.method,
            arm=arm,
            seed=self._seed,
            level=number,
            regime="C",
            sparsity=1 - kept / len(live),
            kept=kept,
            connections=int(np.count_nonzero(live)) - bias,
            biases=bias,
            score=mean,
            validation=None if math.isnan(validation) else validation,
            spread=deviation,
            samples=int(level.cost[0]),
            multiply_adds=int(level.cost[1]),
        )

    def _chance(self, what: int, *keys: int) -> np.random.Generator:
        return generator(self._seed, Stream.PRUNING, what, *keys)
