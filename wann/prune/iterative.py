"""Pruning level by level, whatever is pruned: score, remove, train again; and the controls beside.

Level 0 is the dense network. A control either branches off the method's own levels (the same mask
with other weights, or as many weights elsewhere), or finds its masks in another way, level by
level like the method itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

Result = TypeVar("Result")  # what is reported of a network


class IterativePruning(ABC, Generic[Result]):
    """The levels of one arm of one seed."""

    @property
    @abstractmethod
    def levels(self) -> Sequence[int]:
        """The levels after the dense one."""

    @property
    @abstractmethod
    def control_levels(self) -> Sequence[int]:
        """Those of them at which there are controls."""

    @property
    @abstractmethod
    def controls(self) -> Sequence[str]:
        """The arms of the controls."""

    @property
    @abstractmethod
    def branches(self) -> Container[str]:
        """The arms that branch off these levels; others find their masks in another way."""

    @abstractmethod
    def dense(self) -> Iterator[Result]:
        """The dense network; nothing where it is not trained."""

    @abstractmethod
    def level(self, number: int) -> Iterator[Result]:
        """The network of a level; more than one result where it is scored in several ways."""

    @abstractmethod
    def branch(self, arm: str, number: int) -> Iterator[Result]:
        """The network of a control that branches off a level."""

    @abstractmethod
    def other(self, arm: str) -> IterativePruning[Result]:
        """The levels of a control that finds its masks in another way."""

    def is_cut_off(self, number: int) -> bool:
        """Whether at a level, and so at all further ones, no input reaches an output any more."""
        return False

    def results(self) -> Iterator[Result]:
        """The networks of the method, each with the controls that branch off; then the others."""
        branches = [arm for arm in self.controls if arm in self.branches]
        yield from self.dense()
        for number in self._connected(self.levels):
            yield from self.level(number)
            if number in self.control_levels:
                for arm in branches:
                    yield from self.branch(arm, number)
        for arm in self.controls:
            if arm not in branches:
                other = self.other(arm)
                for number in other._connected(self.control_levels):
                    yield from other.level(number)

    def _connected(self, levels: Iterable[int]) -> Iterator[int]:
        for number in levels:
            if self.is_cut_off(number):
                return
            yield number
