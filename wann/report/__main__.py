"""A page that shows runs: ``python -m wann.report RUN [RUN ...]`` writes report.html."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import tyro

from wann.cli import guards
from wann.cli.command_line import command
from wann.cli.groups import arranged
from wann.cli.options import Data, Env, Flag, Force, Labels, Quiet, Threads
from wann.core import files
from wann.report.page import EPISODES, WEIGHTS, checked_collector, write
from wann.storage.results import claim
from wann.storage.saved import common_folder, results_folder

NAME = "report.html"


@dataclass(frozen=True)
class Options:
    """Write one self-contained page that shows a champion at work, its search and its settings.

    Several runs are compared on the same page.
    """

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Folders of runs, or network files."""
    label: Labels = ()
    out: Path | None = None
    """File to write; by default report.html beside what is read."""
    force: Force = False
    weights: str = WEIGHTS
    """Shared weights of the sweep and the slider, LOW:HIGH:COUNT."""
    episodes: int = EPISODES
    """Episodes for each of these weights."""
    workers: Threads = -1
    data: Data = None
    env: Env = None
    open: Flag = False
    """Show the page when it is made."""
    quiet: Quiet = False


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "report", args) as options:
        labelled = arranged(options.runs, options.label)
        paths = [path for _, path in labelled]
        out = _claim(options, paths)
        collector = checked_collector(
            options.weights, options.episodes, options.workers, options.data, options.env
        )
        sources = [
            replace(source, saved=replace(source.saved, name=name))
            for source, name in zip(collector.read(paths), _names(labelled), strict=True)
        ]
    with guards.full_disk(), guards.stoppable():
        page = write(sources, collector)
        files.write_text(out, page)
    guards.console(options.quiet).print(
        f"{out}: {len(page.encode()) / 1e6:.1f} MB, opens in any browser", soft_wrap=True
    )
    if options.open:
        webbrowser.open(out.resolve().as_uri())


def _names(labelled: Sequence[tuple[str | None, Path]]) -> list[str | None]:
    """What the user calls each run; several under one label keep the names of their folders."""
    labels = [label for label, _ in labelled]
    return [
        label if label is None or labels.count(label) == 1 else f"{label} {path.resolve().name}"
        for label, path in labelled
    ]


def _claim(options: Options, runs: Sequence[Path]) -> Path:
    """Where the page goes, which must be free.

    Raises:
        ValueError: If there is a file, or no run is named.
    """
    if not runs:
        raise ValueError("expected one or more runs")
    out = options.out or _beside(runs)
    if out.is_dir():
        raise ValueError(f"--out: expected a file, such as {out / NAME}, got a folder")
    claim([out], options.force)
    return out


def _beside(runs: Sequence[Path]) -> Path:
    """report.html in the run's folder, beside a network file, or in the folder of all runs."""
    if len(runs) > 1:
        return common_folder(runs) / NAME
    name = NAME if runs[0].is_dir() else f"{runs[0].stem}-{NAME}"
    return results_folder(runs[0]) / name


if __name__ == "__main__":
    main()
