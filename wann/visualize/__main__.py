"""Pictures of a champion and its search: ``python -m wann.visualize RUN``."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro
from rich.table import Table

from wann.cli import guards
from wann.cli.command_line import command
from wann.cli.figures import Figures
from wann.cli.options import Among, Flag, NetworkInput, Output
from wann.core import files
from wann.core.checks import parse_weights
from wann.plotting import style
from wann.visualize.pictures import Album


@dataclass(frozen=True)
class Options:
    """Draw a champion, its search and what it does.

    A run's folder gives all pictures: topology, evolution, pareto, lineage and behaviour. A
    network file gives topology and behaviour.
    """

    path: tyro.conf.Positional[Path]
    """A run's folder, a network file, or a matrix of the paper's code."""
    output: Among[Output] = Output()
    open: Flag = False
    """Show the pictures when they are made."""
    against: Literal["generation", "evaluations", "seconds"] = "generation"
    """What evolution.png has along its x axis."""
    weights: str | None = None
    """Shared weights in behaviour.gif, LOW:HIGH:COUNT or with commas; by default the search's."""
    seed: int = 0
    """Which episode behaviour.gif shows."""
    format: str = "png"
    """Of the figures, several with commas: png, svg, pdf. The topology comes as SVG, too."""
    figures: Among[Figures] = Figures()
    video: Flag = False
    """Also evolution.mp4, or a GIF without imageio's ffmpeg: the champions at their task."""
    input: Among[NetworkInput] = NetworkInput()


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "visualize", args) as options:
        saved = options.input.saved(options.path)
        album = Album(
            saved,
            against=options.against,
            weights=None if options.weights is None else parse_weights(options.weights),
            seed=options.seed,
            env=options.input.env,
            figures=options.figures,
            forms=_forms(options.format),
            video=options.video,
        )
        if not album.pictures:
            raise ValueError(f"{options.path}: nothing can be drawn: {'; '.join(album.notes)}")
        targets = [saved.file(picture.name, options.output.out) for picture in album.pictures]
        options.output.claim(targets)
    console = options.output.console()
    table = Table("picture", "shows", "size")
    with guards.full_disk(), console.status("drawing ..."):
        for picture, target in zip(album.pictures, targets, strict=True):
            files.write(target, picture.write)
            table.add_row(target.name, picture.shows, f"{target.stat().st_size / 1024:,.0f} KiB")
    console.print(table)
    for note in album.notes:
        console.print(note, soft_wrap=True)
    console.print(f"Written to {targets[0].parent}", soft_wrap=True)
    if options.open:
        for target in targets:
            webbrowser.open(target.resolve().as_uri())


def _forms(text: str) -> list[str]:
    """The formats that an option names.

    Raises:
        ValueError: If there is none of a name.
    """
    forms = list(dict.fromkeys(form.strip() for form in text.split(",")))
    for form in forms:
        if form not in style.FORMATS:
            expected = ", ".join(style.FORMATS)
            raise ValueError(f"--format: expected some of {expected}, with commas, got {form!r}")
    return forms


if __name__ == "__main__":
    main()
