"""One process at a time: a lock beside a file that work goes on from."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wann.envs.reading import check_regular, read_bytes

if sys.platform == "win32":
    import msvcrt

    FREE = 2**30  # the byte that is locked, far behind the text, which others may then read

    def _try_lock(number: int) -> None:
        os.lseek(number, FREE, os.SEEK_SET)
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise BlockingIOError from None

    def _unlock(number: int) -> None:
        os.lseek(number, FREE, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)


NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)  # on this file system
MOST_BYTES = 1000  # of a lock file
START = 1.0  # seconds by which the start of one process may be told differently


class Lock:
    """A lock that is held.

    Attributes:
        path: The lock's own file.
    """

    def __init__(self, path: Path, found: os.stat_result) -> None:
        """The lock in a file, which is the one that was found there."""
        self.path = path
        self._found = found

    def check(self) -> None:
        """See that nobody took the lock away, as by removing its file; call it before writing.

        Raises:
            OSError: If so: another process may be writing by now.
        """
        try:
            same = os.path.samestat(self.path.lstat(), self._found)
        except OSError:
            same = False
        if not same:
            raise OSError(
                errno.ENOLCK,
                "was removed or replaced, so another process may write",
                str(self.path),
            )


@contextmanager
def held(file: Path) -> Iterator[Lock]:
    """Be the only process that writes a file, such as a checkpoint, and what goes with it.

    The lock is the operating system's, on a small hidden file beside: it ends with the process,
    however that ends, so what was killed can be resumed at once. On a file system without locks
    the hidden file itself is the lock; one whose process is gone counts for nothing.

    Args:
        file: What is written; it need not exist, but its folder must.

    Raises:
        ValueError: If another process, or another part of this one, holds the lock.
        OSError: If the lock cannot be made.
    """
    path = file.with_name(f".{file.name}.lock")
    while True:
        number = _open(path)
        try:
            _try_lock(number)
        except BlockingIOError:
            os.close(number)
            raise _taken(file, path) from None
        except OSError as error:
            os.close(number)
            if error.errno not in NO_LOCKS:
                raise OSError(error.errno, error.strerror, str(path)) from error
            with _held_softly(file, path) as lock:
                yield lock
            return
        found = os.fstat(number)
        lock = Lock(path, found)
        with suppress(OSError):
            lock.check()
            break
        os.close(number)  # it was removed between opening and locking
    try:
        os.ftruncate(number, 0)
        os.write(number, _record().encode(errors="replace"))
        yield lock
    finally:
        with suppress(OSError):
            os.ftruncate(number, 0)
            _unlock(number)
        os.close(number)


def holder(file: Path) -> str | None:
    """The process that holds the lock of a file, as far as its record tells; None if none does."""
    path = file.with_name(f".{file.name}.lock")
    with suppress(OSError):
        if not path.stat().st_size:  # let go; that is quick to see
            return None
    record = _read(path)
    return None if not record or _gone(record) else record.partition(" started ")[0]


def _open(path: Path) -> int:
    """Open a lock's file, never by a link to elsewhere.

    Raises:
        OSError: If that fails.
        ValueError: If it is no file.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_symlink():
        raise ValueError(f"{path}: expected a file, but it is a link; remove it")
    number = os.open(path, flags, 0o644)
    try:
        check_regular(path, os.fstat(number))
    except BaseException:
        os.close(number)
        raise
    return number


@contextmanager
def _held_softly(file: Path, path: Path) -> Iterator[Lock]:
    """The lock where the system has none: its file is there with a record, by one step or not."""
    own = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    own.unlink(missing_ok=True)
    with open(own, "x", encoding="utf-8", errors="replace") as opened:
        opened.write(_record())
        opened.flush()
        try:
            while True:
                try:
                    os.link(own, path)
                    break
                except FileExistsError:
                    _remove_stale(file, path)
        finally:
            own.unlink(missing_ok=True)
        # As long as it is open, no other file gets its number.
        lock = Lock(path, os.fstat(opened.fileno()))
        try:
            yield lock
        finally:
            with suppress(OSError):
                lock.check()
                path.unlink()


def _remove_stale(file: Path, path: Path) -> None:
    """Remove a lock's file whose process is gone.

    Raises:
        ValueError: If it is not, or may not be.
    """
    record = _read(path)
    if record and not _gone(record):
        raise _taken(file, path)
    aside = path.with_name(f"{path.name}.{os.getpid()}.old.tmp")
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return
    if _read(aside) != record:  # another process was faster, and this is its lock
        with suppress(FileExistsError):
            os.link(aside, path)
    aside.unlink()


def _record() -> str:
    import psutil  # only here and below: most commands look at locks that are let go

    started = psutil.Process().create_time()
    return f"process {os.getpid()} on {socket.gethostname()} started {started:.2f}\n"


def _read(path: Path) -> str:
    try:
        text = read_bytes(path, MOST_BYTES).decode().strip()
    except (OSError, ValueError):
        return ""
    return text if text.isprintable() else "another process"


def _gone(record: str) -> bool:
    """Whether the process of a record ran here, and does so no more."""
    words = record.split()
    if len(words) != 6 or words[3] != socket.gethostname():
        return False
    import psutil

    try:
        started = psutil.Process(int(words[1])).create_time()
        return abs(started - float(words[5])) > START
    except psutil.NoSuchProcess:
        return True
    except (ValueError, OverflowError, psutil.Error):
        return False


def _taken(file: Path, path: Path) -> ValueError:
    who = _read(path).partition(" started ")[0] or "another process"
    here = f" on {socket.gethostname()}" in who
    elsewhere = "" if here else f"; if it is gone, remove {path}"
    return ValueError(
        f"{file.parent}: {who} is writing here; let it end or stop it first, or choose another "
        f"folder{elsewhere}"
    )
