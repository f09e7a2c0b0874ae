"""The names of tasks that lie in files of the user's own: tables and images."""

from __future__ import annotations

import os
import re

from wann.envs.images import name as images
from wann.envs.tables import name as tables

PREFIXES = (*tables.PREFIXES, images.PREFIX)
_FOLDERS = re.compile(
    r"(?:^|(?<=[:='\"(]))"  # a word, csv:FILE, NAME=RUN, one in quotes
    r"(?:[A-Za-z]:(?=[\\/])|~(?=/))?(?:/(?!/)|\\)"
    r"(?:[^/\\?]*[/\\])*(?=[^/\\?])"
)


def short(name: str) -> str:
    """A task's name, shortened where it is that of files."""
    try:
        if tables.is_table(name):
            return tables.parse(name).short
        return images.parse(name).short if images.is_idx(name) else name
    except ValueError:
        return name


def titled(name: str) -> str:
    """A task's name as pages, figures and exports show it: they go to other machines."""
    try:
        if tables.is_table(name):
            return tables.parse(name).titled
        return images.parse(name).titled if images.is_idx(name) else name
    except ValueError:
        return without_folders(name)


def without_folders(word: str) -> str:
    """A word of a command, with the last part alone of each absolute path in it.

    What is sent to others says what a file is called, not where on a machine it lies.
    """
    return _FOLDERS.sub("", word)


def told(message: str, name: str) -> str:
    """What a message says, in one line and without folders, those of a task's files among them."""
    for folder in _folders(name):  # first, as they may have blanks
        message = message.replace(folder, "")
    return " ".join(map(without_folders, message.split()))


def _folders(name: str) -> list[str]:
    """Where the files of a task are, with the separator behind it, as messages write it."""
    try:
        if tables.is_table(name):
            table = tables.parse(name)
            places = [path for path in (table.source, table.test) if path]
        else:
            places = [str(images.parse(name).folder)] if images.is_idx(name) else []
    except ValueError:
        return []
    return [path[: -len(os.path.basename(path))] for path in places if os.path.isabs(path)]


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
