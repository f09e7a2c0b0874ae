"""The folder of a run: made once, and nothing in it leads elsewhere."""

from __future__ import annotations

import errno
import platform
import re
import subprocess
import sys
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from wann.core import files, locks
from wann.storage.command import typed

CONFIG = "config.json"
PACKAGES = ("wann", "numpy", "numba", "gymnasium", "networkx", "joblib", "scikit-learn")


def check_own(folder: Path) -> None:
    """See that nothing in a folder leads elsewhere, as in one that was made to harm.

    Raises:
        ValueError: If something is a link.
        OSError: If the folder cannot be read.
    """
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            raise ValueError(
                f"{path}: expected a file or a folder of the run's own, but it is a link, and "
                "nothing outside the run is written; put there what it leads to"
            )


def check_own_file(file: Path) -> None:
    """See that a file that is to be written is none but its folder's own.

    Raises:
        OSError: If it is a link, a folder, a pipe or a device.
    """
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise OSError(errno.EEXIST, "expected a file to write, but this is none", str(file))


def make_folder(path: Path | None, name: str, settings: dict[str, Any]) -> Path:
    """Make a run's folder, with a config.json that says what runs in it, and on what.

    Args:
        path: The folder, new or empty; by default that of the name in ``runs/``.
        name: The name of the run.
        settings: What config.json begins with.

    Raises:
        ValueError: If the folder exists and is not empty.
        OSError: If it cannot be written.
    """
    path = _new_folder(Path("runs") / name) if path is None else path
    _check_free(path)
    path.mkdir(parents=True, exist_ok=True)
    files.sync_folder(path.parent)
    with locks.held(path / CONFIG):
        _check_free(path)  # of two processes at the same moment, the second finds it taken
        files.write_json(
            path / CONFIG,
            {**settings, **made_by()},
        )
    return path


def made_by() -> dict[str, Any]:
    """What is running now: versions, commit, command and time, for a config.json."""
    return {
        "versions": _versions(),
        "commit": _commit(),
        "command": typed(sys.argv),
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def _commit() -> str | None:
    """The commit of the checkout that wann runs from, "-dirty" behind it if files differ from it;
    None where it is installed, or git is not there."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        words = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty"]
        words += ["--exclude=*"]
        found = subprocess.run(words, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()


def _new_folder(path: Path) -> Path:
    """Make a folder of this name, with a number behind it if it is taken."""
    number, candidate = 1, path
    while True:
        try:
            candidate.mkdir(parents=True)
            return candidate
        except FileExistsError:
            number += 1
            candidate = path.with_name(f"{path.name}-{number}")


def _check_free(path: Path) -> None:
    """See that there is nothing yet but an empty folder; what killed processes left is nothing.

    Raises:
        ValueError: If there is more.
    """
    taken = path.exists()
    if path.is_dir():
        taken = not all(re.fullmatch(r"\..*\.(lock|tmp)", file.name) for file in path.iterdir())
    if taken:
        raise ValueError(
            f"{path}: expected a new or empty folder, but it holds something; choose another "
            "with --run, or go on with what began in it with --resume"
        )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
