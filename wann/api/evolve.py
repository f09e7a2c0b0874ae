"""Searching from Python: ``wann.evolve("cartpole", seed=3)``."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, cast

import numpy as np

from wann.api.load import model_of
from wann.api.model import Model
from wann.api.settings import check_same, config_of, python_names
from wann.cli import guards
from wann.cli.progress import SearchProgress
from wann.core.checks import check_workers
from wann.core.config import SearchConfig
from wann.envs.module import NAMED
from wann.envs.task import Task
from wann.evaluation.cluster import LOCAL, Machines
from wann.evaluation.evaluator import Evaluator
from wann.search.callbacks import Callback, entered
from wann.search.loop import search, task_of
from wann.search.state import SearchState
from wann.storage import model as stored
from wann.storage.folder import CONFIG
from wann.storage.run import Run
from wann.storage.subject import measures_of


def evolve(
    task: Any,
    config: SearchConfig | None = None,
    run: str | Path | Run | None = None,
    *,
    seed: int = 0,
    preset: str = "wann",
    start: stored.Model | None = None,
    workers: int = -1,
    machines: Machines = LOCAL,
    time_limit: float = math.inf,
    progress: bool = True,
    callbacks: Sequence[Callback] = (),
    **settings: Any,
) -> Model:
    """Search for a weight agnostic network: ``evolve("cartpole", seed=3)``.

    Ctrl-C, and a notebook's button to stop, end it after the current generation, with what it has
    found. A termination signal ends the program, as always.

    Args:
        task: The name of a task; a task; a Gymnasium environment of one's own, its class, or a
            function that makes it; or an evaluator of one's own that has the names of a task:
            name, inputs, outputs, action and solved_at.
        config: All settings at once, in the place of seed, preset and settings.
        run: A folder to save to: a new one, or that of a search with these settings to go on
            with. By default nothing is saved.
        seed: The one seed of everything random. The same seed finds the same champion.
        preset: Where the settings come from that are not given.
        start: A network: it and its mutants are the first generation; by default that of the
            run, if it has one.
        workers: Threads or processes, -1 for one a core; what is found does not depend on it.
        machines: Where the workers are.
        time_limit: Seconds for all of it, simplifying and scoring included.
        progress: Whether to show how it goes, in a terminal or a notebook.
        callbacks: Each is called after each generation with the state of the search:
            ``on_generation(state)``; `state.row` is its row of metrics. See `search.callbacks`.
        **settings: Those of `SearchConfig`, such as ``population=64``; weights and activations
            are lists, or text as on the command line.

    Returns:
        The champion, with its scores on fresh episodes.

    Raises:
        TypeError: If there is no setting of a name, or no such kind of task.
        ValueError: If a value is bad, or the run holds something else.
        OSError: If the run's folder cannot be read or written.
    """
    task = _task(task)
    if config is None:
        config = config_of(task, seed, preset, settings)
    elif seed or settings or preset != "wann":
        raise TypeError("evolve: expected config, or seed, preset and settings, but not both")
    if not time_limit > 0:
        raise ValueError(f"time_limit: expected seconds above 0, got {time_limit}")
    with python_names():
        check_workers(workers)
        SearchState(task, config, None, start)  # what is bad is told before a folder is made
        kept = _run(run, config, start)
    rows: list[dict[str, Any]] = []
    with kept.writing() if kept else nullcontext(), _stoppable() as stop, entered(callbacks):
        with python_names():
            state = SearchState(task, config, kept, start)
        shown, measures = guards.console(not progress), measures_of(state.task)
        line = SearchProgress(shown, config.generations, time_limit, measures)

        def report(row: dict[str, Any]) -> None:
            rows.append(row)
            line(row)
            for callback in callbacks:
                callback(state)

        with line:
            found = search(
                state,
                workers=workers,
                machines=machines,
                time_limit=time_limit,
                report=report,
                interrupted=stop,
            )
    columns = kept.metrics() if kept else _columns(rows)
    place = None if kept is None else kept.path
    return model_of(found, given_task=task, given_config=config, metrics=columns, path=place)


def _task(task: Any) -> Task:
    """The task of a name, of an environment or an evaluator of one's own, or a task itself.

    Raises:
        TypeError: If an evaluator lacks a name.
        ValueError: If it is none of these.
    """
    if not isinstance(task, Evaluator):
        return task_of(task)
    if lacking := [name for name in NAMED if not hasattr(task, name)]:
        raise TypeError(
            f"evolve: expected an evaluator with {', '.join(NAMED)}; {type(task).__name__} has no "
            f"{lacking[0]}"
        )
    found: Any = task
    return cast(Task, found)


def _run(run: str | Path | Run | None, config: SearchConfig, start: Any) -> Run | None:
    """The folder to save to, new or to go on with.

    Raises:
        ValueError: If it holds something else, or a search with other settings.
        OSError: If it cannot be made.
    """
    if run is None or isinstance(run, Run):
        return run
    path = Path(run)
    if not (path / CONFIG).exists():
        return Run.create(config, path, start=start)
    found = Run(path)
    check_same(config, found.config(), path)
    return found


def _stoppable() -> AbstractContextManager[Callable[[], bool]]:
    """Asks whether to stop; only the main thread hears of a user's wish.

    A termination signal is for the whole program, which would else go on with what a search found
    in half of its generations.
    """
    if threading.current_thread() is threading.main_thread():
        return guards.interruptible(by_ctrl_c_alone=True)
    return nullcontext(lambda: False)


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, np.ndarray]:
    return {
        name: np.array([row[name] for row in rows], np.float64)
        for name in (rows[0] if rows else ())
    }
