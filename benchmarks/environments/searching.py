"""One search for so many environment steps, whatever it spends them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import gymnasium
import numpy as np

from benchmarks.environments.rows import Arm, Trial
from wann import envs
from wann.core.config import SearchConfig
from wann.core.genome import Genome
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.envs.envpool import EnvPoolTask
from wann.envs.gym import GymTask
from wann.evaluation.engine.envpool import EnvPoolEvaluator
from wann.evaluation.evaluator import Evaluator
from wann.evaluation.gym import GymEvaluator
from wann.search.evolution import Evolution
from wann.search.loop import search
from wann.search.state import SearchState
from wann.search.variation import initial
from wann.search.variation.mutation import mutate
from wann.storage.model import Model

TOGETHER = 16  # networks after which it is asked whether there are steps left
MOST_MUTATIONS = 60  # of a random network


@dataclass
class Budget:
    """Steps: how many there are, and how many were taken."""

    steps: int
    taken: int = 0

    @property
    def over(self) -> bool:
        """Whether none is left."""
        return self.taken >= self.steps


class _Counted(gymnasium.Wrapper[Any, Any, Any, Any]):
    def __init__(self, env: gymnasium.Env[Any, Any], budget: Budget) -> None:
        super().__init__(env)
        self._budget = budget

    def step(self, action: Any) -> Any:
        self._budget.taken += 1
        return self.env.step(action)


class _CountedPool:
    def __init__(self, pool: Any, budget: Budget) -> None:
        self._pool, self._budget = pool, budget
        self.reset, self.close = pool.reset, pool.close

    def step(self, actions: np.ndarray, *lanes: np.ndarray) -> Any:
        self._budget.taken += len(actions)
        return self._pool.step(actions, *lanes)


@dataclass(frozen=True)
class CountedGym(GymTask):
    """A task of Gymnasium whose steps are counted."""

    budget: Budget = field(default_factory=lambda: Budget(0), compare=False)

    def environment(self, **options: Any) -> gymnasium.Env[Any, Any]:
        """A new environment."""
        return _Counted(super().environment(**options), self.budget)


@dataclass(frozen=True)
class CountedEnvPool(EnvPoolTask):
    """A task of EnvPool whose steps are counted."""

    budget: Budget = field(default_factory=lambda: Budget(0), compare=False)

    def pool(self, seeds: Sequence[int], **options: Any) -> Any:
        """New environments that are stepped together."""
        return _CountedPool(super().pool(seeds, **options), self.budget)


class _Gym(GymEvaluator):
    """Networks for which no steps are left rank last."""

    task: CountedGym
    is_own = True  # it is played in this process, where steps are counted

    def rewards(self, network: Network, weights: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """The returns, float64[W, R]; NaN if no step is left."""
        if self.task.budget.over:
            return np.full((len(weights), len(cases)), np.nan)
        return self.scores(network, weights, cases)


class _EnvPool(EnvPoolEvaluator):
    """Networks for which no steps are left rank last."""

    task: CountedEnvPool

    def returns(
        self, what: str, networks: Sequence[Network], weights: np.ndarray, cases: np.ndarray
    ) -> np.ndarray:
        """The returns, float64[P, W, R]; NaN if no step is left, but for one network, whose
        confirmation or last scores they are."""
        if len(networks) == 1:
            return super().returns(what, networks, weights, cases)
        found = np.full((len(networks), len(weights), len(cases)), np.nan)
        for first in range(0, len(networks), TOGETHER):
            if not self.task.budget.over:
                some = slice(first, first + TOGETHER)
                found[some] = super().returns(what, networks[some], weights, cases)
        return found


def counted(trial: Trial, budget: Budget) -> CountedGym | CountedEnvPool:
    """A trial's task, whose steps are counted."""
    task = envs.make(trial.env)
    assert isinstance(task, GymTask)
    values = {each.name: getattr(task, each.name) for each in fields(task)}
    kind = CountedEnvPool if isinstance(task, EnvPoolTask) else CountedGym
    return kind(**values, budget=budget)


def _evaluator(task: GymTask, config: SearchConfig) -> Evaluator:
    task = replace(task, episode_limit=config.max_steps or task.episode_limit)
    return _EnvPool(task) if isinstance(task, EnvPoolTask) else _Gym(task)


class State(SearchState):
    """A search whose steps are counted."""

    def __init__(self, task: GymTask, config: SearchConfig, random: bool) -> None:
        """Start it; with random networks, if asked to."""
        super().__init__(task, config, None)
        self.evaluator = _evaluator(task, config)
        if random:
            self.evolution = RandomNetworks(len(task.inputs), len(task.outputs), config)

    def normalize(self, moments: Any) -> None:
        """Give networks observations normalised by what is known of them."""
        super().normalize(moments)
        assert isinstance(self.task, GymTask)
        self.evaluator = _evaluator(self.task, self.config)


class RandomNetworks(Evolution):
    """Each generation is new networks: first ones after up to `MOST_MUTATIONS` mutations each.

    So they are of the kind that a search meets, of all sizes, and what selects is only the rule by
    which a champion is found and confirmed.
    """

    def __init__(self, inputs: int, outputs: int, config: SearchConfig) -> None:
        """The first of them."""
        super().__init__(inputs, outputs, config)
        self._sizes = inputs, outputs
        self._population = self._drawn()

    def tell(self, *_: Any) -> None:
        """Take no notice of what the last ones were worth."""
        self.generation += 1
        self._population = self._drawn()

    def _drawn(self) -> list[Genome]:
        config = self.config
        rng = generator(config.seed, Stream.VARIATION, self.generation)
        kinds, rates = config.activation_indices, config.mutation_rates
        found = []
        for genome in initial.population(*self._sizes, config, self.innovations, rng):
            for _ in range(int(rng.integers(MOST_MUTATIONS + 1))):
                genome = mutate(
                    genome, rng, self.innovations, kinds, rates, keep_symmetric=config.symmetric
                )
            found.append(genome)
        return found


@dataclass(frozen=True)
class Found:
    """What a search has found.

    Attributes:
        model: The champion.
        steps: Those that were taken, without those of the scores at the end.
        generations: Those that were begun.
    """

    model: Model
    steps: int
    generations: int


def run(trial: Trial, arm: Arm, seed: int) -> Found:
    """Search until the steps are taken; the generation under way counts as far as it came."""
    budget = Budget(trial.steps)
    state = State(counted(trial, budget), arm.config(trial, seed), arm.random)
    taken = []

    def interrupted() -> bool:
        taken.append(budget.taken)
        return budget.over

    model = search(state, workers=1, interrupted=interrupted)
    return Found(model, taken[-1], len(taken))
