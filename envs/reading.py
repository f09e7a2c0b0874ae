"""Opening files to read: regular ones only, and none that is too large.

A pipe or a device in the place of a file would keep its reader waiting, or never end.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 2**28  # of what is read as a whole; a network of a million connections has 80 MB


def check_regular(path: str | Path, found: os.stat_result, most: int = MOST_BYTES) -> None:
    """See that what a path leads to is a file of at most so many bytes.

    Raises:
        IsADirectoryError: If it is a folder.
        ValueError: If it is a pipe, a socket or a device, or too large.
    """
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{path}: expected a file, but it is a pipe, a socket or a device")
    if found.st_size > most:
        raise ValueError(f"{path}: expected at most {most:,} bytes, got {found.st_size:,}")


def open_regular(path: str | Path, most: int = MOST_BYTES) -> BinaryIO:
    """A file opened to read, once it is seen to be one of at most so many bytes.

    Raises:
        OSError: If it cannot be opened.
        ValueError: If it is no file, or too large.
    """
    return open(_opened(path, most)[0], "rb")


def read_bytes(
    path: str | Path, most: int = MOST_BYTES, found: os.stat_result | None = None
) -> bytes:
    """What is in a file of at most so many bytes.

    Args:
        path: The file.
        most: The bytes.
        found: What `os.stat` said of it just now, if it was asked.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no file, or too large.
    """
    number, size = _opened(path, most, found)
    try:
        content = _read(number, size, size + 1)  # as many bytes are set aside as are asked for
        if len(content) > size:
            rest = most + 1 - len(content)
            content += _read(number, rest, rest)
    finally:
        os.close(number)
    if len(content) > most:  # it grew meanwhile
        raise ValueError(f"{path}: expected at most {most:,} bytes, got more")
    return content


def read_ends(
    path: str | Path, count: int, found: os.stat_result | None = None
) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file, so many of each where it has them.

    Args:
        path: The file.
        count: The bytes.
        found: What `os.stat` said of it just now, if it was asked.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no file, or too large.
    """
    number, size = _opened(path, MOST_BYTES, found)
    try:
        count = min(count, size)
        head = _read(number, count, count)
        if count == size:
            return head, head
        os.lseek(number, size - count, os.SEEK_SET)
        return head, _read(number, count, count)
    finally:
        os.close(number)


def _opened(path: str | Path, most: int, found: os.stat_result | None = None) -> tuple[int, int]:
    """The number of a file that was opened to read, and its bytes."""
    # Opening a device may do something already.
    check_regular(path, os.stat(path) if found is None else found, most)
    # Should it become a pipe meanwhile, opening it does not wait.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(number)
        check_regular(path, found, most)
    except BaseException:
        os.close(number)
        raise
    return number, found.st_size


def _read(number: int, least: int, most: int) -> bytes:
    """The next bytes of a file, at least so many where it has them; one read may give fewer."""
    found = os.read(number, most)
    while len(found) < least and (more := os.read(number, most - len(found))):
        found += more
    return found
