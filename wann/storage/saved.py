"""A network on disk: what it is called, the run it belongs to, and what goes beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from wann.core.config import SearchConfig, preset
from wann.envs.task import Task
from wann.storage import bundled
from wann.storage.folder import CONFIG
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.run import Run

CHAMPION = "champion"  # the file of a run's best network, without the suffix


@dataclass(frozen=True)
class Saved:
    """A network, with where it was read from.

    Attributes:
        path: The run folder or file, as the user named it.
        model: The network.
        name: What the user calls it, if anything.
    """

    path: Path
    model: Model
    name: str | None = field(default=None, kw_only=True)

    @property
    def folder(self) -> Path:
        """Where it was read from."""
        return folder_of(self.path)

    @property
    def results_folder(self) -> Path:
        """Where its results go by default; see `bundled.results_folder`."""
        return results_folder(self.path)

    @property
    def stem(self) -> str:
        """The name of its file without the suffix, "champion" for that of a run."""
        return CHAMPION if self.path.is_dir() else self.path.stem

    @property
    def label(self) -> str:
        """A short name, for figures and tables."""
        if self.name is not None:
            return self.name
        return self.folder.resolve().name if self.stem == CHAMPION else self.stem

    @cached_property
    def run(self) -> Run | None:
        """The run whose champion it is, if it is one."""
        whole = self.stem == CHAMPION and (self.folder / CONFIG).is_file()
        return Run(self.folder) if whole else None

    @property
    def named_run(self) -> Run | None:
        """The run, where the user named its folder: then all of it is meant, not the file alone."""
        return self.run if self.path.is_dir() else None

    def read_config(self) -> SearchConfig:
        """The settings of its search; those preset for the task where it has no run.

        Raises:
            ValueError: If those of the run are damaged.
        """
        return self.run.config() if self.run else preset(self.model.task)

    @property
    def running(self) -> bool:
        """Whether its search is still going, or was cut off."""
        return self.run is not None and "fitness" not in self.model.scores

    @property
    def note(self) -> str | None:
        """What to tell the user first: that the search is not over."""
        if not self.running:
            return None
        generation = self.model.search.get("generation", "?")
        return (
            f"{self.path}: this search is still going, or was cut off; this is its champion so "
            f"far, of generation {generation}"
        )

    def file(self, name: str, out: Path | None = None) -> Path:
        """Where a result goes: beside what was read, or in the folder `out`.

        A champion's results have plain names, such as sweep.csv; those of other files carry
        their name, so that many can lie in one folder.
        """
        if self.stem != CHAMPION:
            name = f"{self.stem}-{name}"
        return (out or self.results_folder) / name

    def tuned_file(self, out: Path | None = None) -> Path:
        """Where the network with tuned weights goes."""
        return (out or self.results_folder) / f"{self.stem}-tuned.json"

    def tuned(self) -> Model | None:
        """The model with tuned weights: this one if it has any, else the file beside it, if any.

        Raises:
            OSError: If that file cannot be read.
            ValueError: If it is damaged, or holds another network.
        """
        if self.model.weights is not None:
            return self.model
        beside = (self.tuned_file(), self.tuned_file(self.folder))
        file = next((file for file in beside if file.exists()), None)
        if file is None:
            return None
        model = load(file)
        if model.genome != self.model.genome:
            raise ValueError(
                f"{file}: is tuned for another network: tune this one again, with --force"
            )
        return model


def read(
    path: Path, env: str | Task | None = None, weights_file: str | Path | None = None
) -> Saved:
    """Read a run folder, a network file, or a matrix of the paper's code; see `load`.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not valid; it says what is wrong.
    """
    return Saved(path, load(path, env, weights_file))


class Named(Protocol):
    """What has inputs and outputs with names: a task, or another network."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""


def check_sizes(model: Model, like: Named, whose: str) -> None:
    """See that a network has as many inputs and outputs as its task, or another network.

    Args:
        model: The network.
        like: The task or other network.
        whose: As the message names it: "as swingup has".

    Raises:
        ValueError: If it has not.
    """
    for what in ("inputs", "outputs"):
        got, expected = len(getattr(model, what)), len(getattr(like, what))
        if got != expected:
            raise ValueError(f"expected {expected} {what}, {whose}, got {got}")


def folder_of(path: Path) -> Path:
    """A run's folder, or the one a file lies in."""
    return path if path.is_dir() else path.parent


def results_folder(path: Path) -> Path:
    """Where the results of a run or a file go by default; see `bundled.results_folder`."""
    return bundled.results_folder(folder_of(path))


def common_folder(paths: Sequence[Path]) -> Path:
    """The folder for the results of all of some runs and files: the one that holds them."""
    return Path(os.path.commonpath([results_folder(path).resolve() for path in paths]))
