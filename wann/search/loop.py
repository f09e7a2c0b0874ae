"""The loop of a search: ask, evaluate, confirm, tell, log."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from wann import envs
from wann.core.config import SearchConfig, preset
from wann.core.network import express
from wann.envs.task import Task
from wann.evaluation.cluster import LOCAL, Machines
from wann.evaluation.pool import Pool
from wann.search.state import SearchState
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
    with Pool(state.evaluator, workers, machines) as pool:
        while not state.finished():
            genomes = state.evolution.ask()
            networks = [express(genome) for genome in genomes]
            weights, cases = state.weights(), state.cases()
            rewards = pool.rewards(networks, weights, cases)
            state.challenge(pool, genomes, networks, rewards)
            guide = state.guide(pool, weights, cases)
            state.evolution.tell(rewards, [network.complexity for network in networks], guide)
            state.restart(pool)
            report(state.log(networks, rewards))
            if interrupted() or time.monotonic() > deadline:
                break
        return state.conclude(pool)


def evolve(
    task: Task | str, config: SearchConfig | None = None, run: Run | None = None, **options: Any
) -> Model:
    """Search for a weight agnostic network from Python: ``evolve("cartpole")``.

    Args:
        task: A task or the name of one.
        config: The settings; by default the preset of the task.
        run: A folder to save to, or to go on from where it holds a checkpoint; by default
            nothing is saved.
        **options: Those of `search`.

    Returns:
        The champion, with its scores on fresh episodes.
    """
    task = envs.make(task) if isinstance(task, str) else task
    with run.writing() if run else nullcontext():
        return search(SearchState(task, config or preset(task.name), run), **options)
