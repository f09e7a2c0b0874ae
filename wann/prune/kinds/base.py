"""Kind: what the command needs to know of one kind of dense network that is pruned."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from wann.envs.task import Task
from wann.prune.run import PruneRun, Row
from wann.prune.settings import Settings

RowsOf = Callable[[int], Iterator[Row]]  # the rows of a seed, as they come


class Kind(ABC):
    """One kind of dense network.

    Attributes:
        name: Its name, and that of its block of options.
        options: The options that only it has.
        settings: Those together with the options of all kinds.
        title: Of the table of scores.
    """

    name: ClassVar[str]
    options: ClassVar[type]
    settings: ClassVar[type[Settings]]
    title: ClassVar[str]

    @abstractmethod
    def suits(self, task: Task) -> bool:
        """Whether it does a task."""

    @abstractmethod
    def preset(self, method: str, env: str, network: str | None = None) -> Settings:
        """The default settings of a method on a task, with a network that the user names.

        Raises:
            ValueError: If there is no such method, or it makes no sense for the task.
        """

    def foreign(self, method: str) -> dict[str, str]:
        """The options that a method never uses, each with the reason."""
        return {}

    @abstractmethod
    def unused(self, settings: Any) -> dict[str, str]:
        """The options that change nothing with these settings, each with the reason."""

    @abstractmethod
    def tasks(self, settings: Any, data: Path | None) -> tuple[Any, ...]:
        """What the settings name: the task first, then others.

        Raises:
            ValueError: If one is of another kind, or a package is missing.
            OSError: If the data cannot be read.
        """

    def shrinks(self, settings: Any) -> bool:
        """Whether what is left of a network can be written as a smaller dense one."""
        return False

    def about(self, tasks: tuple[Any, ...]) -> dict[str, Any]:
        """What config.json tells of the tasks, beside the settings."""
        return {}

    @abstractmethod
    def rows_of(
        self,
        settings: Any,
        tasks: tuple[Any, ...],
        run: PruneRun,
        tick: Callable[..., object],
    ) -> RowsOf:
        """What prunes with a seed.

        Args:
            settings: All settings.
            tasks: As `tasks` gave them.
            run: The run's folder.
            tick: Called now and then; it stops the work by raising.
        """

    @abstractmethod
    def score(self, value: float) -> str:
        """A score as text."""
