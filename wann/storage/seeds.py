"""A folder with a run for each of several seeds.

``runs/<env>-<date>-<time>-<n>-seeds/`` holds `config.json`, with ``"kind": "seeds"``, the settings
and the seeds; and a run's folder ``s<seed>`` for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from wann.core import files
from wann.core.config import SearchConfig
from wann.storage import listing
from wann.storage.folder import CONFIG, make_folder
from wann.storage.model import Model
from wann.storage.run import Run, folder_name, settings_of

LINES, SUMMARY = "seeds.csv", "summary.csv"


class SeedsFolder:
    """The folder of several runs that differ in nothing but their seeds.

    Attributes:
        path: The folder.
        seeds: The seed of each run.
    """

    def __init__(self, path: Path) -> None:
        """A folder that `create` made, now or earlier.

        Raises:
            ValueError: If it is none, or its config.json is damaged.
            OSError: If it cannot be read.
        """
        value = files.read_json(path / CONFIG)
        found = value.get("seeds") if isinstance(value, dict) else None
        if not isinstance(found, list) or not found or not all(type(s) is int for s in found):
            raise ValueError(f"{path / CONFIG}: expected seeds, a list of whole numbers")
        self.path = path
        self.seeds: list[int] = found
        self._record = {name: value[name] for name in ("from", "like") if name in value}

    @classmethod
    def create(
        cls,
        config: SearchConfig,
        count: int,
        path: Path | None = None,
        record: Mapping[str, str] = {},
        start: Model | None = None,
    ) -> SeedsFolder:
        """Make a new folder with a run for each seed, from that of the settings on.

        Args:
            config: The settings of the first run.
            count: How many runs.
            path: The folder, new or empty; by default one in ``runs/``.
            record: What else config.json says; see `Run.create`.
            start: The network that all begin with.

        Raises:
            ValueError: If the folder exists and is not empty, or a seed is too large.
            OSError: If it cannot be written.
        """
        last = replace(config, seed=config.seed + count - 1)  # also a check of all seeds
        seeds = list(range(config.seed, last.seed + 1))
        head = {"kind": listing.SEEDS, "settings": settings_of(config), "seeds": seeds, **record}
        made = cls(make_folder(path, f"{folder_name(config.env)}-{count}-seeds", head))
        if start is not None:
            start.save(made.path / Run.START)
        made.complete()
        return made

    def config(self) -> SearchConfig:
        """The settings of the first run."""
        return Run(self.path).config()

    @property
    def runs(self) -> list[Path]:
        """The folder of each run."""
        return [self.path / f"s{seed}" for seed in self.seeds]

    def complete(self) -> None:
        """Make the runs' folders that are not there, as where making them was cut off.

        Raises:
            OSError: If one cannot be made.
        """
        config, start = self.config(), Run(self.path).start()
        for seed, run in zip(self.seeds, self.runs, strict=True):
            if not (run / CONFIG).exists():
                Run.create(replace(config, seed=seed), run, self._record, start)


def expanded(path: Path) -> list[Path]:
    """The runs of a folder of several seeds; any other path as it is."""
    return list(listing.folders(path)) if listing.is_seeds(path) else [path]
