"""What all commands share: bad input ends in one line and exit code 2, never a traceback."""

from __future__ import annotations

import errno
import io
import re
import signal
import sys
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

import tyro
from rich.console import Console

from wann.core import locks
from wann.storage import bundled

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

BAD_INPUT = 2
INTERRUPTED = 130
_FULL, _CLOSED = "; make room, then --resume goes on", "; choose a folder that can be written"
ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _CLOSED,
    errno.EACCES: _CLOSED,
}
LONGEST = 1000  # characters of a message; a file's content may be quoted in it
# What tyro says where a number is expected, whether or not it may be left out.
NO_NUMBER = re.compile(
    r"Error parsing (?P<flag>\S+): .*(?:for (?P<int>int)\(\) with base 10|string to float): "
    r"(?P<value>'.*')"
)

Options = TypeVar("Options")


def console(quiet: bool = False) -> Console:
    """What prints text as it is: the names of files may hold brackets and colons."""
    return Console(quiet=quiet, highlight=False, markup=False, emoji=False)


@contextmanager
def bad_input() -> Iterator[None]:
    """End the program with one line where the user's input, or the disk, is at fault.

    Put the reading and checking of input inside; computing belongs outside, where a ValueError
    is a defect and should show its traceback.
    """
    try:
        yield
    except (ValueError, OSError, MemoryError) as error:
        fail(error)


@contextmanager
def full_disk() -> Iterator[None]:
    """End the program with one line where a file cannot be written, or the memory is full."""
    try:
        yield
    except (OSError, MemoryError) as error:
        fail(error)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """End the program with one line where another process writes what goes with a file."""
    with ExitStack() as stack:
        with bad_input():
            stack.enter_context(locks.held(file))
        yield


@contextmanager
def stoppable() -> Iterator[None]:
    """End the program quietly on Ctrl-C, where there is nothing to save."""
    try:
        yield
    except KeyboardInterrupt:
        print("wann: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C or termination signal into an answer; the second one kills."""
    received: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, previous[number])

    previous = {int(n): signal.signal(n, handle) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(received)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def fail(error: Exception) -> None:
    """Print an error as one line and exit."""
    text = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        text += "; everything saved before is intact"
        text += ADVICE.get(error.errno or 0, "")
    if isinstance(error, MemoryError):
        text = f"not enough memory{': ' * bool(text)}{text}"
    # A name in a file may hold what changes colours, or titles of windows.
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"
    print(f"wann: {text}", file=sys.stderr)
    sys.exit(BAD_INPUT)


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
    for i, arg in enumerate(args):
        if arg.startswith(f"{flag}="):
            return arg.split("=", 1)[1]
        if arg == flag and i + 1 < len(args):
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
