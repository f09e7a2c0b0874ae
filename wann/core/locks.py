"""One process at a time: a lock beside a file that work goes on from."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Be the only process that writes a file, such as a checkpoint, and what goes with it.

    The lock is the operating system's, on a small hidden file beside: it ends with the process,
    however that ends, so what was killed can be resumed at once.

    Args:
        file: What is written; it need not exist, but its folder must.

    Raises:
        ValueError: If another process, or another part of this one, holds the lock.
        OSError: If the lock cannot be made.
    """
    path = file.with_name(f".{file.name}.lock")
    try:
        lock = FileLock(path).acquire(timeout=0)
    except Timeout:
        raise ValueError(
            f"{file.parent}: {_holder(path)} is writing here; let it end or stop it first, or "
            "choose another folder"
        ) from None
    with lock:
        with suppress(OSError):  # some systems bar everybody from a locked file
            path.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
        yield


def _holder(path: Path) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(200).strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    return text if text.isprintable() and text else "another process"
