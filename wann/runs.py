"""List runs: ``python -m wann.runs``."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import tyro
from tyro.conf import FlagCreatePairsOff, arg

from wann.cli import guards
from wann.cli.command_line import command
from wann.core.text import age, number, printable, size
from wann.storage import listing
from wann.storage.listing import DAMAGED, Listed

Column = Literal[
    "path", "env", "method", "seed", "generation", "fitness", "connections", "age", "size", "state"
]
TEXTS = ("path", "env", "method", "state")  # these columns stand to the left
LARGEST_FIRST = ("generation", "fitness", "size")


@dataclass(frozen=True)
class Options:
    """List runs: what they search, how far they are, and what they have found."""

    folders: tyro.conf.Positional[tuple[Path, ...]] = (listing.PLACE,)
    """Folders that hold runs."""
    sort: Column = "age"
    """The column to sort by: generation, fitness and size from the largest, others from the
    smallest."""
    as_json: Annotated[FlagCreatePairsOff[bool], arg(name="json")] = False
    """Print JSON instead of a table."""


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "runs", args) as options:
        runs: list[Listed] = []
        for folder in options.folders:
            if not folder.is_dir():
                raise ValueError(f"{folder}: expected a folder that holds runs, but it is none")
            found = list(listing.runs_in(folder))
            if not found:
                raise ValueError(f"{folder}: expected a folder that holds runs, but there is none")
            runs += found
    runs = ordered(runs, options.sort)
    if options.as_json:
        text = json.dumps([{**asdict(run), "path": str(run.path)} for run in runs], indent=1)
    else:
        text = "\n".join(lines(runs, time.time()))
    with guards.full_disk():
        # A console would look at each of thousands of lines again, for what they have not.
        print(text, file=guards.stdout(), flush=True)


def ordered(runs: list[Listed], column: Column) -> list[Listed]:
    """The runs sorted by a column; those that have nothing there come last."""

    def value(run: Listed) -> Any:
        if column == "age":
            return None if run.started is None else -run.started
        found = getattr(run, column)
        return -found if found is not None and column in LARGEST_FIRST else found

    known = [run for run in runs if value(run) is not None]
    return [*sorted(known, key=value), *(run for run in runs if value(run) is None)]


def lines(runs: list[Listed], now: float) -> list[str]:
    """The runs as a table, as wide as its widest texts; a damaged run is one marked line.

    Args:
        runs: The runs.
        now: Seconds since 1970.
    """
    columns = get_args(Column)
    table = [columns, *(_cells(run, now) for run in runs)]
    widths = [max(len(cells[i]) for cells in table if i < len(cells)) for i in range(len(columns))]
    return [
        "  ".join(
            cell.ljust(width) if name in TEXTS else cell.rjust(width)
            for name, cell, width in zip(columns, cells, widths, strict=False)
        ).rstrip()
        + (
            f"  {run.state}: {printable(run.problem)}"
            if run is not None and run.state == DAMAGED
            else ""
        )
        for cells, run in zip(table, [None, *runs], strict=True)
    ]


def _cells(run: Listed, now: float) -> list[str]:
    if run.state == DAMAGED:
        return [printable(run.path)]
    return [
        printable(run.path),
        printable(run.env or ""),
        printable(run.method or ""),
        "" if run.seed is None else str(run.seed),
        _text(run.generation),
        "" if run.fitness is None else number(run.fitness),
        _text(run.connections),
        "" if run.started is None else age(now - run.started),
        size(run.size),
        run.state,
    ]


def _text(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


if __name__ == "__main__":
    main()
