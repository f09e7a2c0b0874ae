"""One search, as the command does it: it is begun or resumed, shown, and what it found printed."""

from __future__ import annotations

import math
import shlex
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Console
from rich.table import Table

from wann import envs
from wann.cli import asking, guards
from wann.cli.command_line import check_resume
from wann.cli.progress import SearchProgress
from wann.core.checks import require
from wann.core.config import RESUMABLE
from wann.core.text import duration, number
from wann.envs.envpool import advice
from wann.envs.task import Task
from wann.evaluation.protocol import GRID
from wann.search import own
from wann.search.callbacks.tensorboard import MODULES, TensorBoardLog
from wann.search.command import failure
from wann.search.loop import search
from wann.search.start import beginning, read
from wann.search.state import SearchState
from wann.storage.model import Model
from wann.storage.run import Run
from wann.storage.subject import measures_of

if TYPE_CHECKING:
    from wann.search.__main__ import Options


class Search(NamedTuple):
    """A search that may go on: its lock is held.

    Attributes:
        state: Where it is.
        run: Its folder.
        events: What writes events of TensorBoard's; its context is one of nothing without them.
    """

    state: SearchState
    run: Run
    events: AbstractContextManager[Any]


def begin(options: Options, typed: list[str], stack: ExitStack) -> Search:
    """Begin or resume a search.

    Args:
        options: What is asked for.
        typed: The command line.
        stack: Holds the lock of the run's folder.

    Raises:
        ValueError: If the options do not go together, or a package is missing.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    task, start = begun(options, typed)
    if options.resume is None:
        run = Run.create(options.config, options.run, options.record, start)
    else:
        run = Run(options.resume)
        check_resume(options.config, run.config(), RESUMABLE, options.run)
    stack.enter_context(run.writing())
    state = SearchState(task, options.config, run)
    return Search(state, run, _events(run) if options.tensorboard else nullcontext())


def begun(options: Options, typed: list[str]) -> tuple[Task, Model | None]:
    """The task, and the network to begin with; they are checked before a folder is made.

    A task that is not typed, but stands in a file, imports nothing; see `envs.made_for`.

    Raises:
        ValueError: If the options do not go together, or a package is missing.
        OSError: If the task's data, or a file, cannot be read.
    """
    if options.tensorboard:
        require("tensorboard", "--tensorboard", *MODULES)
    data: dict[str, Any] = {"data": options.data} if options.data else {}
    data |= {} if options.resume is None else Run(options.resume).record()
    task = envs.made_for(options.config.env, asking.typed(options.asked, typed), **data)
    own.check(options.config)
    start = None if options.start is None else read(options.start)
    if start is not None:
        beginning(start, task, options.config)
    return task, start


def _events(run: Run) -> TensorBoardLog:
    """Writes events into the run's folder.

    Raises:
        ValueError: If the metrics that come first are damaged.
    """
    run.metrics()
    return TensorBoardLog(run.path)


def go_on(options: Options, begun: Search) -> None:
    """Search, show how it goes, and print what was found."""
    state, run, events = begun
    console = guards.console(options.quiet)
    if line := advice(state.task):
        console.print(line, soft_wrap=True)
    measures, generations = measures_of(state.task), options.config.generations
    progress = SearchProgress(console, generations, options.time_limit, measures)
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
                log(state)

        model = search(
            state,
            workers=options.work.workers,
            machines=options.work.machines,
            time_limit=options.time_limit,
            report=report,
            interrupted=interrupted,
            phase=progress.phase,
        )
    _print_result(console, state, model, run)
    if interrupted():
        sys.exit(guards.INTERRUPTED)


def _print_result(console: Console, state: SearchState, model: Model, run: Run) -> None:
    scores = model.scores
    table = Table(title=f"Champion on {scores['on']}", caption=scores["weights"])
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
    if not math.isfinite(scores["fitness"]):
        console.print(
            "Warning: some of these episodes have no return: an output, an observation or a reward "
            "was not finite, or --rollout-timeout over. Of more genomes (--population, "
            "--generations) one may do without.",
            soft_wrap=True,
        )
    if "whole_range" in scores:
        console.print(
            f"Warning: these weights say nothing of others; over {len(GRID)} weights in [-2, 2] "
            f"the mean is {number(scores['whole_range'])}. Search with --shared-weights=-2:2:6 "
            "--fresh-weights, or --symmetric and --shared-weights=0:2:6 --fresh-weights.",
            soft_wrap=True,
        )
    console.print(f"Saved in {run.path}. Next:", soft_wrap=True)
    env = f" --env {shlex.quote(state.task.name)}" if envs.imports(state.task.name) else ""
    for name in ("sweep", "visualize", "tune"):
        path = shlex.quote(str(run.path))
        console.print(f"  python -m wann.{name} {path}{env}", soft_wrap=True)
