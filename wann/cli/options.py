"""Options that several commands have, with the help that all of them show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from tyro.conf import FlagCreatePairsOff, arg

Flag = FlagCreatePairsOff[bool]  # --force, and no --no-force

Env = Annotated[str | None, arg(help="The task of a matrix of the paper's code.")]
WeightsFile = Annotated[Path | None, arg(help="Individual weights to go with such a matrix.")]
Data = Annotated[
    Path | None,
    arg(help="Folder that holds the task's files, such as DATA/mnist/train-images-idx3-ubyte.gz."),
]
MaxSteps = Annotated[
    int | None,
    arg(
        help="Cut an episode after this many steps, 0 where the task does; by default as the "
        "search."
    ),
]
Workers = Annotated[int, arg(help="Threads, or processes for Gymnasium; -1 for one a core.")]
Threads = Annotated[int, arg(help="Threads; -1 for one a core.")]
Out = Annotated[
    Path | None, arg(help="Folder for the results; by default they go beside what is read.")
]
Force = Annotated[Flag, arg(help="Replace earlier results.")]
Quiet = Annotated[Flag, arg(help="Print nothing but errors.")]
