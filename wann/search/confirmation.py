"""Confirmation: who becomes champion, and what is reported of it.

The best of a generation is mostly the luckiest. It becomes champion only if it beats the old one
on a set of cases that is drawn once and used for nothing else; the scores that are reported come
from a third set.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from wann.core.checks import parse_weights
from wann.core.config import SearchConfig
from wann.core.genome import Genome
from wann.core.invariance import any_weight
from wann.core.network import Network, express
from wann.core.rng import Stream, generator
from wann.core.structure import genome_of
from wann.core.symmetry import symmetric
from wann.envs.task import Task
from wann.evaluation.evaluator import Cases, drawn
from wann.evaluation.pool import Pool
from wann.evaluation.protocol import GRID
from wann.search.champion import Champion
from wann.search.hall import HallOfFame
from wann.search.objectives import fitness
from wann.search.simplify import simplified

# Seconds for the scores where no time is left: enough for all of them, if episodes are cheap.
GRACE = 1.0
# In how many parts champions are scored where time is limited: after each the pace is known anew. A
# part is given no more than half of the time that is left.
PORTIONS = 5
# Episodes, of all weights together, where a champion is scored over [-2, 2] as well.
WHOLE_ROLLOUTS = 2400
# Episodes for each weight by which a champion is simplified, at most.
SIMPLIFY_ROLLOUTS = 12


class Confirmation:
    """Tries champions on cases that selection never sees."""

    def __init__(self, pool: Pool, config: SearchConfig) -> None:
        """Draw the cases, the same ones for the whole search."""
        self._pool, self._config = pool, config
        rng = generator(config.seed, Stream.CONFIRMATION)
        count = config.confirm_rollouts, len(config.weight_values)
        self._cases = drawn(pool.evaluator.confirmation, rng, *count, config)

    def challenge(
        self,
        champion: Champion | None,
        genomes: Sequence[Genome],
        networks: Sequence[Network],
        rewards: np.ndarray,
        generation: int,
        hall: HallOfFame | None = None,
    ) -> tuple[Champion, int]:
        """Let the best of a generation become champion if the confirmation cases agree.

        Args:
            champion: The one so far; where there is none, the best becomes it.
            genomes: P genomes.
            networks: The same, expressed.
            rewards: [P, W, R].
            generation: Their generation.
            hall: Where it has room, the best contend for a place in it, too.

        Returns:
            The champion, and the number of rollouts that it took to find out.
        """
        hall = hall or HallOfFame(0)
        if hall.size:
            places = hall.contenders(genomes, rewards)
        else:
            best = int(fitness(rewards).argmax())
            places = [] if champion and genomes[best] == champion.genome else [best]
        scores = self._fitness([networks[i] for i in places])
        contenders = [
            Champion(genomes[i], score, generation) for i, score in zip(places, scores, strict=True)
        ]
        hall.admit(contenders)
        later_wins = getattr(self._pool.evaluator, "later_wins", False)
        for challenger in contenders:
            if (
                champion is None
                or challenger.fitness > champion.fitness
                or (later_wins and challenger.fitness == champion.fitness)
            ):
                champion = challenger
        assert champion is not None
        return champion, len(places) * len(self._config.weight_values) * len(self._cases)

    def simplified(self, champion: Champion, until: float = math.inf) -> Champion:
        """The champion without the connections that it does not need.

        Args:
            champion: The champion.
            until: When to be content with what is found, by `time.monotonic`.

        Raises:
            OutOfTime: If the pool's own time is up before.
        """
        config = self._config
        rng = generator(config.seed, Stream.SIMPLIFYING, champion.generation)
        rollouts = min(SIMPLIFY_ROLLOUTS, config.confirm_rollouts)
        genome = simplified(self._pool, champion.genome, config.weight_values, rollouts, rng, until)
        if genome == champion.genome:
            return champion
        return replace(champion, genome=genome, fitness=self._fitness([express(genome)])[0])

    def again(self, champion: Champion) -> Champion:
        """The champion with its fitness as it is now, after what networks see has changed."""
        return replace(champion, fitness=self._fitness([express(champion.genome)])[0])

    @property
    def seconds(self) -> float:
        """What is left to do at the end of a search will take, by what rollouts took so far."""
        config = self._config
        each = config.report_episodes + config.simplify * len(self._cases)
        # To simplify takes some, or to score weights in [-2, 2] where others say little of them.
        more = config.simplify or not config.symmetric
        rollouts = len(config.weight_values) * each + more * WHOLE_ROLLOUTS
        return self._pool.pace * rollouts / self._pool.workers

    def report(self, champion: Champion, task: Task, ends: float = math.inf) -> dict[str, Any]:
        """The scores to report of a champion, on fresh cases that choose nothing.

        Where its weights do not stand for all in [-2, 2], the mean over these is there, too.

        Args:
            champion: The champion.
            task: What it is for.
            ends: When to be done, by `time.monotonic`; if that is soon, there are fewer cases, but
                as many as `GRACE` seconds allow.
        """
        evaluator, config = self._pool.evaluator, self._config
        network, weights = express(champion.genome), config.weight_values
        said, stand_for_all = weights_of(network, config, task.action["kind"] == "discrete")
        most, now = max(1, WHOLE_ROLLOUTS // len(GRID)), time.monotonic()
        cases = evaluator.report(generator(config.seed, Stream.REPORT), config.report_episodes)
        until = ends if stand_for_all else (max(ends, now) + now) / 2
        scores = self._scores(network, weights, cases, until, least=1)
        cases = cases[: scores.shape[1]]
        report = {"on": evaluator.describe(cases), "weights": said, **summary(scores)}
        if not stand_for_all and (scores := self._scores(network, GRID, cases[:most], ends)).size:
            report["whole_range"] = float(scores.mean())
        return report

    def _scores(
        self, network: Network, weights: np.ndarray, cases: Cases, ends: float, least: int = 0
    ) -> np.ndarray:
        """The scores of as many cases as there is time for, the first ones, float64[W, R].

        Args:
            network: The network.
            weights: [W] shared weights.
            cases: All of them.
            ends: When to be done, by `time.monotonic`, or `GRACE` seconds from now.
            least: How many cases there are in any case.
        """
        ends = max(ends, time.monotonic() + GRACE)
        each = len(cases) if ends == math.inf else -(-len(cases) // PORTIONS)
        found, done = [np.empty((len(weights), 0))], 0
        while done < len(cases):
            most = min(each, len(cases) - done)
            left = max(ends - time.monotonic(), 0.0)
            half = self._affordable(2 * most, len(weights), left) // 2  # no more at a time
            some = cases[done : done + max(half, least - done)]
            if not len(some):
                break
            found.append(self._pool.scores([network], weights, some)[0])
            done += len(some)
        return np.concatenate(found, axis=1)

    def _affordable(self, most: int, weights: int, seconds: float) -> int:
        """How many cases for each of so many weights there is time for."""
        each = self._pool.pace * weights / self._pool.workers
        return most if each * most <= seconds else max(int(seconds / each), 0)

    def _fitness(self, networks: Sequence[Network]) -> list[float]:
        if not networks:
            return []
        # Where hopeless episodes are given up, playing them on took two of three steps of a search;
        # where falls count less, who dares something would not be confirmed.
        config = self._config
        as_selection = config.give_up > 0 or config.least_reward > -math.inf
        play = self._pool.rewards if as_selection else self._pool.scores
        returns = play(networks, self._config.weight_values, self._cases)
        found: list[float] = fitness(returns).tolist()
        return found


def weights_of(network: Network, config: SearchConfig, discrete: bool) -> tuple[str, bool]:
    """What the weights of a search say of a network.

    Args:
        network: The network.
        config: The settings of the search.
        discrete: Whether nothing counts but which output is the largest.

    Returns:
        How many weights there are, from where, and for which others they stand; and whether they
        stand for all from -2 to 2, having both signs or by the network's structure.
    """
    weights, genome = config.weight_values, genome_of(network)
    ends = parse_weights(config.shared_weights)
    if len(weights) == 1:
        said = f"the one weight {weights[0]:g}"
    elif config.fresh_weights or ":" in config.shared_weights:
        said = f"{len(weights)} weights in [{ends[0]:g}, {ends[-1]:g}]"
    else:
        said = f"the weights {', '.join(f'{weight:g}' for weight in weights)}"
    if discrete and any_weight(genome):
        return f"{said}; by construction the same for any but 0", True
    even, both = symmetric(genome), weights.min() < 0 < weights.max()
    if even and not both:
        said += f"; symmetric: the same for {'negative' if weights.max() > 0 else 'positive'} ones"
    return said, len(weights) > 1 and bool(even or both)


def summary(rewards: np.ndarray) -> dict[str, float]:
    """The scores of one network.

    Args:
        rewards: [W, R].

    Returns:
        fitness, the mean over everything; peak and worst, the means of the best and the worst
        single weight.
    """
    by_weight = rewards.mean(axis=1)
    return {
        "fitness": float(by_weight.mean()),
        "peak": float(by_weight.max()),
        "worst": float(by_weight.min()),
    }
