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
from wann.cli.command_line import check_resume, command, given
from wann.cli.options import Among, Data, Flag, Quiet, Work
from wann.cli.progress import SearchProgress
from wann.core.checks import require
from wann.core.config import SearchConfig, preset
from wann.core.text import duration, number
from wann.envs.task import Task
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
    work: Among[Work] = Work()
    time_limit: float = math.inf
    """Stop after this many seconds."""
    data: Data = None
    tensorboard: Flag = False
    """Write the metrics as TensorBoard events, too, into the run's folder."""
    quiet: Quiet = False

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        if not self.time_limit > 0:
            raise ValueError(f"--time-limit: expected seconds above 0, got {self.time_limit}")


# Settings that may change when a search is resumed: they say only when it stops.
RESUMABLE = ("generations", "target")


def main(args: list[str] | None = None) -> None:
    """The command."""
    args = sys.argv[1:] if args is None else args
    with ExitStack() as stack:
        with command(Options, "search", args, _defaults) as options:
            task, run = _prepare(options, args)
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
        guards.full_disk(lambda: f"--resume {run.path} goes on"),
        failing,
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
            workers=options.work.workers,
            machines=options.work.machines,
            time_limit=options.time_limit,
            report=report,
            interrupted=interrupted,
        )
    _print_result(console, state, model, run)
    if interrupted():
        sys.exit(guards.INTERRUPTED)


def _defaults(args: list[str]) -> Options:
    """The options where the command line says nothing: the run's to resume, or the task's preset.

    Raises:
        ValueError: If there is no such run.
    """
    resume = given(args, "--resume")
    if resume is not None:
        return Options(Run(Path(resume)).config())
    return Options(preset(given(args, "--env") or SearchConfig.env))


def _prepare(options: Options, args: list[str]) -> tuple[Task, Run]:
    """The task, and the run's folder.

    Raises:
        ValueError: If the options do not go together, or a package is missing.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    if options.tensorboard:
        require("tensorboard", "--tensorboard", *MODULES)
    data = {"data": options.data} if options.data else {}
    env = options.config.env
    if options.resume is None:
        return envs.made_for(env, env, **data), Run.create(options.config, options.run)
    run = Run(options.resume)
    task = envs.made_for(env, given(args, "--env"), **data)
    check_resume(options.config, run.config(), RESUMABLE, options.run)
    return task, run


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
    for name in ("sweep", "visualize", "tune"):
        console.print(f"  python -m wann.{name} {run.path}", soft_wrap=True)


if __name__ == "__main__":
    main()
