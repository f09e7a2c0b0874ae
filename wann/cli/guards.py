"""What all commands share: bad input ends in one line and exit code 2, never a traceback."""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from wann.core import locks

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
