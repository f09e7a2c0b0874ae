"""What a user types: how it becomes options, and how a command begins."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import tyro

from wann.cli import guards, table_options
from wann.storage import names

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Options = TypeVar("Options")

# What tyro says where a number is expected, whether or not it may be left out.
NO_NUMBER = re.compile(
    r"Error parsing (?P<flag>\S+): .*(?:for (?P<int>int)\(\) with base 10|string to float): "
    r"(?P<value>'.*')"
)


@contextmanager
def command(
    options: type[Options],
    name: str,
    args: list[str] | None,
    default: Callable[[list[str]], Options] | None = None,
) -> Iterator[Options]:
    """How a command begins: with its options; what is bad about them ends it in one line.

    Args:
        options: The kind of options.
        name: Of the command.
        args: Its arguments; those of the process where there are none.
        default: The options to take where the arguments, which it gets, say nothing.
    """
    args = sys.argv[1:] if args is None else args
    with guards.bad_input():
        args = table_options.merged([_resolved(arg) for arg in args])
        yield parse(options, f"python -m wann.{name}", args, default(args) if default else None)


def parse(
    options: type[Options], prog: str, args: list[str], default: Options | None = None
) -> Options:
    """The options on a command line, with the defaults of another set of them.

    Raises:
        ValueError: If they are bad. tyro would draw a box of several lines and exit.
    """
    box = io.StringIO()
    try:
        with redirect_stderr(box):
            if default is None:
                return tyro.cli(options, prog=prog, args=args)
            return tyro.cli(options, prog=prog, args=args, default=default)
    except ValueError as error:  # of a group of options, which tyro lets through
        message = str(error)
    except SystemExit as end:
        if end.code != guards.BAD_INPUT:
            raise
        message = _message(box.getvalue())
    raise ValueError(f"{message}; {prog} --help lists the options") from None


def _resolved(arg: str) -> str:
    """An argument with the folder that it, or what follows its flag, stands for; see `names`."""
    flag, equals, value = arg.partition("=")
    if equals and flag.startswith("--"):
        return f"{flag}={names.resolve(value)}"
    return names.resolve(arg)


def _message(box: str) -> str:
    """What tyro says in a box of several lines."""
    text = " ".join(re.sub(r"\x1b\[[0-9;]*m|[│╭╮╰╯]", "", box).split())
    # The title, the message, and perhaps the help of one option, between lines; where the
    # output is not UTF-8, tyro draws them with hyphens.
    _, message, *more = re.split(r" ?(?:─{2,}|-{3,}) ?", text)
    message = re.sub(r"^Error parsing \w+: ", "", message).rstrip(".")
    if meant := re.match(r"Perhaps you meant: (--[\w-]+)", more[0]):
        return f"{message}; did you mean {meant[1]}?"
    if number := NO_NUMBER.match(message):
        kind = "a whole number" if number["int"] else "a number"
        return f"{number['flag']}: expected {kind}, got {number['value']}"
    return message


def given(args: list[str], flag: str) -> str | None:
    """The value of a flag on the command line, written as one or as two words; the last one."""
    found = None
    for i, word in enumerate(args):
        if word.startswith(f"{flag}="):
            found = word.split("=", 1)[1]
        elif word == flag and i + 1 < len(args):
            found = args[i + 1]
    return found


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
