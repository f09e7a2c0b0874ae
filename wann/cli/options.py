"""Options that several commands have, with the help that all of them show."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from wann.cli.guards import BAD_INPUT

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
import io
import re
from contextlib import redirect_stderr
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

import tyro
from tyro.conf import FlagCreatePairsOff, arg

from wann.storage import bundled

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


# What tyro says where a number is expected, whether or not it may be left out.
NO_NUMBER = re.compile(
    r"Error parsing (?P<flag>\S+): .*(?:for (?P<int>int)\(\) with base 10|string to float): "
    r"(?P<value>'.*')"
)


Options = TypeVar("Options")


def parse(
    options: type[Options], prog: str, args: list[str], default: Options | None = None
) -> Options:
    """The options on a command line, with the defaults of another set of them.

    An argument such as champion:swingup becomes the folder that it stands for.

    Raises:
        ValueError: If they are bad. tyro would draw a box of several lines and exit.
    """
    args = [bundled.resolve(arg) for arg in args]
    box = io.StringIO()
    try:
        with redirect_stderr(box):
            if default is None:
                return tyro.cli(options, prog=prog, args=args)
            return tyro.cli(options, prog=prog, args=args, default=default)
    except SystemExit as end:
        if end.code != BAD_INPUT:
            raise
        text = " ".join(re.sub(r"\x1b\[[0-9;]*m|[│╭╮╰╯]", "", box.getvalue()).split())
        # The title, the message, and perhaps the help of one option, between lines; where the
        # output is not UTF-8, tyro draws them with hyphens.
        message = re.split(r" ?(?:─{2,}|-{3,}) ?", text)[1]
        message = re.sub(r"^Error parsing \w+: ", "", message).rstrip(".")
        if number := NO_NUMBER.match(message):
            kind = "a whole number" if number["int"] else "a number"
            message = f"{number['flag']}: expected {kind}, got {number['value']}"
        raise ValueError(f"{message}; {prog} --help lists the options") from None


def given(args: list[str], flag: str) -> str | None:
    """The value of a flag on the command line, written as one or as two words."""
    for i, word in enumerate(args):
        if word.startswith(f"{flag}="):
            return word.split("=", 1)[1]
        if word == flag and i + 1 < len(args):
            return args[i + 1]
    return None


def check_resume(
    now: DataclassInstance,
    before: DataclassInstance,
    changeable: Container[str],
    folder: Path | None,
) -> None:
    """See that a run is resumed with the settings it began with.

    Args:
        now: The settings on the command line.
        before: Those of the run.
        changeable: The names of those that may change: they say only when it ends.
        folder: Where a new run would be saved.

    Raises:
        ValueError: If another one differs, or a folder is given.
    """
    if folder is not None:
        raise ValueError("--run: expected none together with --resume, which names the folder")
    for name, value in asdict(now).items():
        old = getattr(before, name)
        if name not in changeable and value != old:
            raise ValueError(
                f"--{name.replace('_', '-')}: expected {old} as in the run to resume, "
                f"got {value}; start a new run to change it"
            )
