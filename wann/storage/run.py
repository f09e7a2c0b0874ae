"""The run folder: settings, metrics, checkpoint and champions of one search."""

from __future__ import annotations

import csv
import io
import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from wann.core import config as configs
from wann.core import files, locks
from wann.core.config import SearchConfig
from wann.storage.model import Model

METRICS = (
    "generation",
    "evaluations",
    "seconds",
    "fitness_best",
    "fitness_median",
    "peak",
    "champion_fitness",
    "connections_best",
    "connections_median",
    "nonfinite",
)
CONFIG = "config.json"
CHECKPOINT, BEFORE = "checkpoint.npz", "checkpoint-before.npz"
PACKAGES = ("wann", "numpy", "numba", "gymnasium", "networkx", "joblib", "scikit-learn")


class Run:
    """A run's folder. Every file in it is replaced as a whole or, for the metrics, appended to.

    Attributes:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        """A folder that `create` made, now or earlier.

        Raises:
            ValueError: If it is none.
        """
        if not (path / CONFIG).is_file():
            what = "it has no config.json" if path.is_dir() else "there is no such folder"
            what = "it is a file" if path.is_file() else what
            raise ValueError(f"{path}: expected the folder of a run, but {what}")
        self.path = path

    @classmethod
    def create(cls, config: SearchConfig, path: Path | None = None) -> Run:
        """Make a new folder; by default one in ``runs/``, named by task, time and seed.

        Raises:
            ValueError: If the folder exists and is not empty.
            OSError: If it cannot be written.
        """
        env = re.sub(r"[^\w.-]", "-", config.env)
        name = f"{env}-{datetime.now():%Y%m%d-%H%M%S}-s{config.seed}"
        return cls(make_folder(path, name, {"settings": _finite(asdict(config))}))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only process that searches here; what killed ones wrote by half is removed.

        Raises:
            ValueError: If another process does.
            OSError: If the folder cannot be written.
        """
        with locks.held(self.path / CONFIG):
            for name in (CONFIG, "metrics.csv", "champion.json", CHECKPOINT):
                files.remove_leftovers(self.path / name)
            for leftover in (self.path / "champions").glob(".*.tmp"):
                leftover.unlink()
            yield

    def config(self) -> SearchConfig:
        """The settings of the run.

        Raises:
            ValueError: If config.json is damaged.
        """
        file = self.path / CONFIG
        value = files.read_json(file)
        try:
            settings = value["settings"]
            return configs.from_json({k: _infinite(v) for k, v in settings.items()})
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError(f"{file}: expected the settings of a search, but {error}") from None

    def log(self, row: dict[str, Any]) -> None:
        """Append a row to the metrics.

        Raises:
            OSError: If that fails; the row may then be there by half.
        """
        file = self.path / "metrics.csv"
        text = io.StringIO()
        writer = csv.DictWriter(text, METRICS, lineterminator="\n")
        if not file.exists():
            writer.writeheader()
        writer.writerow(row)
        try:
            with open(file, "a", encoding="utf-8") as out:
                out.write(text.getvalue())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(file)) from error

    def metrics(self) -> dict[str, np.ndarray]:
        """The metrics so far, float64[generations] by the names in `METRICS`.

        A last line that is only half written, as while a search runs, is left out.

        Raises:
            ValueError: If a column is missing, or a value is no number.
        """
        file = self.path / "metrics.csv"
        header, rows = files.read_csv(file) if file.exists() else ([], [])
        header = header or list(METRICS)
        if missing := [name for name in METRICS if name not in header]:
            raise ValueError(f"{file}: expected a column {missing[0]!r}, but it has none")
        try:
            table = np.array([[float(value) for value in row] for row in rows], dtype=np.float64)
            table = table.reshape(len(rows), len(header))
        except ValueError as error:
            raise ValueError(f"{file}: expected a number in every column, but {error}") from None
        return {name: table[:, header.index(name)] for name in METRICS}

    def trim_metrics(self, generation: int) -> None:
        """Drop the rows from a generation on, and a last line cut short."""
        file = self.path / "metrics.csv"
        if not file.exists():
            return
        kept = [",".join(METRICS) + "\n"]
        for row in file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
            first = row.split(",")[0]
            if row.endswith("\n") and first.isdecimal() and int(first) < generation:
                kept.append(row)
        files.write_text(file, "".join(kept))

    def save_checkpoint(self, arrays: dict[str, np.ndarray]) -> None:
        """Replace the checkpoint; the one before is kept, should this one be damaged some day."""
        file, metrics = self.path / CHECKPOINT, self.path / "metrics.csv"
        if metrics.exists():  # after a power failure they must reach as far as the checkpoint
            with open(metrics, "ab") as opened:
                os.fsync(opened.fileno())
        files.write_arrays(file, arrays, before=self.path / BEFORE)

    def load_checkpoint(self) -> dict[str, np.ndarray] | None:
        """The arrays of the checkpoint, or None if there is none yet.

        Where the last one is damaged, the one before does: a search that goes on from it comes to
        the same end.

        Raises:
            OSError: If it cannot be read.
            ValueError: If both are damaged.
        """
        file, before = self.path / CHECKPOINT, self.path / BEFORE
        if not file.exists() and not before.exists():
            return None
        try:
            return files.read_arrays(file)
        except (ValueError, FileNotFoundError) as error:
            damage = str(error)
        try:
            arrays = files.read_arrays(before)
        except (ValueError, FileNotFoundError):
            raise ValueError(
                f"{damage}; the champions in {self.path / 'champions'} are untouched; without "
                f"{CHECKPOINT} and {BEFORE} the search starts again, and finds the same"
            ) from None
        if file.exists():
            print(f"wann: {damage}; the one before it is whole and taken instead", file=sys.stderr)
        return arrays

    def save_champion(self, model: Model) -> None:
        """Write the champion, and a copy under the generation that found it."""
        folder = self.path / "champions"
        folder.mkdir(exist_ok=True)
        model.save(folder / f"{model.search['generation']:06d}.json")
        model.save(self.path / "champion.json")


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
    with locks.held(path / CONFIG):
        _check_free(path)  # of two processes at the same moment, the second finds it taken
        files.write_json(
            path / CONFIG,
            {
                **settings,
                "versions": _versions(),
                "command": sys.argv,
                "started": datetime.now().astimezone().isoformat(timespec="seconds"),
            },
        )
    return path


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


def _finite(settings: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity: write it as a string."""
    return {k: str(v) if v in (float("inf"), float("-inf")) else v for k, v in settings.items()}


def _infinite(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf") else value


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
