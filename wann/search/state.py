"""The state of a search: what its loop moves on, and its run folder keeps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from wann.core.arrays import take, take_whole
from wann.core.config import SearchConfig
from wann.core.genome import Genome
from wann.core.network import Network, express
from wann.core.rng import Stream, generator
from wann.envs.task import Task
from wann.evaluation.evaluator import Cases, evaluator_for
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.pool import Pool
from wann.search import guidance
from wann.search.champion import Champion, summary
from wann.search.evolution import Evolution, Guide
from wann.search.proposals import Proposals
from wann.search.simplify import simplified
from wann.storage.model import Model
from wann.storage.run import Run

# Episodes for each weight in the scores that are reported.
REPORT_ROLLOUTS = 100
# Episodes for each weight by which a champion is simplified, at most.
SIMPLIFY_ROLLOUTS = 12
# Seconds between two checkpoints, where generations are shorter; and how many times as long as
# the last one took, for slow disks.
CHECKPOINT_INTERVAL = 1.0
CHECKPOINT_PAUSE = 20.0
# Fitness and complexity of the last generation told, each [P]: for pictures only.
LAST = ("last_fitness", "last_complexity")


class SearchState:
    """Evolution, champion and counters of one search, in memory and in its run's folder.

    Attributes:
        evaluator: What the networks are tried on.
        evolution: The population.
        champion: The best genome so far, None before the first generation.
        evaluations: Number of rollouts so far.
        seconds: Time spent so far, interruptions not counted.
    """

    def __init__(self, task: Task, config: SearchConfig, run: Run | None) -> None:
        """Start a search, or take up the one whose checkpoint the run holds.

        Raises:
            ValueError: If the checkpoint is damaged or belongs to another task.
            OSError: If the run's folder cannot be read or written.
        """
        self.task = task
        self.config = config
        self.run = run
        self.evaluator = evaluator_for(task, config)
        if config.guided and not isinstance(self.evaluator, ImageEvaluator):
            raise ValueError(
                f"--guided: expected a task with images, which have a gradient, got {task.name}"
            )
        self.evolution = Evolution(len(task.inputs), len(task.outputs), config)
        self.champion: Champion | None = None
        self.evaluations = 0
        self.seconds = 0.0
        self._last: dict[str, np.ndarray] = {}
        if run and (arrays := run.load_checkpoint()):
            try:
                self._restore(arrays)
            except ValueError as error:
                raise ValueError(f"{run.path}: the checkpoint does not fit: {error}") from None
        if run:
            run.trim_metrics(self.evolution.generation)
        self._confirmation = self.evaluator.confirmation(
            generator(config.seed, Stream.CONFIRMATION), config.confirm_rollouts
        )
        self._clock = time.monotonic()
        self._next_save = self._clock + CHECKPOINT_INTERVAL

    def _restore(self, arrays: dict[str, np.ndarray]) -> None:
        expected = [len(self.task.inputs), len(self.task.outputs)]
        for name, count in (("sizes", 2), ("champion_sizes", 3)):
            found = take_whole(arrays, name, count)[:2].tolist()
            if found != expected:
                raise ValueError(
                    f"expected {expected[0]} inputs and {expected[1]} outputs, as {self.task.name} "
                    f"has, got {found[0]} and {found[1]}"
                )
        self.evolution = Evolution.from_arrays(arrays, self.config)
        self.champion = Champion.from_arrays(arrays)
        self.evaluations = int(take_whole(arrays, "evaluations"))
        self.seconds = float(take(arrays, "seconds", float))
        self._last = {name: arrays[name] for name in LAST if name in arrays}

    def finished(self) -> bool:
        """Whether the generations are over or the champion has reached the target."""
        if self.champion is None:
            return False
        return (
            self.evolution.generation >= self.config.generations
            or self.champion.fitness >= self.config.target
        )

    def weights(self) -> np.ndarray:
        """The shared weights that all genomes of this generation are tried with, float64[W]."""
        return self.config.drawn_weights(self.evolution.generation)

    def cases(self) -> Sequence[Any]:
        """The episodes that all genomes of this generation meet."""
        rng = generator(self.config.seed, Stream.EPISODES, self.evolution.generation)
        return self.evaluator.draw(rng, self.config.rollouts)

    def guide(self, pool: Pool, weights: np.ndarray, cases: Cases) -> Guide | None:
        """What proposes changes to this generation's parents; None if the search is not guided.

        Args:
            pool: The workers.
            weights: What `weights` gave.
            cases: What `cases` gave.
        """
        if not self.config.guided:
            return None
        activations = self.config.activation_indices
        generation, seed = self.evolution.generation, self.config.seed

        def propose(genomes: Sequence[Genome]) -> list[Proposals]:
            jobs = []
            for i, genome in enumerate(genomes):
                rng = generator(seed, Stream.GUIDANCE, generation, i)
                jobs.append((genome, *cases[0], weights, activations, generation, rng))
            return pool.map(guidance.propose, jobs)

        return propose

    def challenge(
        self,
        pool: Pool,
        genomes: Sequence[Genome],
        networks: Sequence[Network],
        rewards: np.ndarray,
    ) -> None:
        """Let the best of a generation become champion if the confirmation episodes agree.

        Args:
            pool: The workers.
            genomes: P genomes.
            networks: The same, expressed.
            rewards: [P, W, R].
        """
        self.evaluations += rewards.size
        best = int(_fitness(rewards).argmax())
        if self.champion and genomes[best] == self.champion.genome:
            return
        scores = pool.scores([networks[best]], self.config.weight_values, self._confirmation)
        self.evaluations += scores.size
        fitness = float(_fitness(scores)[0])
        if self.champion is None or fitness > self.champion.fitness:
            self.champion = Champion(genomes[best], fitness, self.evolution.generation)
            if self.run:
                self.run.save_champion(self._model(genomes[best], {"confirmed_fitness": fitness}))

    def restart(self, pool: Pool) -> None:
        """Now and then, start the population again from the simplified champion, if it is new."""
        every, generation = self.config.restart, self.evolution.generation
        assert self.champion is not None
        if every and generation % every == 0 and self.champion.generation >= generation - every:
            self.evolution.restart(self._simplified(pool))

    def log(self, networks: Sequence[Network], rewards: np.ndarray) -> dict[str, Any]:
        """Write down the generation just told: its row of metrics, now and then a checkpoint."""
        assert self.champion is not None
        now = time.monotonic()
        self.seconds += now - self._clock
        self._clock = now
        fitness = _fitness(rewards)
        finite = np.isfinite(fitness)
        best = int(fitness.argmax())
        connections = [network.complexity for network in networks]
        self._last = dict(zip(LAST, (fitness, np.array(connections)), strict=True))
        row = {
            "generation": self.evolution.generation - 1,
            "evaluations": self.evaluations,
            "seconds": round(self.seconds, 3),
            "fitness_best": float(fitness[best]),
            "fitness_median": float(np.median(fitness)),
            "peak": float(rewards[finite].mean(axis=2).max(initial=-np.inf)),
            "champion_fitness": self.champion.fitness,
            "connections_best": connections[best],
            "connections_median": float(np.median(connections)),
            "nonfinite": int((~finite).sum()),
        }
        if self.run:
            self.run.log(row)
            if now >= self._next_save:
                self.save()
        return row

    def save(self) -> None:
        """Write the checkpoint."""
        assert self.run is not None
        assert self.champion is not None
        started = time.monotonic()
        self.run.save_checkpoint(
            {
                **self.evolution.to_arrays(),
                **self.champion.to_arrays(),
                **self._last,
                "evaluations": np.array(self.evaluations),
                "seconds": np.array(self.seconds),
            }
        )
        now = time.monotonic()
        self._next_save = now + max(CHECKPOINT_INTERVAL, CHECKPOINT_PAUSE * (now - started))

    def conclude(self, pool: Pool) -> Model:
        """Score the champion on fresh episodes, and save everything.

        Returns:
            The champion with its scores.
        """
        assert self.champion is not None
        # The search itself keeps the champion as it is, so that it can go on undisturbed.
        genome = self._simplified(pool) if self.config.simplify else self.champion.genome
        networks, weights = [express(genome)], self.config.weight_values
        cases = self.evaluator.report(generator(self.config.seed, Stream.REPORT), REPORT_ROLLOUTS)
        scores = pool.scores(networks, weights, cases)
        confirmed = pool.scores(networks, weights, self._confirmation)
        model = self._model(
            genome,
            {
                "on": self.evaluator.describe(cases),
                **summary(scores[0]),
                "confirmed_fitness": float(_fitness(confirmed)[0]),
            },
        )
        if self.run:
            self.save()
            model.save(self.run.path / "champion.json")
        return model

    def _simplified(self, pool: Pool) -> Genome:
        """The champion without what it does not need."""
        assert self.champion is not None
        rng = generator(self.config.seed, Stream.SIMPLIFYING, self.champion.generation)
        weights = self.config.weight_values
        rollouts = min(SIMPLIFY_ROLLOUTS, self.config.confirm_rollouts)
        return simplified(pool, self.champion.genome, weights, rollouts, rng)

    def _model(self, genome: Genome, scores: dict[str, Any]) -> Model:
        assert self.champion is not None
        return Model(
            genome,
            self.task.name,
            self.task.inputs,
            self.task.outputs,
            self.task.action,
            scores=scores,
            search={"seed": self.config.seed, "generation": self.champion.generation},
        )


def _fitness(rewards: np.ndarray) -> np.ndarray:
    """The mean of each genome's rewards [P, W, R], float64[P]; -inf if one is not finite."""
    finite = np.isfinite(rewards).all(axis=(1, 2))
    fitness = np.full(len(rewards), -np.inf)
    fitness[finite] = rewards[finite].mean(axis=(1, 2))
    return fitness
