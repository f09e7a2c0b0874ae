"""Where results go: into folders that are made, and over no file that a user has."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path


def claim(files: Iterable[Path], force: bool) -> None:
    """Make the folders of files to be written, and see that none of the files exists.

    Raises:
        ValueError: If one does, and `force` is off.
        OSError: If a folder cannot be made.
    """
    for file in files:
        if file.exists() and not force:
            raise ValueError(f"{file}: exists already; --force replaces it, --out writes elsewhere")
        file.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(file.parent, os.W_OK):  # better known now than when all is computed
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file.parent))
