"""Write a network for other programs: ``python -m wann.export CHAMPION --to onnx``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from operator import methodcaller
from pathlib import Path
from typing import Literal

import tyro

from wann.cli import guards
from wann.cli.command_line import command
from wann.cli.options import Among, Flag, NetworkInput, Output
from wann.core import files
from wann.envs.naming import short
from wann.export import formats
from wann.storage.saved import CHAMPION


@dataclass(frozen=True)
class Options:
    """Write a network for other programs."""

    network: tyro.conf.Positional[Path]
    """A run folder or a network file."""
    to: str = ""
    """The format: onnx, c (a header), python (a module), json (the network file), matrix (of the
    paper's code), graphml, formula (plain text), latex."""
    what: Literal["network", "ticket"] = "network"
    """The network, in a format; or, of one that prune wrote, the ticket: its mask and the weights
    that it began with, as npz."""
    weight: float | None = None
    """Fix the shared weight; weights that the file may hold are left aside."""
    double: Flag = False
    """Compute in double precision; for onnx and c."""
    name: str | None = None
    """Name of the files, and what the names in C begin with; by default the network file's, and
    for a run's champion the task's in C."""
    input: Among[NetworkInput] = NetworkInput()
    output: Among[Output] = Output()

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        if self.what == "ticket":
            given = {"--to": self.to, "--weight": self.weight, "--double": self.double}
            for flag, value in given.items():
                if value not in ("", None, False):
                    raise ValueError(f"{flag}: expected none with --what ticket, which is npz")
        elif self.to not in formats.FORMATS:
            raise ValueError(f"--to: expected {', '.join(formats.FORMATS)}, got {self.to!r}")
        if self.weight is not None and not math.isfinite(self.weight):
            raise ValueError(f"--weight: expected a finite number, got {self.weight}")
        if self.double and self.to not in formats.PRECISE:
            precise = " and ".join(formats.PRECISE)
            raise ValueError(f"--double: goes with {precise} only, got {self.to}")
        if self.name is not None and Path(self.name).name != self.name:
            raise ValueError(f"--name: expected a file's name, got {self.name!r}; see --out")


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "export", args) as options:
        saved = options.input.saved(options.network)
        model, stem = saved.model, saved.stem
        if options.weight is not None:
            model = replace(model, weights=options.weight)
        name = options.name or (stem if stem != CHAMPION else short(model.task))
        if options.what == "ticket":
            contents = formats.ticket(model)
        else:
            contents = formats.contents(model, options.to, options.double, name)
        stem = options.name or stem
        if options.to == "python":  # imports take no hyphens
            stem = re.sub(r"\W", "_", stem)
        folder = options.output.out or saved.results_folder
        results = {folder / f"{stem}{end}": text for end, text in contents.items()}
        options.output.claim(results)
    with guards.full_disk():
        for file, content in results.items():
            files.write(file, methodcaller("write", content))
    options.output.console().print("Saved " + ", ".join(map(str, results)) + ".", soft_wrap=True)


if __name__ == "__main__":
    main()
