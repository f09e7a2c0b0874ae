"""Write a network for other programs: ``python -m wann.export CHAMPION --to graphml``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path

import tyro
from rich.console import Console

from wann import cli, exporting, files
from wann.model import load
from wann.subjects import claim


@dataclass(frozen=True)
class Options:
    """Write a network for other programs."""

    network: tyro.conf.Positional[Path]
    """A run folder or a network file."""
    to: str
    """The format: matrix (of the paper's code), graphml."""
    env: str | None = None
    """The task of a matrix of the paper's code."""
    weights_file: Path | None = None
    """Individual weights to go with such a matrix."""
    out: Path | None = None
    """Folder for the files; by default they go beside what is read."""
    force: tyro.conf.FlagCreatePairsOff[bool] = False
    """Replace earlier files."""
    quiet: tyro.conf.FlagCreatePairsOff[bool] = False
    """Print nothing but errors."""

    def __post_init__(self) -> None:
        """Check the format.

        Raises:
            ValueError: If there is none of this name.
        """
        if self.to not in exporting.FORMATS:
            raise ValueError(f"--to: expected {', '.join(exporting.FORMATS)}, got {self.to!r}")


def main(args: list[str] | None = None) -> None:
    """The command."""
    args = sys.argv[1:] if args is None else args
    with cli.bad_input():
        options = cli.parse(Options, "python -m wann.export", args)
        path = options.network
        model = load(path, options.env, options.weights_file)
        contents = exporting.FORMATS[options.to](model)
        folder, stem = (path, "champion") if path.is_dir() else (path.parent, path.stem)
        results = {(options.out or folder) / f"{stem}{end}": text for end, text in contents.items()}
        claim(results, options.force)
    with cli.full_disk():
        for file, content in results.items():
            files.write(file, methodcaller("write", content))
    console = Console(quiet=options.quiet, highlight=False, markup=False, emoji=False)
    console.print("Saved " + ", ".join(map(str, results)) + ".", soft_wrap=True)


if __name__ == "__main__":
    main()
