"""The settings that every pruning run has, of whatever kind, and how they are checked."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wann.core import checks


@dataclass(frozen=True)
class Settings:
    """For all tasks; the defaults shown are those of the method and the task."""

    method: str = "lottery-ticket"
    """The method; --list shows them."""
    env: str = "mnist"
    """The task: images, a table, or a compiled control task such as swingup."""
    seed: int = 0
    """The first seed; everything random follows from it."""
    seeds: int = 1
    """How many seeds, counted up from the first."""
    hidden: str = "100,50"
    """Nodes of the hidden layers."""
    rate: float = 0.2
    """Share of the survivors that a round removes; of images with the scope layer, half of it in
    the output layer."""
    arms: str = ""
    """Controls, with commas: reinitialised, shuffled, inverted, dense-equal; for images also
    small-dense, scratch-e, scratch-b, corrupted-labels, native, frozen, frozen-outward, any other
    survivors or score."""

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        checks.check_seeds(self.seed, self.seeds)
        if not 0 < self.rate < 1:
            raise ValueError(f"--rate: expected a share between 0 and 1, got {self.rate}")
        self.hidden_sizes()

    def hidden_sizes(self) -> tuple[int, ...]:
        """The numbers of nodes of the hidden layers.

        Raises:
            ValueError: If they are not whole numbers above 0.
        """
        try:
            sizes = tuple(int(part) for part in self.hidden.split(","))
        except ValueError:
            sizes = ()
        if not sizes or min(sizes) < 1:
            raise ValueError(f"--hidden: expected sizes such as 300,100, got {self.hidden!r}")
        return sizes

    def arm_names(self) -> list[str]:
        """The controls."""
        return [arm for arm in self.arms.split(",") if arm]


def at_least_1(name: str, value: int) -> None:
    """Check the number of an option.

    Raises:
        ValueError: If it is below 1.
    """
    if value < 1:
        raise ValueError(f"{flag(name)}: expected at least 1, got {value}")


def expect(flag: str, value: str, known: Iterable[str]) -> None:
    """See that a name is known.

    Raises:
        ValueError: If not; it names the nearest first.
    """
    known = list(known)
    if value not in known:
        raise ValueError(
            f"{flag}: unknown {value!r}: expected one of {', '.join(nearest(value, known))}"
        )


def nearest(name: str, known: Sequence[str]) -> list[str]:
    """Names, the most similar to a name first."""
    return sorted(known, key=lambda x: -difflib.SequenceMatcher(None, name, x).ratio())


def flag(name: str) -> str:
    """The flag of a setting."""
    return "--" + name.replace("_", "-")
