"""What a page reads of a run, before anything is computed."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from wann.core import files
from wann.core.arrays import evenly, take_whole
from wann.core.config import SearchConfig
from wann.envs.naming import without_folders
from wann.envs.task import Task
from wann.plotting import topology
from wann.report.networks import rounded
from wann.search.evolution import Evolution
from wann.storage import saved
from wann.storage.command import typed
from wann.storage.folder import CONFIG
from wann.storage.load import load
from wann.storage.metrics import gaps, with_gaps
from wann.storage.model import Model
from wann.storage.run import Run
from wann.storage.saved import Saved, check_sizes

CHAMPIONS = 40  # that are read, at most
ROWS = 2000  # of the metrics, at most


@dataclass(frozen=True, eq=False)
class Source:
    """The files of a run, or a network file alone.

    Attributes:
        saved: The last champion, with where it lies.
        earlier: Champions before it, evenly chosen, the first included.
        task: What they are for, or None if it is not to be had.
        note: Why it is not.
        config: The settings of the search; those preset for the task where there is no run.
        evolution: The population of the checkpoint, if there is one.
        metrics: Columns of numbers, values for JSON; None without a run.
        about: Settings, versions and command line as text; None without a run.
    """

    saved: Saved
    earlier: list[Model]
    task: Task | None
    note: str | None
    config: SearchConfig
    evolution: Evolution | None = None
    metrics: dict[str, Any] | None = None
    about: dict[str, Any] | None = None


def read(
    path: Path,
    task_of: Callable[[Model], tuple[Task | None, str | None]],
    population: bool = True,
) -> Source:
    """Read a run's folder or a network file.

    Args:
        path: The folder or file.
        task_of: Finds the task of a model, or tells why there is none.
        population: Whether to read that of the checkpoint.

    Raises:
        OSError: If something cannot be read.
        ValueError: If something read is not valid; the message says what is wrong.
    """
    found = saved.read(path)
    model, run = found.model, found.named_run
    _check_drawn(path, [model])
    task, note = task_of(model)
    config = found.read_config()
    if run is None:
        return Source(found, [], task, note, config)
    about, metrics = _about(run), thinned(run.metrics())
    evolution = _evolution(run, config, model) if population else None
    return Source(found, _earlier(run, model), task, note, config, evolution, metrics, about)


def _earlier(run: Run, last: Model) -> list[Model]:
    paths = sorted((run.path / "champions").glob("*.json"))[:-1]
    paths = [paths[i] for i in evenly(len(paths), CHAMPIONS)] if paths else []
    models = [_loaded(path, os.stat(path).st_mtime_ns) for path in paths]
    for path, model in zip(paths, models, strict=True):
        try:
            check_sizes(model, last, "as in champion.json")
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    _check_drawn(run.path, models)
    return models


@lru_cache(maxsize=1024)
def _loaded(path: Path, changed: int) -> Model:
    """An earlier champion, which stays as it is while a search is followed."""
    return load(path)


def _check_drawn(path: Path, models: Sequence[Model]) -> None:
    try:
        for model in models:
            topology.check(model.network, model.inputs)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _evolution(run: Run, config: SearchConfig, model: Model) -> Evolution | None:
    arrays = run.load_checkpoint()
    if arrays is None:
        return None
    try:
        sizes = take_whole(arrays, "sizes", 2).tolist()
        expected = [len(model.inputs), len(model.outputs)]
        if sizes != expected:
            raise ValueError(f"expected inputs and outputs {expected}, got {sizes}")
        return Evolution.from_arrays(arrays, config)
    except ValueError as error:
        raise ValueError(f"{run.path}: the checkpoint does not fit: {error}") from None


def thinned(columns: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The columns of metrics, thinned out where the search was long; None breaks a line."""
    metrics = with_gaps(columns)
    count = len(metrics["generation"])
    rows = np.union1d(evenly(count, ROWS) if count else [], gaps(metrics)).astype(int)
    return {name: rounded(column[rows]) for name, column in metrics.items()}


def _about(run: Run) -> dict[str, Any]:
    """Settings, versions and command line of a run, as text; no folder of this machine is told."""
    value = files.read_json(run.path / CONFIG)
    command = value.get("command", [])
    words = [str(word) for word in command] if isinstance(command, list) else [str(command)]
    tables = {
        name: {str(k): without_folders(str(v)) for k, v in value[name].items()}
        for name in ("settings", "versions")
        if isinstance(value.get(name), dict)
    }
    return {
        **tables,
        "command": shlex.join(map(without_folders, typed(words)) if words else []),
        "started": str(value.get("started", "")),
    }
