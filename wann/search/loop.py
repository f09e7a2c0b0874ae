"""The loop of a search: ask, evaluate, confirm, tell, log."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from wann import envs
from wann.core.config import SearchConfig
from wann.core.network import Network, express_all
from wann.core.text import tell
from wann.envs import gym
from wann.envs.classification import ClassificationTask
from wann.envs.envpool import EnvPoolTask
from wann.envs.failure import Failure
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import ControlTask, Task
from wann.evaluation.cluster import LOCAL, Machines
from wann.evaluation.evaluator import Cases
from wann.evaluation.pool import OutOfTime, Pool
from wann.evaluation.stepped import probe
from wann.search import normalizing, objectives
from wann.search.champion import Champion
from wann.search.confirmation import Confirmation
from wann.search.log import RunLog
from wann.search.objectives import fitness
from wann.search.state import SearchState
from wann.search.variation.guidance import guided_by
from wann.storage.model import Model

SPARE = 0.4  # share of the time limit that is kept for the end, at most


def search(
    state: SearchState,
    *,
    workers: int = -1,
    machines: Machines = LOCAL,
    time_limit: float = math.inf,
    report: Callable[[dict[str, Any]], object] = lambda row: None,
    interrupted: Callable[[], bool] = lambda: False,
    phase: Callable[[str], object] = lambda line: None,
) -> Model:
    """Run a search to its end.

    Args:
        state: Where the search stands; it is moved on.
        workers: Threads or processes, -1 for one a core.
        machines: Where the workers are. What is found depends neither on this nor on their number.
        time_limit: Seconds for all of it, the end included: the generation under way is given up,
            and the champion is simplified and scored as far as the time allows.
        report: Called with the row of metrics of each generation.
        interrupted: Asked after each generation whether to stop.
        phase: Called with a line on what is going on.

    Returns:
        The champion, with its scores on fresh episodes.

    Raises:
        Unfit: If networks cannot be tried on a Gymnasium environment.
        EpisodeError: If one raises.
        Failure: If the time is over before the first genome was tried.
    """
    ends = time.monotonic() + time_limit
    config, begun = state.config, state.evaluations
    with Pool(state.evaluator, workers, machines) as pool:
        log = RunLog(state, pool)
        if isinstance(state.task, GymTask) and not isinstance(state.task, EnvPoolTask):
            phase("looking at the environment")
            pool.until = ends
            with suppress(OutOfTime):  # the first generation has no more of it
                if note := probe.look(pool, state.task):
                    tell(note)
        confirmation = Confirmation(pool, config)

        def spare() -> float:
            """When to stop, so that what comes at the end is done in time."""
            return ends - min(confirmation.seconds, SPARE * time_limit)

        with suppress(OutOfTime):
            for row in _generations(state, pool, confirmation, log, spare, phase):
                report(row)
                if interrupted() or time.monotonic() > spare():
                    break
        champion = state.champion
        if champion is None:
            raise Failure(
                "the time limit was over before the first generation: give it more, or a smaller "
                "--population, fewer --rollouts or shorter episodes (--max-steps)"
            )
        # The search itself keeps the champion as it is, so that it can go on undisturbed.
        found, pool.watch = champion, lambda share: None
        if config.simplify:
            phase("simplifying the champion")
            found = _in_time(pool, confirmation, champion, ends, spare())
        phase("scoring the champion on fresh episodes")
        pool.until = math.inf
        scores = confirmation.report(found, state.task, ends)
        model = found.to_model(state.task, config.seed, scores)
        log.result(model)
        # What the end took is no part of where the search goes on.
        state.evaluations = begun + pool.rollouts
        log.tick()
        return model


def _objectives(
    pool: Pool,
    config: SearchConfig,
    networks: Sequence[Network],
    weights: np.ndarray,
    cases: Cases,
    rewards: np.ndarray,
) -> np.ndarray | None:
    """What stands beside fitness where that is not few connections, [P, 1] or [P, 2]; None for the
    peak."""
    if config.objectives == "peak":
        return None
    return np.column_stack(
        [
            pool.scores(networks, weights, cases).mean(axis=(1, 2))
            if name == "accuracy"
            else objectives.values(name, networks, rewards)
            for name in config.objective_names
        ]
    )


def _generations(
    state: SearchState,
    pool: Pool,
    confirmation: Confirmation,
    log: RunLog,
    until: Callable[[], float],
    phase: Callable[[str], object],
) -> Iterator[dict[str, Any]]:
    """Generation by generation: their rows of metrics.

    Raises:
        OutOfTime: In the middle of one, which then counts for nothing, unless it is the first.
    """
    config, evolution = state.config, state.evolution
    while state.champion is None or not _finished(config, evolution.generation, state.champion):
        generation, genomes = evolution.generation, evolution.population
        networks = express_all(genomes)
        pool.until = until()
        pool.watch = partial(_share, phase, generation)

        weights, cases = state.weights(), state.cases()
        if config.normalize and generation < normalizing.GENERATIONS:
            _normalize(state, pool, confirmation, networks, weights, int(np.ravel(cases)[0]))
        try:
            rewards = pool.rewards(networks, weights, cases)
            hall = state.hall.copy()
            champion, challenge = confirmation.challenge(
                state.champion, genomes, networks, rewards, generation, hall
            )
            anew = None
            if _starts_anew(config, generation + 1, champion):
                anew = confirmation.simplified(champion).genome
        except OutOfTime as error:
            rewards = rewards if error.result.shape[0] < len(genomes) else error.result
            if state.champion is None and np.isfinite(fitness(rewards)).any():
                best = int(fitness(rewards).argmax())  # unconfirmed, but better than nothing
                state.champion = Champion(genomes[best], float(fitness(rewards)[best]), generation)
            raise
        state.champion, state.hall = champion, hall
        state.evaluations += rewards.size + challenge
        if champion.generation == generation:
            log.champion(champion)

        guide = guided_by(pool, config, generation, weights, cases) if config.guided else None
        complexity = [network.complexity for network in networks]
        other = _objectives(pool, config, networks, weights, cases, rewards)
        parents = hall.genomes if config.hall_of_fame else None
        evolution.tell(rewards, complexity, guide, other, parents)
        if anew is not None:
            evolution.restart(anew)
        yield log.generation(champion, networks, rewards)


def _normalize(
    state: SearchState,
    pool: Pool,
    confirmation: Confirmation,
    networks: Sequence[Network],
    weights: np.ndarray,
    seed: int,
) -> None:
    """See how large observations are by now, and what the champion is worth with that."""
    assert isinstance(state.task, GymTask)
    before = pool.rollouts
    found = normalizing.moments(pool, state.task, networks, weights, seed, state.moments)
    if found is None:
        return
    state.normalize(found)
    pool.evaluator = state.evaluator
    if state.champion:
        state.champion = confirmation.again(state.champion)
        state.hall.again(confirmation.again)
    state.evaluations += pool.rollouts - before


def _in_time(
    pool: Pool, confirmation: Confirmation, champion: Champion, ends: float, until: float
) -> Champion:
    """The champion simplified, as far as the time allows.

    Args:
        pool: The workers.
        confirmation: What simplifies.
        champion: The champion.
        ends: When the search is to end, by `time.monotonic`.
        until: When to be done, so that there is time for scores; where that is over, as the
            generations had all the time, it is half of what is left.
    """
    now = time.monotonic()
    pool.until = ends
    try:
        return confirmation.simplified(champion, until if until > now else (now + ends) / 2)
    except OutOfTime:
        return champion


def _share(phase: Callable[[str], object], generation: int, share: float) -> None:
    if share < 1:
        phase(f"generation {generation:4d}  {share:.0%} tried")


def _finished(config: SearchConfig, generation: int, champion: Champion) -> bool:
    """Whether the generations are over, or the champion has reached the target or grown old."""
    if config.patience and generation - 1 - champion.generation >= config.patience:
        return True
    return generation >= config.generations or champion.fitness >= config.target


def _starts_anew(config: SearchConfig, generation: int, champion: Champion) -> bool:
    """Whether the population starts again from the champion: now and then, if that is new."""
    every = config.restart
    return bool(every) and generation % every == 0 and champion.generation >= generation - every


def task_of(task: Any) -> Task:
    """The task of a name, of an environment of one's own, or a task itself.

    Raises:
        ValueError: If it is none of these.
    """
    if isinstance(task, str):
        return envs.make(task)
    if isinstance(task, ControlTask | GymTask | ClassificationTask | RegressionTask):
        return task
    return gym.of(task)
