"""Options in a file, ``--config FILE.toml``: they stand before those on the command line."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from wann.cli.command_line import given
from wann.envs.reading import read_bytes

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FLAG = "--config"


def expanded(args: list[str], switches: Collection[str] = ()) -> list[str]:
    """The arguments of a command, those in its file first, so that the others win.

    Args:
        args: As they are typed.
        switches: The names of those that can only be turned on.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no TOML, or holds what no option can have.
    """
    path = given(args, FLAG)
    if path is None:
        return args
    try:
        values = tomllib.loads(read_bytes(Path(path)).decode())
    except ValueError as error:
        raise ValueError(f"{path}: expected TOML, but {error}") from None
    words = []
    for key, value in values.items():
        name = key.replace("_", "-")
        if name == FLAG.removeprefix("--"):
            raise ValueError(f"{path}: {key}: expected options, not another file of them")
        if isinstance(value, bool):
            words += [f"--{name}"] if value else [f"--no-{name}"] * (name not in switches)
        else:
            words.append(f"--{name}={_text(path, key, value)}")
    return [*words, *args]


def _text(path: str, key: str, value: Any) -> str:
    """A value as one types it; a list as its entries with commas."""
    if isinstance(value, list) and value:
        return ",".join(_text(path, key, entry) for entry in value)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError(
            f"{path}: {key}: expected text, a number, true or false, or a list of them, got a "
            f"{type(value).__name__}"
        )
    return str(value)
