"""Prune dense networks, to compare with: ``python -m wann.prune --env mnist``."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.cli import guards
from wann.cli.command_line import check_resume, given, parse
from wann.cli.options import Data, Flag, Quiet
from wann.evaluation.pool import check_workers
from wann.prune.images.settings import TASKS, ImageOptions
from wann.prune.kinds.base import Kind
from wann.prune.kinds.images import Images
from wann.prune.kinds.policies import Policies
from wann.prune.methods.registry import METHODS
from wann.prune.policies.settings import PolicyOptions
from wann.prune.run import PruneRun, Row
from wann.prune.runner import RESUMABLE, prune_seeds, running
from wann.prune.settings import Settings, flag

IMAGES, POLICIES = Images(), Policies()
KINDS: tuple[Kind, ...] = (IMAGES, POLICIES)


@dataclass(frozen=True)
class Options:
    """Prune dense networks by a method of the literature; --list shows the methods.

    Image classifiers are trained by gradient, policies of control tasks by evolution: the task
    says which it is. The defaults shown are those of the method and the task.
    """

    settings: tyro.conf.OmitArgPrefixes[Settings]
    images: tyro.conf.OmitArgPrefixes[ImageOptions] = field(default_factory=ImageOptions)
    policies: tyro.conf.OmitArgPrefixes[PolicyOptions] = field(default_factory=PolicyOptions)
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
        _print_methods()
        return
    with guards.bad_input():
        kind, options, settings, run, tasks = _prepare(args)
    console = guards.console(options.quiet)
    seeds = range(settings.seed, settings.seed + settings.seeds)
    with running(run, console) as tick:
        rows_of = kind.rows_of(settings, tasks, run, tick)
        rows = prune_seeds(
            run, seeds, options.workers, rows_of, console, lambda row: _line(kind, row)
        )
    _print_rows(console, kind, rows)
    console.print(f"Saved in {run.path}.", soft_wrap=True)


def _prepare(args: list[str]) -> tuple[Kind, Options, Settings, PruneRun, tuple[Any, ...]]:
    """The kind, the options on the command line, checked, the run's folder, and the tasks.

    Raises:
        ValueError: If an option is bad.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    resume = given(args, "--resume")
    saved = None if resume is None else PruneRun(Path(resume))
    named = given(args, "--env")
    env = named or Settings.env
    kind = _kind(env if saved is None else saved.settings.get("env", env), named)
    if saved is None:
        default = kind.preset(given(args, "--method") or Settings.method, env)
    else:
        default = saved.settings_as(kind.settings)
    _refuse_options_of_others(args, kind, default.env)
    options = parse(Options, "python -m wann.prune", args, _options(kind, default))
    settings = kind.settings(**vars(options.settings), **vars(getattr(options, kind.name)))
    check_workers(options.workers)
    tasks = kind.tasks(settings, options.data)
    if saved is None:
        return kind, options, settings, PruneRun.create(asdict(settings), options.run), tasks
    check_resume(settings, default, RESUMABLE, options.run)
    return kind, options, settings, saved, tasks


def _kind(env: str, named: str | None) -> Kind:
    """The kind of network for a task, which a run to resume may name, or the user.

    Raises:
        ValueError: If there is no such task, or no kind for it.
    """
    if isinstance(env, str) and env in TASKS:  # without reading its images
        return IMAGES
    task = envs.made_for(env, named)
    for kind in KINDS:
        if kind.suits(task):
            return kind
    raise ValueError(
        f"--env: expected images, or a compiled control task such as swingup, got {task.name}"
    )


def _options(kind: Kind, settings: Settings) -> Options:
    """Settings as the options on a command line."""

    def of(options: type) -> Any:
        return options(**{f.name: getattr(settings, f.name) for f in fields(options)})

    return Options(of(Settings), **{kind.name: of(kind.options)})


def _refuse_options_of_others(args: list[str], kind: Kind, env: str) -> None:
    """See that no option of another kind is given.

    Raises:
        ValueError: If one is.
    """
    flags = {word.split("=", 1)[0].replace("_", "-") for word in args}
    for other in KINDS:
        for option in fields(other.options):
            if other is not kind and flag(option.name) in flags:
                raise ValueError(
                    f"{flag(option.name)}: expected none, for it is an option of {other.name}, "
                    f"and {env} takes those of {kind.name}"
                )


def _line(kind: Kind, row: Row) -> str:
    return (
        f"seed {row.seed}  {row.arm:16}  level {row.level:2d}  kept {row.kept:,}  "
        f"connections {row.connections:,}  {row.regime}  {kind.score(row.score)}"
    )


def _print_methods() -> None:
    table = Table(box=None)
    for column in ("method", "prunes", "paper"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it does")
    for method in METHODS.values():
        kinds = "images" if method.policies is None else "policies"
        if None not in (method.images, method.policies):
            kinds = "both"
        table.add_row(method.name, kinds, method.paper, method.line)
    guards.console().print(table)


def _print_rows(console: Console, kind: Kind, rows: list[Row]) -> None:
    """Each level of each arm, over its seeds."""
    table = Table(title=kind.title, caption="±: the sample standard deviation over seeds")
    for column in ("arm", "regime", "level", "kept", "connections", "biases", "mean", "± of seeds"):
        table.add_column(column, justify="left" if column == "arm" else "right")
    for arm, regime, level in dict.fromkeys((row.arm, row.regime, row.level) for row in rows):
        found = [row for row in rows if (row.arm, row.regime, row.level) == (arm, regime, level)]
        counts = (
            [getattr(row, name) for row in found] for name in ("kept", "connections", "biases")
        )
        scores = [row.score for row in found]
        table.add_row(
            arm,
            regime,
            str(level),
            *(f"{np.mean(count):,.0f}" for count in counts),
            kind.score(float(np.mean(scores))),
            kind.score(float(np.std(scores, ddof=1))) if len(scores) > 1 else "",
        )
    console.print(table)


if __name__ == "__main__":
    main()
