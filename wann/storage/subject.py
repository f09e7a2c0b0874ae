"""What the commands after a search look at: a network, its task, and where results go."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from wann import envs
from wann.core.config import SearchConfig, preset
from wann.envs.classification import ClassificationTask
from wann.envs.task import Task
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.run import Run


@dataclass(frozen=True)
class Subject:
    """A network to look at.

    Attributes:
        path: The run folder or file, as the user named it.
        model: The network.
        task: What it is for.
        config: The settings of its search; those preset for the task where it has no run.
        folder: Where it was read from.
        stem: The name of its file without the suffix, "champion" for that of a run.
    """

    path: Path
    model: Model
    task: Task
    config: SearchConfig
    folder: Path
    stem: str

    @property
    def label(self) -> str:
        """A short name, for figures and tables."""
        where = self.folder.resolve().name
        return where if self.stem == "champion" else self.stem

    @property
    def unit(self) -> str:
        """What its task is scored in."""
        return "accuracy" if isinstance(self.task, ClassificationTask) else "return"

    @property
    def note(self) -> str | None:
        """What to tell the user first: that the search is not over."""
        if not (self.folder / "config.json").exists() or self.stem != "champion":
            return None
        if "fitness" in self.model.scores:
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
        if self.stem != "champion":
            name = f"{self.stem}-{name}"
        return (out or self.folder) / name


def read(
    path: Path,
    env: str | None = None,
    weights_file: Path | None = None,
    data: Path | None = None,
    max_steps: int | None = None,
) -> Subject:
    """Read a run folder, a network file, or a matrix of the paper's code.

    Args:
        path: The folder or file.
        env: The name of the task; needed with a matrix, and with a task in a module of its own.
        weights_file: A list of individual weights, for a matrix.
        data: The folder that holds the task's files.
        max_steps: Steps after which to cut an episode; by default as the search.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not valid, or does not fit its task; it says what is wrong.
    """
    options = {} if data is None else {"data": data}
    task = None if env is None else envs.make(env, **options)
    model = load(path, task, weights_file)
    task = task or envs.made_for(model.task, **options)
    for what, given, expected in (
        ("inputs", model.inputs, task.inputs),
        ("outputs", model.outputs, task.outputs),
    ):
        if len(given) != len(expected):
            raise ValueError(
                f"{path}: expected {len(expected)} {what}, as {task.name} has, got {len(given)}"
            )
    folder = path if path.is_dir() else path.parent
    stem = "champion" if path.is_dir() else path.stem
    run = Run(folder) if stem == "champion" and (folder / "config.json").exists() else None
    config = run.config() if run else preset(task.name)
    if max_steps is not None:
        config = replace(config, max_steps=max_steps)
    return Subject(path, model, task, config, folder, stem)


def tuned(subject: Subject) -> Model | None:
    """The model with tuned weights: the subject's own, else the file beside it, else None.

    Raises:
        OSError: If that file cannot be read.
        ValueError: If it is damaged, or holds another network.
    """
    if subject.model.weights is not None:
        return subject.model
    file = subject.folder / f"{subject.stem}-tuned.json"
    if not file.exists():
        return None
    model = load(file)
    if model.genome != subject.model.genome:
        raise ValueError(f"{file}: is tuned for another network: tune this one again, with --force")
    return model


def claim(files: Iterable[Path], force: bool) -> None:
    """Make the folders of files to be written, and see that none of the files exists.

    Raises:
        ValueError: If one does, and `force` is off.
        OSError: If a folder cannot be made.
    """
    for file in files:
        if file.exists() and not force:
            raise ValueError(
                f"{file}: exists already; --force replaces it, --out DIR writes elsewhere"
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(file.parent, os.W_OK):  # better known now than when all is computed
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file.parent))
