"""List the champions that come with the project: ``python -m wann.champions``."""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table

from wann.cli import guards
from wann.cli.command_line import command
from wann.core.text import number
from wann.storage import bundled
from wann.storage.load import load


@dataclass(frozen=True)
class Options:
    """List the champions that come with the project; every command takes champion:NAME."""


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "champions", args):
        folders = bundled.folders()
        if not folders:
            raise ValueError(f"expected {bundled.PLACE} here, with champions: start in the project")
        champions = {name: load(folder) for name, folder in folders.items()}
    table = Table(title="Champions, over the shared weights of their search")
    for column in ("champion:", "task", "connections", "mean", "best", "worst", "on"):
        table.add_column(
            column, justify="left" if column in ("champion:", "task", "on") else "right"
        )
    for name, model in champions.items():
        scores = (number(model.scores[key]) for key in ("fitness", "peak", "worst"))
        complexity = str(model.network.complexity)
        on = str(model.scores["on"])
        table.add_row(name, model.task, complexity, *scores, on)
    guards.console().print(table)


if __name__ == "__main__":
    main()
