"""List the champions that come with the project: ``python -m wann.champions``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from wann.cli import guards
from wann.cli.command_line import command
from wann.core import files
from wann.core.text import number
from wann.storage import bundled
from wann.storage.listing import connections

CHAMPION = "champion.json"


@dataclass(frozen=True)
class Options:
    """List the champions that come with the project; every command takes champion:NAME."""


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "champions", args):
        folders = bundled.folders()
        if not folders:
            raise ValueError(f"expected {bundled.PLACE} here, with champions: start in the project")
        rows = [(name, *cells(folder / CHAMPION)) for name, folder in folders.items()]
    table = Table(title="Champions, over the shared weights of their search")
    for column in ("champion:", "task", "connections", "mean", "best", "worst", "on"):
        table.add_column(
            column, justify="left" if column in ("champion:", "task", "on") else "right"
        )
    for row in rows:
        table.add_row(*row)
    guards.console().print(table)


def cells(file: Path) -> tuple[str, ...]:
    """What the table says of a champion, whose network is not built for that.

    Raises:
        OSError: If its file cannot be read.
        ValueError: If it is damaged.
    """
    value = files.read_json(file)
    try:
        scores = value["scores"]
        means = (number(float(scores[key])) for key in ("fitness", "peak", "worst"))
        return (str(value["task"]), str(connections(value)), *means, str(scores["on"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{file}: expected a champion with its scores ({error!r})") from None


if __name__ == "__main__":
    main()
