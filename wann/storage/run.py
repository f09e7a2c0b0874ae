"""The run folder: settings, metrics, checkpoint and champions of one search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from wann.core import files, locks
from wann.core.config import SearchConfig
from wann.core.text import tell
from wann.envs.naming import file_name
from wann.storage import bundled, metrics
from wann.storage.folder import CONFIG, check_own, made_by, make_folder
from wann.storage.load import load
from wann.storage.model import Model

CHAMPION = "champion.json"
CHECKPOINT, BEFORE = "checkpoint.npz", "checkpoint-before.npz"


class Run:
    """A run's folder. Every file in it is replaced as a whole or, for the metrics, appended to.

    Attributes:
        path: The folder.
    """

    START = "start.json"

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
        self._lock: locks.Lock | None = None

    @classmethod
    def create(
        cls,
        config: SearchConfig,
        path: Path | None = None,
        record: Mapping[str, str] = {},
        start: Model | None = None,
    ) -> Run:
        """Make a new folder; by default one in ``runs/``, named by task, time and seed.

        Args:
            config: The settings.
            path: The folder, new or empty.
            record: What else config.json says: "like" the run whose settings were taken, "from"
                the network that it begins with.
            start: That network.

        Raises:
            ValueError: If the folder exists and is not empty.
            OSError: If it cannot be written.
        """
        name = f"{folder_name(config.env)}-s{config.seed}"
        run = cls(make_folder(path, name, {"settings": settings_of(config), **record}))
        if start is not None:
            start.save(run.path / cls.START)
        return run

    def start(self) -> Model | None:
        """The network that the search begins with, if it was given one.

        Raises:
            OSError: If it cannot be read.
            ValueError: If it is damaged, or not there any more.
        """
        file = self.path / self.START
        if file.exists():
            return load(file)
        origin = files.read_json(self.path / CONFIG).get("from")
        if origin is not None:
            raise ValueError(f"{file}: expected the network that it begins with, {origin}")
        return None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only process that searches here; what killed ones wrote by half is removed.

        Raises:
            ValueError: If another process does, what is to be written leads elsewhere, or the
                folder belongs to the installed package.
            OSError: If the folder cannot be written.
        """
        if bundled.is_installed(self.path):
            raise ValueError(
                f"{self.path}: this champion belongs to the installed package and stays as it is: "
                "--like begins a new search with its settings, --from with its network"
            )
        check_own(self.path)
        with locks.held(self.path / CONFIG) as lock:
            for name in (CONFIG, metrics.FILE, "champion.json", CHECKPOINT):
                files.remove_leftovers(self.path / name)
            for leftover in (self.path / "champions").glob(".*.tmp"):
                leftover.unlink()
            self._lock = lock
            if (self.path / CHECKPOINT).exists():
                self._note_resumption()
            try:
                yield
            finally:
                self._lock = None

    def _note_resumption(self) -> None:
        """Write down in config.json by what, and when, the search goes on."""
        value = files.read_json(self.path / CONFIG)
        resumed = value.get("resumed", []) if isinstance(value, dict) else None
        if not isinstance(resumed, list):
            raise ValueError(f"{self.path / CONFIG}: expected a list of what resumed the search")
        files.write_json(self.path / CONFIG, {**value, "resumed": [*resumed, made_by()]})

    def _check_lock(self) -> None:
        """See that no other process may be writing by now.

        Raises:
            OSError: If one may.
        """
        if self._lock:
            self._lock.check()

    def config(self) -> SearchConfig:
        """The settings of the run.

        Raises:
            ValueError: If config.json is damaged.
        """
        file = self.path / CONFIG
        value = files.read_json(file)
        try:
            settings = value["settings"]
            return config_of({k: _infinite(v) for k, v in settings.items()})
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError(f"{file}: expected the settings of a search, but {error}") from None

    def record(self) -> dict[str, Any]:
        """The option that makes the task again of the table that the search began on, if it did.

        Raises:
            ValueError: If the champion so far is damaged.
        """
        file = self.path / CHAMPION
        table = load(file).table if file.is_file() else None
        return {} if table is None else {"record": table}

    def log(self, row: dict[str, Any]) -> None:
        """Append a row to the metrics.

        Raises:
            OSError: If that fails, and the row may then be there by half; or if another process
                may be writing.
        """
        self._check_lock()
        metrics.append(self.path / metrics.FILE, row)

    def metrics(self) -> dict[str, np.ndarray]:
        """The metrics so far; see `metrics.read`."""
        return metrics.read(self.path / metrics.FILE)

    def trim_metrics(self, generation: int) -> None:
        """Drop the rows of the metrics from a generation on; see `metrics.trim`."""
        metrics.trim(self.path / metrics.FILE, generation)

    def save_checkpoint(self, arrays: dict[str, np.ndarray]) -> None:
        """Replace the checkpoint; the one before is kept, should this one be damaged some day.

        Raises:
            OSError: If that fails, or another process may be writing.
        """
        self._check_lock()
        file = self.path / CHECKPOINT
        # After a power failure they must reach as far as the checkpoint.
        metrics.sync(self.path / metrics.FILE)
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
            tell(f"{damage}; the one before it is whole and taken instead")
        return arrays

    def save_champion(self, model: Model) -> None:
        """Write the champion, also under the generation that found it.

        Raises:
            OSError: If that fails, or another process may be writing.
        """
        self._check_lock()
        folder = self.path / "champions"
        if not folder.exists():
            folder.mkdir()
            files.sync_folder(self.path)
        file = folder / f"{model.search['generation']:06d}.json"
        model.save(file)
        files.write_again(self.path / CHAMPION, file)


def folder_name(env: str) -> str:
    """What the name of a folder in ``runs/`` begins with: the task and the time."""
    return f"{file_name(env)}-{datetime.now():%Y%m%d-%H%M%S}"


def settings_of(config: SearchConfig) -> dict[str, Any]:
    """The settings as config.json holds them."""
    return _finite(asdict(config))


def _finite(settings: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity: write it as a string."""
    return {k: str(v) if v in (float("inf"), float("-inf")) else v for k, v in settings.items()}


def config_of(values: dict[str, Any]) -> SearchConfig:
    """What config.json holds, of this version or an older one, as settings again.

    Raises:
        ValueError: If there is a setting this version does not know.
    """
    known = {field.name for field in fields(SearchConfig)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"unknown settings {', '.join(unknown)}: was it made by a newer version?")
    # In older versions guided searches were always layered, and others never.
    return SearchConfig(**{"layered": values.get("guided", False), **values})


def _infinite(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf") else value
