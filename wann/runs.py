"""The run folder: settings, metrics, checkpoint and champions of one search."""

from __future__ import annotations

import csv
import io
import platform
import re
import sys
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from wann import config as configs
from wann import files
from wann.config import SearchConfig
from wann.model import Model

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
        if not (path / "config.json").is_file():
            what = "it has no config.json" if path.is_dir() else "there is no such folder"
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

    def config(self) -> SearchConfig:
        """The settings of the run.

        Raises:
            ValueError: If config.json is damaged.
        """
        file = self.path / "config.json"
        value = files.read_json(file)
        try:
            settings = value["settings"]
            return configs.from_json({k: _infinite(v) for k, v in settings.items()})
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError(f"{file}: expected the settings of a search, but {error}") from None

    def log(self, row: dict[str, Any]) -> None:
        """Append a row to the metrics."""
        file = self.path / "metrics.csv"
        text = io.StringIO()
        writer = csv.DictWriter(text, METRICS, lineterminator="\n")
        if not file.exists():
            writer.writeheader()
        writer.writerow(row)
        with open(file, "a", encoding="utf-8") as out:
            out.write(text.getvalue())

    def metrics(self) -> dict[str, np.ndarray]:
        """The metrics so far, float64[generations] by the names in `METRICS`.

        A last line that is only half written, as while a search runs, is left out.

        Raises:
            ValueError: If a column is missing, or a value is no number.
        """
        file = self.path / "metrics.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
        header, *rows = list(csv.reader(x for x in lines if x.endswith("\n"))) or [list(METRICS)]
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
        """Replace the checkpoint."""
        files.write_arrays(self.path / "checkpoint.npz", arrays)

    def load_checkpoint(self) -> dict[str, np.ndarray] | None:
        """The arrays of the checkpoint, or None if there is none yet.

        Raises:
            ValueError: If the checkpoint is damaged.
        """
        file = self.path / "checkpoint.npz"
        if not file.exists():
            return None
        try:
            with open(file, "rb") as opened:
                return dict(np.load(opened, allow_pickle=False))
        except Exception as error:  # zipfile and NumPy raise a dozen kinds on damaged bytes
            raise ValueError(
                f"{file}: expected a checkpoint, but it is damaged ({error}); the champions in "
                f"{self.path / 'champions'} are untouched, the search must start anew"
            ) from None

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
    path = _unused(Path("runs") / name) if path is None else path
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ValueError(
            f"{path}: expected a new or empty folder, but it holds something; choose another "
            "with --run, or go on with what began in it with --resume"
        )
    path.mkdir(parents=True, exist_ok=True)
    files.write_json(
        path / "config.json",
        {
            **settings,
            "versions": _versions(),
            "command": sys.argv,
            "started": datetime.now().astimezone().isoformat(timespec="seconds"),
        },
    )
    return path


def _unused(path: Path) -> Path:
    """The path, with a number behind it if it is taken."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


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
