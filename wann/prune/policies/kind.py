"""The part of ``python -m wann.prune`` for control tasks: dense policies, trained by CMA-ES."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.cli import guards
from wann.cli.command_line import check_resume, given, parse
from wann.cli.options import Quiet
from wann.envs.task import ControlTask
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.pool import Pool, check_workers
from wann.prune.policies.iterative import PolicyPruning
from wann.prune.policies.settings import PolicySettings, preset
from wann.prune.run import PruneRun, Row
from wann.prune.runner import RESUMABLE, prune_seeds, running


@dataclass(frozen=True)
class Options:
    """Prune dense policies of a control task by a method of the literature.

    The defaults shown are those of the method and the task.
    """

    settings: tyro.conf.OmitArgPrefixes[PolicySettings]
    run: Path | None = None
    """Folder to save to; by default a new one in runs/."""
    resume: Path | None = None
    """Go on with the run in this folder."""
    workers: int = -1
    """Seeds at the same time; -1 for one a core."""
    quiet: Quiet = False


def main(args: list[str]) -> None:
    """The command, where its arguments name a control task."""
    with guards.bad_input():
        options, task, run = _prepare(args)
    console = guards.console(options.quiet)
    evaluator = ControlEvaluator(task)
    settings = options.settings
    with running(run, console) as tick:

        def rows_of(seed: int) -> Iterator[Row]:
            with Pool(evaluator, 1) as pool:
                yield from PolicyPruning(run, pool, task, settings, seed, tick).rows()

        seeds = range(settings.seed, settings.seed + settings.seeds)
        rows = prune_seeds(run, seeds, options.workers, rows_of, console, _line)
    _print_rows(console, rows)
    console.print(f"Saved in {run.path}.", soft_wrap=True)


def _prepare(args: list[str]) -> tuple[Options, ControlTask, PruneRun]:
    """The options on the command line, checked, the task, and the run's folder.

    Raises:
        ValueError: If an option is bad.
        OSError: If the folder cannot be made.
    """
    resume = given(args, "--resume")
    saved = None if resume is None else PruneRun(Path(resume))
    if saved is None:
        method = given(args, "--method") or PolicySettings.method
        default = preset(method, given(args, "--env") or PolicySettings.env)
    else:
        default = saved.settings_as(PolicySettings)
    options = parse(Options, "python -m wann.prune", args, Options(default))
    check_workers(options.workers)
    task = envs.make(options.settings.env)
    if not isinstance(task, ControlTask):
        raise ValueError(f"--env: expected a control task, got {task.name}")
    if saved is None:
        return options, task, PruneRun.create(asdict(options.settings), options.run)
    check_resume(options.settings, default, RESUMABLE, options.run)
    return options, task, saved


def _line(row: Row) -> str:
    return (
        f"seed {row.seed}  {row.arm:13}  level {row.level:2d}  "
        f"connections {row.connections + row.biases:4d}  return {row.score:.1f}"
    )


def _print_rows(console: Console, rows: list[Row]) -> None:
    """Each level of each arm, over its seeds."""
    table = Table(title="Mean return; connections include those of the bias")
    for column in ("arm", "level", "kept", "connections", "mean", "± of seeds", "seeds"):
        table.add_column(column, justify="left" if column == "arm" else "right")
    for arm, level in sorted({(row.arm, row.level) for row in rows}):
        found = [row for row in rows if (row.arm, row.level) == (arm, level)]
        table.add_row(
            arm,
            str(level),
            str(found[0].kept),
            f"{np.mean([row.connections + row.biases for row in found]):.1f}",
            f"{np.mean([row.score for row in found]):.1f}",
            f"{np.std([row.score for row in found]):.1f}",
            str(len(found)),
        )
    console.print(table)
