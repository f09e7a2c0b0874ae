"""Search for weight agnostic networks: ``python -m wann.search --env cartpole``."""

from __future__ import annotations

import math
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.cli import guards
from wann.cli.options import Data, Flag, Quiet, Workers, check_resume, given, parse
from wann.cli.progress import SearchProgress
from wann.core.checks import require
from wann.core.config import SearchConfig, preset
from wann.core.text import duration, number
from wann.envs.task import Task
from wann.evaluation.cluster import LOCAL, Machines
from wann.evaluation.pool import check_workers
from wann.search import failure
from wann.search.loop import search
from wann.search.state import SearchState
from wann.search.tensorboard import MODULES, EventLog
from wann.storage.model import Model
from wann.storage.run import Run


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
        with guards.bad_input():
            options, task, run = _prepare(args)
            stack.enter_context(run.writing())
            state = SearchState(task, options.config, run)
            events = EventLog(run) if options.tensorboard else nullcontext()
        _search(options, state, run, events)


def _search(
    options: Options, state: SearchState, run: Run, events: AbstractContextManager[Any]
) -> None:
    """Search, show how it goes, and print what was found."""
    console = guards.console(options.quiet)
    progress = SearchProgress(console, options.config.generations, options.time_limit)
    failing = failure.shown(state.task, run)
    with (
        failing,
        guards.full_disk(),
        guards.interruptible() as interrupted,
        progress,
        events as log,
    ):

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
        sys.exit(guards.INTERRUPTED)


def _prepare(args: list[str]) -> tuple[Options, Task, Run]:
    """The options on the command line, checked, the task, and the run's folder.

    Raises:
        ValueError: If an option is bad.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    resume = given(args, "--resume")
    saved = None if resume is None else Run(Path(resume))
    default = saved.config() if saved else preset(given(args, "--env") or SearchConfig.env)
    options = parse(Options, "python -m wann.search", args, Options(default))
    if not options.time_limit > 0:
        raise ValueError(f"--time-limit: expected seconds above 0, got {options.time_limit}")
    check_workers(options.workers)
    if options.tensorboard:
        require("tensorboard", "--tensorboard", *MODULES)
    named = given(args, "--env") if saved else options.config.env
    data = {"data": options.data} if options.data else {}
    task = envs.made_for(options.config.env, named, **data)
    if saved is None:
        return options, task, Run.create(options.config, options.run)
    check_resume(options.config, default, RESUMABLE, options.run)
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
