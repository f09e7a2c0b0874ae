"""Options that several commands have, with the help that all of them show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional, TypeVar, Union

from tyro.conf import FlagCreatePairsOff, OmitArgPrefixes, UseAppendAction, arg

from wann.cli import guards
from wann.core.checks import check_workers
from wann.evaluation.cluster import LOCAL, Machines

if TYPE_CHECKING:  # what the help of a command needs not is imported where it is used
    from rich.console import Console

    from wann.evaluation.evaluator import Evaluator
    from wann.evaluation.pool import Pool
    from wann.storage.saved import Saved
    from wann.storage.subject import Subject

Group = TypeVar("Group")
Value = TypeVar("Value")

# Of neither tyro checks the default with typeguard, whose import takes a fifth of what a help does:
# it would for `Value | None`, and for a tuple that does not stand behind None.
Maybe = Optional[Value]  # noqa: UP045
Words = Annotated[
    Union[None, tuple[str, ...]],  # noqa: UP007, RUF036
    arg(metavar="[STR [STR ...]]"),
]

Flag = FlagCreatePairsOff[bool]  # --force, and no --no-force
Among = Annotated[Group, arg(name="")]  # the options of a group, among those of the command

Data = Annotated[
    Maybe[Path],
    arg(help="Folder that holds the task's files, such as DATA/mnist/train-images-idx3-ubyte.gz."),
]
Env = Annotated[
    Maybe[str],
    arg(help="The task of the runs, where it is in a module of your own: that is imported."),
]
Threads = Annotated[int, arg(help="Threads; -1 for one a core.")]
Force = Annotated[Flag, arg(help="Replace earlier results.")]
Labels = Annotated[
    UseAppendAction[tuple[str, ...]],
    arg(
        metavar="NAME=RUN",
        help="Runs under a name, such as paper=runs/paper-s*; may stand several times.",
    ),
]
Quiet = Annotated[Flag, arg(help="Print nothing but errors.")]


@dataclass(frozen=True)
class NetworkInput:
    """What a network's file may not say."""

    env: Maybe[str] = None
    """The task of a matrix of the paper's code."""
    weights_file: Maybe[Path] = None
    """Individual weights to go with such a matrix."""

    def saved(self, path: Path) -> Saved:
        """Read a network; see `storage.saved.read`."""
        from wann.storage import saved

        return saved.read(path, self.env, self.weights_file)


@dataclass(frozen=True)
class Input(NetworkInput):
    """What is read: a network, and the task to try it on."""

    data: Data = None
    max_steps: Maybe[int] = None
    """Cut an episode after this many steps, 0 where the task does; by default as the search."""

    def subject(self, path: Path, name: str | None = None) -> Subject:
        """Read a network with its task, by the user's name for it; see `storage.subject.read`."""
        from wann.storage import subject

        found = subject.read(path, self.env, self.weights_file, self.data, self.max_steps)
        return replace(found, name=name)


@dataclass(frozen=True)
class Work:
    """Where the work is done."""

    workers: int = -1
    """Threads, or processes for Gymnasium; -1 for one a core."""
    machines: OmitArgPrefixes[Machines] = LOCAL

    def __post_init__(self) -> None:
        """Check the number of workers.

        Raises:
            ValueError: If it is out of range.
        """
        check_workers(self.workers)

    def pool(self, evaluator: Evaluator) -> Pool:
        """The workers, to try networks."""
        from wann.evaluation.pool import Pool

        return Pool(evaluator, self.workers, self.machines)


@dataclass(frozen=True)
class Output:
    """What is written."""

    out: Maybe[Path] = None
    """Folder for the results; by default the one that holds all that is read."""
    force: Force = False
    quiet: Quiet = False

    def claim(self, files: Iterable[Path]) -> None:
        """See that files may be written; see `storage.results.claim`."""
        from wann.storage import results

        results.claim(files, self.force)

    def console(self) -> Console:
        """What prints, unless it is to be quiet."""
        return guards.console(self.quiet)
