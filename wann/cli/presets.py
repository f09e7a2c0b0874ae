"""Presets on a command line: what goes with what is typed, and where two of them differ."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from wann.cli.command_line import given
from wann.core import presets
from wann.core.config import SearchConfig, preset
from wann.envs.tables.name import is_table

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = ("cartpole", "swingup", "mnist", "gym:BipedalWalker-v3")  # where no task is named


def settings(args: list[str], env: str) -> SearchConfig:
    """The settings for a task where the command line says nothing, by --preset and the switches.

    Raises:
        ValueError: If there is no such preset.
    """
    known = env
    with suppress(OSError, ValueError):  # told when the task is made, and the help needs no file
        known = _known_as(env, given(args, "--data"))
    config = preset(known, given(args, "--preset") or SearchConfig.preset, **_chosen(args))
    return replace(config, env=env)


def _known_as(env: str, data: str | None) -> str:
    """The name by which presets know a task: of a table, what its label calls for.

    Raises:
        OSError: If a table cannot be read.
        ValueError: If it is none, or has no such label.
    """
    if not is_table(env):
        return env
    from wann.envs.tables.task import kind_of  # only here: the help is there sooner without

    return kind_of(env, data)


def _chosen(args: list[str]) -> dict[str, Any]:
    """The settings on a command line that others stand or fall with; see `presets.settings`."""
    chosen: dict[str, Any] = {}
    for word in args:
        name = word.removeprefix("--").removeprefix("no-")
        if name in presets.SWITCHES and word in (f"--{name}", f"--no-{name}"):
            chosen[name] = word == f"--{name}"
    for name in ("activations", "shared_weights"):
        if value := given(args, f"--{name.replace('_', '-')}"):
            chosen[name] = value
    return chosen


def show(console: Console, env: str | None, data: str | None = None) -> None:
    """Print where the presets differ on a task, or on the best known ones.

    Raises:
        OSError: If the task is a table that cannot be read.
        ValueError: If it is no table.
    """
    from rich.table import Table  # only here: the help is there sooner without

    for name in (env,) if env else SHOWN:
        table = Table(title=name)
        table.add_column("setting", no_wrap=True)  # to be copied
        for column in presets.NAMES:
            table.add_column(column, overflow="fold")
        known = _known_as(name, data)
        values = [asdict(preset(known, which)) for which in presets.NAMES]
        for setting in values[0]:
            found = [str(value[setting]) for value in values]
            if setting != "preset" and len(set(found)) > 1:
                table.add_row(f"--{setting.replace('_', '-')}", *found)
        console.print(table)
