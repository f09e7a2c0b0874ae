"""The loop of a search: ask, evaluate, confirm, tell, log."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from wann import envs
from wann.core.config import SearchConfig, preset
from wann.core.network import Network, express
from wann.envs.task import Task
from wann.evaluation.cluster import LOCAL, Machines
from wann.evaluation.evaluator import Cases
from wann.evaluation.pool import Pool
from wann.search.champion import Champion
from wann.search.confirmation import Confirmation
from wann.search.log import RunLog
from wann.search.state import SearchState
from wann.search.variation.guidance import guided_by
from wann.storage.model import Model
from wann.storage.run import Run


def search(
    state: SearchState,
    *,
    workers: int = -1,
    machines: Machines = LOCAL,
    time_limit: float = math.inf,
    report: Callable[[dict[str, Any]], object] = lambda row: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Model:
    """Run a search to its end.

    Args:
        state: Where the search stands; it is moved on.
        workers: Threads or processes, -1 for one a core.
        machines: Where the workers are. What is found depends neither on this nor on their number.
        time_limit: Seconds after which the search stops at the end of a generation.
        report: Called with the row of metrics of each generation.
        interrupted: Asked after each generation whether to stop.

    Returns:
        The champion, with its scores on fresh episodes.
    """
    deadline = time.monotonic() + time_limit
    config, evolution, log = state.config, state.evolution, RunLog(state)
    with Pool(state.evaluator, workers, machines) as pool:
        confirmation = Confirmation(pool, config)
        champion = state.champion
        while champion is None or not _finished(config, evolution.generation, champion):
            generation, genomes = evolution.generation, evolution.ask()
            networks = [express(genome) for genome in genomes]

            weights, cases = state.weights(), state.cases()
            rewards = pool.rewards(networks, weights, cases)

            champion, challenge = confirmation.challenge(
                champion, genomes, networks, rewards, generation
            )
            state.champion = champion
            state.evaluations += rewards.size + challenge
            if champion.generation == generation:
                log.champion(champion)

            guide = guided_by(pool, config, generation, weights, cases) if config.guided else None
            complexity = [network.complexity for network in networks]
            other = _second_objective(pool, config, networks, weights, cases)
            evolution.tell(rewards, complexity, guide, other)
            if _starts_anew(config, evolution.generation, champion):
                evolution.restart(confirmation.simplified(champion).genome)

            report(log.generation(champion, networks, rewards))
            if interrupted() or time.monotonic() > deadline:
                break
        # The search itself keeps the champion as it is, so that it can go on undisturbed.
        found = confirmation.simplified(champion) if config.simplify else champion
        model = found.to_model(state.task, config.seed, confirmation.report(found, state.task))
        log.result(model)
        return model


def _second_objective(
    pool: Pool,
    config: SearchConfig,
    networks: Sequence[Network],
    weights: np.ndarray,
    cases: Cases,
) -> np.ndarray | None:
    """What stands beside fitness where that is not few connections, [P]; None for the peak."""
    if config.objectives == "accuracy":
        return pool.scores(networks, weights, cases).mean(axis=(1, 2))
    return np.zeros(len(networks)) if config.objectives == "none" else None


def _finished(config: SearchConfig, generation: int, champion: Champion) -> bool:
    """Whether the generations are over, or the champion has reached the target or grown old."""
    if config.patience and generation - 1 - champion.generation >= config.patience:
        return True
    return generation >= config.generations or champion.fitness >= config.target


def _starts_anew(config: SearchConfig, generation: int, champion: Champion) -> bool:
    """Whether the population starts again from the champion: now and then, if that is new."""
    every = config.restart
    return bool(every) and generation % every == 0 and champion.generation >= generation - every


def evolve(
    task: Task | str,
    config: SearchConfig | None = None,
    run: Run | None = None,
    start: Model | None = None,
    **options: Any,
) -> Model:
    """Search for a weight agnostic network from Python: ``evolve("cartpole")``.

    Args:
        task: A task or the name of one.
        config: The settings; by default the preset of the task.
        run: A folder to save to, or to go on from where it holds a checkpoint; by default
            nothing is saved.
        start: A network: it and its mutants are the first generation; by default that of the
            run, if it has one.
        **options: Those of `search`.

    Returns:
        The champion, with its scores on fresh episodes.
    """
    task = envs.make(task) if isinstance(task, str) else task
    with run.writing() if run else nullcontext():
        return search(SearchState(task, config or preset(task.name), run, start), **options)
