"""The names of tasks that lie in files of the user's own: tables and images."""

from __future__ import annotations

import re

from wann.envs.images import name as images
from wann.envs.tables import name as tables

PREFIXES = (*tables.PREFIXES, images.PREFIX)


def short(name: str) -> str:
    """A task's name, shortened where it is that of files."""
    try:
        if tables.is_table(name):
            return tables.parse(name).short
        return images.parse(name).short if images.is_idx(name) else name
    except ValueError:
        return name


def file_name(name: str) -> str:
    """A task's name as part of a file's or a folder's, on any system."""
    return re.sub(r"[^\w.-]", "-", short(name))


def whole(name: str, label: str = "", kind: str = "", test: str = "") -> str:
    """The whole name of a task, of what stands in ``--env`` and in options beside it.

    Raises:
        ValueError: If it is no name of files, or an option goes with no table.
    """
    if images.is_idx(name) and not (label or kind or test):
        return str(images.parse(name))
    return tables.with_options(name, label, kind, test)
