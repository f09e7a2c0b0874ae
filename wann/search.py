"""Search for weight agnostic networks: ``python -m wann.search --env cartpole``."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table

import envs
from envs.task import Task
from wann import cli, failure
from wann.cluster import LOCAL, Machines
from wann.config import SearchConfig, preset
from wann.evaluation import Pool, check_workers
from wann.extras import require
from wann.model import Model
from wann.network import express
from wann.options import Data, Flag, Quiet, Workers
from wann.progress import SearchProgress, duration, number
from wann.runs import Run
from wann.state import SearchState
from wann.tensorboard import MODULES, EventLog


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
    with Pool(state.trials, workers, machines) as pool:
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


@dataclass(frozen=True)
class Options:
    """Search for a network that does a task with any shared weight.

    The defaults shown are those of the task that --env names.
    """

    config: tyro.conf.OmitArgPrefixes[SearchConfig]
    run: Path | None = None
    """Folder to save to; by default a new one in runs/."""
    resume: Path | None = None
    """Go on with the search in this run folder."""
    workers: Workers = -1
    machines: tyro.conf.OmitArgPrefixes[Machines] = LOCAL
    time_limit: float = math.inf
    """Stop after this many seconds."""
    data: Data = None
    tensorboard: Flag = False
    """Write the metrics as TensorBoard events, too, into the run's folder."""
    quiet: Quiet = False


# Settings that may change when a search is resumed: they say only when it stops.
RESUMABLE = ("generations", "target")


def main(args: list[str] | None = None) -> None:
    """The command."""
    args = sys.argv[1:] if args is None else args
    with ExitStack() as stack:
        with cli.bad_input():
            options, task, run = _prepare(args)
            stack.enter_context(run.writing())
            state = SearchState(task, options.config, run)
            events = EventLog(run) if options.tensorboard else nullcontext()
        _search(options, state, run, events)


def _search(
    options: Options, state: SearchState, run: Run, events: AbstractContextManager[Any]
) -> None:
    """Search, show how it goes, and print what was found."""
    console = cli.console(options.quiet)
    progress = SearchProgress(console, options.config.generations, options.time_limit)
    failing = failure.shown(state.task, run)
    with failing, cli.full_disk(), cli.interruptible() as interrupted, progress, events as log:

        def report(row: dict[str, Any]) -> None:
            progress(row)
            if log:
                log(row)

        model = search(
            state,
            workers=options.workers,
            machines=options.machines,
            time_limit=options.time_limit,
            report=report,
            interrupted=interrupted,
        )
    _print_result(console, state, model, run)
    if interrupted():
        sys.exit(cli.INTERRUPTED)


def _prepare(args: list[str]) -> tuple[Options, Task, Run]:
    """The options on the command line, checked, the task, and the run's folder.

    Raises:
        ValueError: If an option is bad.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    resume = cli.given(args, "--resume")
    saved = None if resume is None else Run(Path(resume))
    default = saved.config() if saved else preset(cli.given(args, "--env") or SearchConfig.env)
    options = cli.parse(Options, "python -m wann.search", args, Options(default))
    if not options.time_limit > 0:
        raise ValueError(f"--time-limit: expected seconds above 0, got {options.time_limit}")
    check_workers(options.workers)
    if options.tensorboard:
        require("tensorboard", "--tensorboard", *MODULES)
    named = cli.given(args, "--env") if saved else options.config.env
    data = {"data": options.data} if options.data else {}
    task = envs.made_for(options.config.env, named, **data)
    if saved is None:
        return options, task, Run.create(options.config, options.run)
    cli.check_resume(options.config, default, RESUMABLE, options.run)
    return options, task, saved


def _print_result(console: Console, state: SearchState, model: Model, run: Run) -> None:
    scores = model.scores
    table = Table(title=f"Champion on {scores['on']}")
    for column in ("mean", "best weight", "worst weight", "connections", "rollouts", "time"):
        table.add_column(column, justify="right")
    table.add_row(
        number(scores["fitness"]),
        number(scores["peak"]),
        number(scores["worst"]),
        str(model.network.complexity),
        f"{state.evaluations:,}",
        duration(state.seconds),
    )
    console.print(table)
    console.print(f"Saved in {run.path}. Next:", soft_wrap=True)
    for command in ("sweep", "visualize", "tune"):
        console.print(f"  python -m wann.{command} {run.path}", soft_wrap=True)


if __name__ == "__main__":
    main()
