"""The command line that made something, as one would type it again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PureWindowsPath

COMMANDS = ("search", "prune")  # those that make runs


def typed(argv: Sequence[str]) -> list[str]:
    """The words of a command, without the places where this machine keeps its programs.

    Words that are such a command already stay as they are.

    Args:
        argv: As `sys.argv` holds them: a program, perhaps with its path, and its arguments.
    """
    if not argv or argv[0] in ("", "-c", "-m"):
        return ["python", *argv]
    # A path of any system: files come from other machines, too.
    path = PureWindowsPath(argv[0])
    module = path.parts[:-1] if path.stem == "__main__" else (*path.parts[:-1], path.stem)
    # wann/search.py in older files, wann/search/__main__.py, or the program that pip installs
    if module[-2:] in {("wann", name) for name in COMMANDS}:
        return ["wann", module[-1], *argv[1:]]
    if module[-1:] == ("wann",):
        return ["wann", *argv[1:]]
    if path.stem == "__main__":
        return ["python", "-m", *module[-1:], *argv[1:]]
    return [*(["python"] if path.suffix == ".py" else []), path.name, *argv[1:]]
