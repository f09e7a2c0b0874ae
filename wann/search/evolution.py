"""Evolution: selection and variation of topologies. It knows no task and no file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np

from wann.core.arrays import take_whole
from wann.core.config import SearchConfig
from wann.core.genome import Genome, take_genomes, together
from wann.core.invariance import layered
from wann.core.rng import Stream, generator
from wann.core.symmetry import symmetric
from wann.search import objectives, own
from wann.search.variation import initial, published
from wann.search.variation.crossover import crossover
from wann.search.variation.draws import draws_of, least
from wann.search.variation.innovation import Innovations
from wann.search.variation.mutation import OPERATORS, TRIES, mutate, operator_of
from wann.search.variation.offspring import Rules, offspring
from wann.search.variation.proposals import Guide, Proposals

# Generations after which innovations that no genome holds are forgotten.
FORGET_EVERY = 50
# Children for each parent that a guide is asked about.
FAMILY = 12


def shares(config: SearchConfig) -> tuple[int, int]:
    """The number of elites, and of those that may become parents."""
    population = config.population
    if config.cull_first:
        parents = population - math.floor(config.cull * population)
        return math.floor(config.elites * parents), parents
    return round(config.elites * population), max(1, population - round(config.cull * population))


class Evolution:
    """A population under selection by performance against complexity.

    A complete search::

        evolution = Evolution(inputs, outputs, config)
        while evolution.generation < config.generations:
            networks = [express(genome) for genome in evolution.ask()]
            rewards = ...  # [P, W, R], of each network with each shared weight on each case
            evolution.tell(rewards, [network.complexity for network in networks])
    """

    def __init__(
        self, inputs: int, outputs: int, config: SearchConfig, start: Genome | None = None
    ) -> None:
        """The first generation: bias and inputs joined with outputs at random.

        Args:
            inputs: Number of inputs, without the bias.
            outputs: Number of outputs.
            config: The settings.
            start: A genome to begin with instead: the first generation is it and its mutants.

        Raises:
            ValueError: If the settings name a mutation or an objective that is not registered.
        """
        own.check(config)
        self.config = config
        self.generation = 0
        self.innovations = Innovations(inputs, outputs)
        rng = generator(config.seed, Stream.START)
        self._population: Sequence[Genome]
        if start is None:
            self._population = initial.population(
                inputs, outputs, config, self.innovations, rng, self._mutated
            )
        else:
            self.innovations.learn(start)
            mutants = (self._mutated(start, rng) for _ in range(config.population - 1))
            self._population = [start, *mutants]

    def ask(self) -> list[Genome]:
        """The population to evaluate, P genomes."""
        return list(self._population)

    @property
    def population(self) -> Sequence[Genome]:
        """The same P genomes, each made when it is first asked for."""
        return self._population

    def tell(
        self,
        rewards: np.ndarray,
        complexity: Sequence[int],
        guide: Guide | None = None,
        other: np.ndarray | None = None,
        hall: Sequence[Genome] | None = None,
    ) -> None:
        """Select and vary: make the next generation.

        Args:
            rewards: float[P, W, R] in the order of `ask`. A genome with a reward that is not finite
                ranks last.
            complexity: [P], the number of connections of each genome.
            guide: Asked about the parents; mutations draw from what it proposes.
            other: [P] or [P, K], what stands in the place of the peak; see `objectives.ranked`.
            hall: The genomes that are elites, the best first, instead of those of the generation;
                half of the next one at most.

        Raises:
            ValueError: If a shape does not fit the population.
        """
        rewards = np.asarray(rewards, np.float64)
        if rewards.ndim != 3 or len(rewards) != len(self._population):
            raise ValueError(
                f"expected rewards [{len(self._population)}, W, R], got {rewards.shape}"
            )
        if len(complexity) != len(self._population):
            raise ValueError(
                f"expected {len(self._population)} complexities, got {len(complexity)}"
            )
        rng = generator(self.config.seed, Stream.VARIATION, self.generation)
        probability = self.config.complexity_probability
        order = objectives.ranked(rewards, np.asarray(complexity), probability, rng, other)
        self._population = self._offspring(order, rng, guide, hall)
        self.generation += 1
        if self.generation % FORGET_EVERY == 0:
            self.innovations.keep(self._population)

    def restart(self, genome: Genome) -> None:
        """Go on with a population of copies of one genome."""
        self._population = [genome] * len(self._population)

    def _offspring(
        self,
        order: np.ndarray,
        rng: np.random.Generator,
        guide: Guide | None,
        hall: Sequence[Genome] | None,
    ) -> Sequence[Genome]:
        """The next generation; the order is that of the population from best to worst."""
        config = self.config
        if self._all_compiled and not guide and hall is None:
            among = order, self._rules, config.symmetric
            return offspring(self._population, *among, rng, self.innovations)
        ranked = [self._population[i] for i in order]
        elites, parents = shares(config)
        if hall is not None:
            ranked = [*hall, *(genome for genome in ranked if genome not in hall)]
            elites, parents = min(len(hall), config.population // 2), len(hall) + parents
        count = config.population - elites

        def winner() -> int:
            """The place of a parent, by tournaments among those that are not culled."""
            return int(least(draws_of(rng), parents, config.tournaments * config.tournament))

        families: list[int] = []
        proposed: dict[int, Proposals] = {}
        if guide:
            families = sorted({winner() for _ in range(-(-count // FAMILY))})
            proposals = guide([ranked[i] for i in families])
            proposed = dict(zip(families, proposals, strict=True))

        def parent() -> int:
            """A winner or, where a guide is asked, one of the few that it is asked about."""
            return families[rng.integers(len(families))] if families else winner()

        children = [self._child(ranked, parent, proposed, rng) for _ in range(count)]
        return ranked[:elites] + children

    def _child(
        self,
        ranked: list[Genome],
        parent: Callable[[], int],
        proposed: Mapping[int, Proposals],
        rng: np.random.Generator,
    ) -> Genome:
        """A child of one parent, or of two.

        Args:
            ranked: The population from best to worst.
            parent: Draws the place of a parent.
            proposed: Changes of parents that should help, by their places.
            rng: Draws everything else.
        """
        config = self.config
        if config.immigrants and rng.random() < config.immigrants:
            sizes = ranked[0].inputs, ranked[0].outputs
            return initial.population(*sizes, config, self.innovations, rng, self._mutated, 1)[0]
        first = parent()
        if rng.random() < config.crossover:
            better, other = (ranked[i] for i in sorted((first, parent())))
            return self._crossed(better, other, rng)
        child = self._mutated(ranked[first], rng, proposed.get(first))
        while config.more_mutations and rng.random() < config.more_mutations:
            child = self._mutated(child, rng, proposed.get(first))
        return child

    def _crossed(self, better: Genome, other: Genome, rng: np.random.Generator) -> Genome:
        child = crossover(better, other, rng)
        config = self.config
        if (config.symmetric and not symmetric(child)) or (config.layered and not layered(child)):
            child = better
        child = self._mutated(child, rng)
        if child in (better, other):  # the mutation undid the crossover
            child = self._mutated(child, rng)
        return child

    def _mutated(
        self, genome: Genome, rng: np.random.Generator, proposals: Proposals | None = None
    ) -> Genome:
        config, (kinds, rates) = self.config, self._choices
        if config.published_mutations:
            return published.mutate(genome, rng, self.innovations, kinds, rates)
        return mutate(
            genome,
            rng,
            self.innovations,
            kinds,
            rates,
            proposals,
            keep_symmetric=config.symmetric,
            keep_layered=config.layered,
        )

    @cached_property
    def _choices(self) -> tuple[np.ndarray, dict[str, float]]:
        """The activations and the rates of mutations; the settings work them out each time."""
        return self.config.activation_indices, self.config.mutation_rates

    @cached_property
    def _all_compiled(self) -> bool:
        """Whether compiled code can make all children, as long as there is no guide."""
        config = self.config
        in_python = any(
            (config.crossover, config.more_mutations, config.immigrants, config.layered)
        )
        return not (in_python or config.published_mutations) and OPERATORS.keys() >= {
            name for name, rate in config.mutation_rates.items() if rate > 0
        }

    @cached_property
    def _rules(self) -> Rules:
        config, (kinds, rates) = self.config, self._choices
        there = {operator_of(name, config.symmetric): rate for name, rate in rates.items() if rate}
        return Rules(
            *shares(config),
            config.tournaments * config.tournament,
            np.array(list(there), np.int64),
            np.array(list(there.values()), np.float64),
            kinds,
            TRIES if config.symmetric else 1,
        )

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The whole state as arrays, for a checkpoint."""
        pool = together(self._population).pool
        counts = np.diff(pool.starts, axis=0)
        return {
            "generation": np.array(self.generation),
            "sizes": np.array([pool.inputs, pool.outputs]),
            "hidden": pool.hidden,
            "hidden_counts": counts[:, 0],
            "connections": pool.connections,
            "connection_counts": counts[:, 1],
            **{f"innovations_{k}": v for k, v in self.innovations.to_arrays().items()},
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], config: SearchConfig) -> Evolution:
        """The state that `to_arrays` gave; it goes on as if never interrupted.

        Raises:
            ValueError: If an array is missing or does not fit, or as by `Evolution`.
        """
        own.check(config)
        self = cls.__new__(cls)
        self.config = config
        self.generation = int(take_whole(arrays, "generation"))
        prefix = "innovations_"
        self.innovations = Innovations.from_arrays(
            {k[len(prefix) :]: v for k, v in arrays.items() if k.startswith(prefix)}
        )
        counts = [
            take_whole(arrays, name, config.population)
            for name in ("hidden_counts", "connection_counts")
        ]
        sizes = take_whole(arrays, "sizes", 2).tolist()
        self._population = take_genomes(
            arrays, "", sizes, np.column_stack(counts), config.own_activations
        )
        return self
