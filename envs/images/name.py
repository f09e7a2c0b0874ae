"""The name of a task on IDX files of the user's own: ``idx:/data/letters?size=16``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

PREFIX = "idx:"
MOST = 64  # rows and columns


class IdxName(NamedTuple):
    """What the name says.

    Attributes:
        folder: Where the four files are.
        size: Rows and columns that images are reduced to; 0 for images as they are.
    """

    folder: Path
    size: int

    def __str__(self) -> str:
        """The name, with an absolute path: a run is looked at from anywhere."""
        path = str(self.folder.absolute()).replace("%", "%25").replace("?", "%3F")
        return f"{PREFIX}{path}" + (f"?size={self.size}" if self.size else "")

    @property
    def titled(self) -> str:
        """What pages and figures call it: "letters, 16 x 16", wherever the folder lies."""
        size = f", {self.size} x {self.size}" if self.size else ""
        return f"{self.folder.absolute().name}{size}"

    @property
    def short(self) -> str:
        """A short name, for folders, files and figures: "letters"."""
        return re.sub(r"[^\w.-]", "-", self.folder.absolute().name) or "idx"


def is_idx(name: str) -> bool:
    """Whether a task's name is that of IDX files."""
    return name.startswith(PREFIX)


def parse(name: str) -> IdxName:
    """What a name says.

    Raises:
        ValueError: If it is not one of IDX files.
    """
    source, _, query = name.removeprefix(PREFIX).partition("?")
    if not source:
        raise ValueError(f"env {name!r}: expected a folder after {PREFIX}, got none")
    options = parse_qs(query, keep_blank_values=True)
    if unknown := sorted(set(options) - {"size"}):
        raise ValueError(f"env {name!r}: expected size after ?, got {unknown[0]}")
    size = options.get("size", ["0"])[-1]
    if not (size.isascii() and size.isdigit()) or not 0 <= int(size[:9]) <= MOST:
        raise ValueError(f"env {name!r}: expected a size from 1 to {MOST}, got {size!r:.40}")
    return IdxName(Path(unquote(source)), int(size))
