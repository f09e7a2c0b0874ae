"""What all commands share: bad input ends in one line and exit code 2, never a traceback."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, cast

from wann.core import locks
from wann.core.text import printable, tell
from wann.envs.failure import Failure

if TYPE_CHECKING:
    from rich.console import Console

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CLOSED = (errno.EROFS, errno.EACCES)
GONE = (errno.EPIPE, errno.EIO, errno.ENXIO)  # the reader of what is printed, or the terminal
LONGEST = 1000  # characters of a message; a file's content may be quoted in it


def console(quiet: bool = False) -> Console:
    """What prints text as it is: the names of files may hold brackets and colons."""
    from wann.cli.console import HarmlessConsole  # only here: help and lists come sooner without

    file = stdout()
    return HarmlessConsole(file=file, quiet=quiet, highlight=False, markup=False, emoji=False)


def stdout() -> TextIO | None:
    """Where a command prints, as long as somebody reads it; None where there is no such place."""
    return None if sys.stdout is None else cast(TextIO, _Lasting(sys.stdout))


class _Lasting:
    """A stream that outlives its reader, as of ``| head -1``: work goes on, and says no more."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream."""
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        """Anything else is the stream's."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or drop what nobody reads."""
        with self._unread():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or drop what nobody reads."""
        with self._unread():
            self._stream.flush()

    @contextmanager
    def _unread(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in GONE:
                raise
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


@contextmanager
def bad_input() -> Iterator[None]:
    """End the program with one line where the user's input, or the disk, is at fault, or an
    environment.

    Put the reading and checking of input inside; computing belongs outside, where a ValueError
    is a defect and should show its traceback.
    """
    try:
        yield
    except (ValueError, OSError, MemoryError, Failure) as error:
        fail(error)


@contextmanager
def full_disk(afterwards: Callable[[], str] = lambda: "") -> Iterator[None]:
    """End the program with one line where a file cannot be written, or the memory is full, or an
    environment or the workers fail.

    Args:
        afterwards: What goes on once there is room on a full disk, or the failure is mended.
    """
    try:
        yield
    except (OSError, MemoryError, Failure) as error:
        fail(error, afterwards=afterwards())


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
        tell("interrupted")
        sys.exit(INTERRUPTED)


@contextmanager
def interruptible(by_ctrl_c_alone: bool = False) -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C or termination signal into an answer; the second one kills.

    So does the first end of a terminal, unless it is to be ignored, as under nohup.

    Args:
        by_ctrl_c_alone: Whether the others do what they do without this.
    """
    received: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, previous[number])

    ends = [signal.SIGINT]
    if not by_ctrl_c_alone:
        ends.append(signal.SIGTERM)
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            ends.append(signal.SIGHUP)
    previous = {int(number): signal.signal(number, handle) for number in ends}
    try:
        yield lambda: bool(received)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def fail(error: Exception, then: str = "", afterwards: str = "") -> NoReturn:
    """Print an error as one line and exit.

    Args:
        error: The error; what it holds of a traceback is printed before.
        then: What to add.
        afterwards: What goes on once there is room on a full disk, or the failure is mended.
    """
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        text += "; everything saved before is intact"
        if error.errno in FULL:
            text += f"; make room{f', then {afterwards}' if afterwards else ''}"
        elif error.errno in CLOSED:
            text += "; choose a folder that can be written"
    if isinstance(error, Failure) and afterwards:
        text += f"; {afterwards}"
    if isinstance(error, MemoryError):
        text = f"not enough memory{': ' * bool(text)}{text}"
    text = printable(text + then)
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"
    with suppress(OSError):  # nobody may be there to read it
        for line in error.text.splitlines() if isinstance(error, Failure) else []:
            print(line[: len(line) - len(line.lstrip())] + printable(line), file=sys.stderr)
    tell(text)
    sys.exit(FAILED if isinstance(error, Failure) else BAD_INPUT)
