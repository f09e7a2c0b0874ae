"""Search for weight agnostic networks: ``python -m wann.search --env cartpole``."""

from __future__ import annotations

import math
import shlex
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.cli import asking, config_file, guards, presets
from wann.cli.command_line import check_resume, command, given
from wann.cli.options import Among, Data, Flag, Quiet, Work
from wann.cli.progress import SearchProgress
from wann.core import checks, locks
from wann.core.checks import require
from wann.core.config import RESUMABLE, SearchConfig
from wann.core.text import duration, number
from wann.envs.envpool import advice
from wann.envs.naming import PREFIXES
from wann.envs.task import Task
from wann.evaluation.protocol import GRID
from wann.search import failure, own, seeds
from wann.search.callbacks.tensorboard import MODULES, TensorBoardLog
from wann.search.loop import search
from wann.search.start import beginning, read
from wann.search.state import SearchState
from wann.storage import listing
from wann.storage.folder import CONFIG
from wann.storage.model import Model
from wann.storage.run import Run
from wann.storage.seeds import SeedsFolder
from wann.storage.subject import measures_of


@dataclass(frozen=True)
class Options:
    """Search for a network that does a task with any shared weight.

    The defaults shown are those of the task that --env names.
    """

    config: tyro.conf.OmitArgPrefixes[SearchConfig]
    run: Path | None = None
    """Folder to save to; by default a new one in runs/."""
    resume: Path | None = None
    """Go on with the search in this run folder, or in those of several seeds."""
    seeds: int = 1
    """How many searches, with the seeds from --seed on, in a folder for all; --workers and
    --time-limit are shared out and hold for each."""
    like: Path | None = None
    """A run whose settings to take, where the command line says nothing."""
    start: Annotated[Path | None, tyro.conf.arg(name="from")] = None
    """A network to begin with: it and its mutants are the first generation."""
    config_file: Annotated[Path | None, tyro.conf.arg(name="config")] = None
    """A TOML file of these options; those on the command line win."""
    work: Among[Work] = Work()
    time_limit: float = math.inf
    """Stop after this many seconds."""
    data: Data = None
    asked: Among[asking.Asking] = asking.Asking()
    tensorboard: Flag = False
    """Write the metrics as TensorBoard events, too, into the run's folder."""
    list_presets: Flag = False
    """Show where the presets differ, on the task of --env or on the best known ones, and end."""
    quiet: Quiet = False

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        if not self.time_limit > 0:
            raise ValueError(f"--time-limit: expected seconds above 0, got {self.time_limit}")
        checks.check_seeds(0, self.seeds)
        for name, value in (("--like", self.like), ("--from", self.start)):
            if value is not None and self.resume is not None:
                raise ValueError(f"{name}: expected none together with --resume")

    @property
    def record(self) -> dict[str, str]:
        """What a run keeps of where it comes from."""
        named = {"like": self.like, "from": self.start}
        return {name: str(path) for name, path in named.items() if path is not None}


SWITCHES = ("quiet", "tensorboard")  # that can only be turned on


def main(args: list[str] | None = None) -> None:
    """The command."""
    typed = sys.argv[1:] if args is None else args
    with ExitStack() as stack:
        with guards.bad_input():
            args = config_file.expanded(typed, SWITCHES)
        with command(Options, "search", args, _defaults) as options:
            if options.list_presets:
                presets.show(Console(), given(args, "--env"))
                return
            env = asking.asked_of(options.config.env, options.asked)
            options = replace(options, config=replace(options.config, env=env))
            several = _several(options, args, typed)
            if several is None:
                task, run = _prepare(options, typed)
                stack.enter_context(run.writing())
                state = SearchState(task, options.config, run)
                events = _events(run) if options.tensorboard else nullcontext()
            else:
                stack.enter_context(locks.held(several.path / CONFIG))
        if several is not None:
            flags = _flags(options, args, typed)
            sys.exit(seeds.search(several, options.work, flags, options.quiet))
        _search(options, state, run, events)


def _search(
    options: Options, state: SearchState, run: Run, events: AbstractContextManager[Any]
) -> None:
    """Search, show how it goes, and print what was found."""
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


def _events(run: Run) -> TensorBoardLog:
    """Writes events into the run's folder.

    Raises:
        ValueError: If the metrics that come first are damaged.
    """
    run.metrics()
    return TensorBoardLog(run.path)


def _defaults(args: list[str]) -> Options:
    """The options where the command line says nothing: the run's to resume, or the task's preset.

    Raises:
        ValueError: If there is no such run, or two options name all settings.
    """
    env = given(args, "--env")
    if run := given(args, "--resume"):
        return Options(Run(Path(run)).config())
    if run := given(args, "--like"):
        if given(args, "--preset"):
            raise ValueError("--preset: expected none with --like, which names all settings")
        config = Run(Path(run)).config()
        return Options(replace(config, env=env or config.env))
    start = given(args, "--from")
    if start is not None and env is None:
        return Options(presets.settings(args, read(Path(start)).task))
    return Options(presets.settings(args, env or SearchConfig.env))


def _prepare(options: Options, typed: list[str]) -> tuple[Task, Run]:
    """The task, and the run's folder.

    A task that is not typed, but stands in a file, imports nothing; see `envs.made_for`.

    Raises:
        ValueError: If the options do not go together, or a package is missing.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    task, start = _begun(options, typed)
    if options.resume is None:
        return task, Run.create(options.config, options.run, options.record, start)
    run = Run(options.resume)
    check_resume(options.config, run.config(), RESUMABLE, options.run)
    return task, run


def _begun(options: Options, typed: list[str]) -> tuple[Task, Model | None]:
    """The task, and the network to begin with; they are checked before a folder is made."""
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


def _several(options: Options, args: list[str], typed: list[str]) -> SeedsFolder | None:
    """The folder of several seeds, if these are meant.

    Raises:
        ValueError: If the options do not go together.
        OSError: If the folder cannot be made.
    """
    if options.resume is None and options.seeds == 1:
        return None
    if options.resume is None:
        _, start = _begun(options, typed)
        return SeedsFolder.create(options.config, options.seeds, options.run, options.record, start)
    if not listing.is_seeds(options.resume):
        if options.seeds > 1:
            raise ValueError(f"--seeds: expected none, as {options.resume} is the run of one seed")
        return None
    several = SeedsFolder(options.resume)
    check_resume(options.config, several.config(), RESUMABLE, options.run)
    if given(args, "--seeds") and options.seeds != len(several.seeds):
        raise ValueError(
            f"--seeds: expected {len(several.seeds)} as in the folder to resume, got "
            f"{options.seeds}"
        )
    several.complete()
    return several


def _flags(options: Options, args: list[str], typed: list[str]) -> list[str]:
    """What the search of each of several seeds is told, beside its folder."""
    passed = ["--data", "--observe", "--time-limit", *(f"--{name}" for name in RESUMABLE)]
    env = asking.typed(options.asked, typed)
    if env is not None and env.startswith(PREFIXES):
        env = options.config.env  # the whole name
    found = {flag: given(args, flag) for flag in passed} | {"--env": env}
    words = [f"{flag}={value}" for flag, value in found.items() if value is not None]
    return [*words, *(["--tensorboard"] if options.tensorboard else [])]


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


if __name__ == "__main__":
    main()
