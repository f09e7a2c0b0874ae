"""Prune dense networks, to compare with: ``python -m wann.prune --env mnist``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.cli import guards
from wann.cli.command_line import check_resume, given, parse
from wann.cli.options import Data, Flag, Quiet
from wann.core.checks import require
from wann.envs.classification import ClassificationTask
from wann.envs.task import ControlTask
from wann.evaluation.pool import check_workers
from wann.prune.images.experiment import Experiment
from wann.prune.images.settings import TASKS, Settings
from wann.prune.methods import registry as methods
from wann.prune.policies import kind as command
from wann.prune.policies.methods import POLICY_RECIPES
from wann.prune.run import TICKET, PruneRun, Row
from wann.prune.runner import RESUMABLE, prune_seeds, running


@dataclass(frozen=True)
class Options:
    """Prune dense networks by a method of the literature; --list shows the methods.

    The defaults shown are those of the method and the task.
    """

    settings: tyro.conf.OmitArgPrefixes[Settings]
    list: Flag = False
    """Print the methods, and do nothing."""
    run: Path | None = None
    """Folder to save to; by default a new one in runs/."""
    resume: Path | None = None
    """Go on with the run in this folder."""
    workers: int = -1
    """Seeds at the same time; -1 for one a core."""
    data: Data = None
    quiet: Quiet = False


def main(args: list[str] | None = None) -> None:
    """The command."""
    args = sys.argv[1:] if args is None else args
    if "--list" in args:
        _print_recipes()
        return
    with guards.bad_input():
        control = _for_control(args)
    if control:
        command.main(args)
        return
    with guards.bad_input():
        options, run, tasks = _prepare(args)
    console = guards.console(options.quiet)
    with running(run, console) as tick:
        rows = prune(options, run, tasks, console, tick)
    _print_rows(console, rows)
    console.print(f"Saved in {run.path}.", soft_wrap=True)


def prune(
    options: Options,
    run: PruneRun,
    tasks: tuple[ClassificationTask, ClassificationTask | None],
    console: Console,
    tick: Callable[[int], object],
) -> list[Row]:
    """Run a recipe for all its seeds; the rows of its results.

    Args:
        options: All options.
        run: The run's folder.
        tasks: The task, and the one to find the masks on, if there is one.
        console: Where to show progress.
        tick: Called with the number of training steps just done; it stops them by raising.

    Raises:
        EmptyLayer: If the method leaves a layer empty.
    """
    settings = options.settings
    experiment = Experiment(settings, *tasks, run, tick)
    procedure = methods.find(settings.method).procedure

    def rows_of(seed: int) -> Iterator[Row]:
        for result in procedure(experiment, seed):
            if result.target:
                experiment.save_network(result)
            yield experiment.row(result)

    seeds = range(settings.seed, settings.seed + settings.seeds)
    return prune_seeds(run, seeds, options.workers, rows_of, console, _line)


def _for_control(args: list[str]) -> bool:
    """Whether the task is one of control, whose policies are pruned in another way.

    Raises:
        ValueError: If there is no such task, or no such run to resume.
    """
    resume = given(args, "--resume")
    env = given(args, "--env") or Settings.env
    if resume is not None:
        env = PruneRun(Path(resume)).settings.get("env", env)
    return env not in TASKS and isinstance(envs.make(env), ControlTask)


def _prepare(
    args: list[str],
) -> tuple[Options, PruneRun, tuple[ClassificationTask, ClassificationTask | None]]:
    """The options on the command line, checked, the run's folder, and the tasks; see `prune`.

    Raises:
        ValueError: If an option is bad.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    resume = given(args, "--resume")
    saved = None if resume is None else PruneRun(Path(resume))
    if saved is None:
        method = given(args, "--method") or Settings.method
        default = methods.preset(method, given(args, "--env") or Settings.env)
    else:
        default = saved.settings_as(Settings)
    options = parse(Options, "python -m wann.prune", args, Options(default))
    check_workers(options.workers)
    require("train", "pruning", "jax", "optax")
    tasks = _tasks(options.settings, options.data)
    if saved is None:
        return options, PruneRun.create(asdict(options.settings), options.run), tasks
    check_resume(options.settings, default, RESUMABLE, options.run)
    return options, saved, tasks


def _tasks(
    settings: Settings, data: Path | None
) -> tuple[ClassificationTask, ClassificationTask | None]:
    """The task, and the one to find the masks on, if there is one.

    Raises:
        ValueError: If one is none of images, or the two have different shapes.
        OSError: If the data cannot be read.
    """
    more = {} if data is None else {"data": data}
    task = envs.make(settings.env, **more)
    if not isinstance(task, ClassificationTask):
        raise ValueError(
            f"--env: expected images, or a compiled control task such as swingup, got {task.name}"
        )
    if not settings.found_on:
        return task, None
    source = envs.make(settings.found_on, **more)
    inputs, outputs = len(task.inputs), len(task.outputs)
    if not isinstance(source, ClassificationTask) or (inputs, outputs) != (
        len(source.inputs),
        len(source.outputs),
    ):
        raise ValueError(
            f"--found-on: expected a task with {inputs} inputs and {outputs} classes, as "
            f"{task.name} has, got {source.name}"
        )
    return task, source


def _line(row: Row) -> str:
    return (
        f"seed {row.seed}  {row.arm:16}  level {row.level:2d}  kept {row.kept:,}  "
        f"connections {row.connections:,}  {row.regime}  {row.score:.2%}"
    )


def _print_recipes() -> None:
    table = Table("method", "paper", "what it does", box=None)
    for recipe in methods.RECIPES.values():
        table.add_row(recipe.name, recipe.paper, recipe.line)
    for name, policy in POLICY_RECIPES.items():
        table.add_row(name, policy.paper, f"control tasks: {policy.line}")
    guards.console().print(table)


def _print_rows(console: Console, rows: list[Row]) -> None:
    """The dense level, those with controls, and the last one of each arm, over its seeds."""
    table = Table(title="Accuracy on the test images")
    for column in ("arm", "regime", "level", "kept", "connections", "mean", "± of seeds"):
        table.add_column(column, justify="left" if column == "arm" else "right")
    shown = {0} | {row.level for row in rows if row.arm != TICKET}
    last = {row.arm: max(r.level for r in rows if r.arm == row.arm) for row in rows}
    for arm, regime, level in dict.fromkeys((r.arm, r.regime, r.level) for r in rows):
        if level not in (*shown, last[arm]):
            continue
        found = [r for r in rows if (r.arm, r.regime, r.level) == (arm, regime, level)]
        scores = [r.score for r in found]
        table.add_row(
            arm,
            regime,
            str(level),
            f"{np.mean([r.kept for r in found]):,.0f}",
            f"{np.mean([r.connections for r in found]):,.0f}",
            f"{np.mean(scores):.2%}",
            f"{np.std(scores):.2%}",
        )
    console.print(table)


if __name__ == "__main__":
    main()
