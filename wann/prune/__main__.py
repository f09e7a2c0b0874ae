"""Prune dense networks, to compare with: ``python -m wann.prune --env mnist``."""

from __future__ import annotations

import sys

import numpy as np
from rich.console import Console
from rich.table import Table

from wann.cli import guards
from wann.prune.kinds.base import Kind
from wann.prune.methods.registry import METHODS
from wann.prune.options import Options as Options  # the completion of shells asks for it here
from wann.prune.options import prepare
from wann.prune.run import Row
from wann.prune.runner import prune_seeds, running

COSTS = ("samples", "multiply_adds")
COLUMNS = (
    *("arm", "regime", "level", "kept", "connections", "biases", "mean", "± of seeds"),
    *("samples", "multiply-adds"),
)
WIDE = 110  # columns of a terminal that has room for all of them


def main(args: list[str] | None = None) -> None:
    """The command."""
    args = sys.argv[1:] if args is None else args
    if "--list" in args:
        _print_methods()
        return
    with guards.bad_input():
        kind, options, settings, run, tasks = prepare(args)
    console = guards.console(options.quiet)
    seeds = range(settings.seed, settings.seed + settings.seeds)
    with running(run, console) as tick:
        rows_of = kind.rows_of(settings, tasks, run, tick)
        rows = prune_seeds(
            run, seeds, options.workers, rows_of, console, lambda row: _line(kind, row)
        )
    _print_rows(console, kind, rows)
    for row in rows:
        if row.note:
            where = f"{row.arm}, seed {row.seed}, level {row.level}"
            console.print(f"{where}: {row.note}", soft_wrap=True)
    console.print(f"Saved in {run.path}.", soft_wrap=True)


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
    caption = "±: the sample standard deviation over seeds"
    if narrow := console.width < WIDE:
        caption += "; results.csv has what each cost"
    shown = len(COLUMNS) - (len(COSTS) if narrow else 0)
    table = Table(title=kind.title, caption=caption, box=None, pad_edge=False)
    for column in COLUMNS[:shown]:
        table.add_column(column, justify="left" if column == "arm" else "right", overflow="fold")
    for arm, regime, level in dict.fromkeys((row.arm, row.regime, row.level) for row in rows):
        found = [row for row in rows if (row.arm, row.regime, row.level) == (arm, regime, level)]
        counts = (
            [getattr(row, name) for row in found] for name in ("kept", "connections", "biases")
        )
        scores = [row.score for row in found]
        cells = (
            arm,
            regime,
            str(level),
            *(f"{np.mean(count):,.0f}" for count in counts),
            kind.score(float(np.mean(scores))),
            kind.score(float(np.std(scores, ddof=1))) if len(scores) > 1 else "",
            *(f"{np.mean([getattr(row, name) for row in found]):.2g}" for name in COSTS),
        )
        table.add_row(*cells[:shown])
    console.print(table)


if __name__ == "__main__":
    main()
