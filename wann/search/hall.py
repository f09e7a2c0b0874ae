"""The hall of fame: the best confirmed genomes breed on, whatever the luck of a generation.

Where one episode says little, the best of a generation are mostly the luckiest, and elites that
must prove themselves anew in each generation soon lose to others that are luckier. Members of the
hall are known by the confirmation cases, many more than a generation has, and are elites until
better ones come. (The term is that of Rosin & Belew, "New methods for competitive coevolution",
1997, whose hall tests the living; here its members breed.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from wann.core.arrays import take_scores, take_whole
from wann.core.expressions.own import Own
from wann.core.genome import Genome, take_genomes, together
from wann.search.champion import Champion
from wann.search.objectives import fitness

CONTENDERS = 2  # of each generation, for a place


class HallOfFame:
    """The best genomes that were confirmed.

    Attributes:
        size: How many there may be.
        members: They, the best first.
    """

    def __init__(self, size: int, members: Sequence[Champion] = ()) -> None:
        """A hall for so many genomes."""
        self.size, self.members = size, list(members)

    def copy(self) -> HallOfFame:
        """Another with the same members."""
        return HallOfFame(self.size, self.members)

    @property
    def genomes(self) -> list[Genome]:
        """Those of the members."""
        return [member.genome for member in self.members]

    def contenders(self, genomes: Sequence[Genome], rewards: np.ndarray) -> list[int]:
        """Which of P genomes with rewards [P, W, R] are to be confirmed: the best whose rewards are
        not those of a member, and whose mean, where the hall is full, is not below its median."""
        means, known = fitness(rewards), self.genomes
        members = [i for i, genome in enumerate(genomes) if genome in known]
        full = members and len(self.members) == self.size
        least = float(np.median(means[members])) if full else -np.inf
        tried = [rewards[i] for i in members]
        found: list[int] = []
        for i in np.argsort(-means, kind="stable").tolist():
            if len(found) == CONTENDERS or means[i] < least:
                break
            if not any(np.array_equal(rewards[i], each, equal_nan=True) for each in tried):
                tried.append(rewards[i])
                found.append(i)
        return found

    def admit(self, confirmed: Sequence[Champion]) -> None:
        """Let confirmed genomes in whose fitness is above that of others; of equals who was first
        stays."""
        found = sorted([*self.members, *confirmed], key=lambda each: -each.fitness)
        self.members = found[: self.size]

    def again(self, confirm: Callable[[Champion], Champion]) -> None:
        """Confirm all anew, as what networks see has changed."""
        members, self.members = self.members, []
        self.admit([confirm(member) for member in members])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The members as arrays, for a checkpoint."""
        if not self.members:
            return {}
        pool = together(self.genomes).pool
        return {
            "hall_counts": np.diff(pool.starts, axis=0),
            "hall_hidden": pool.hidden,
            "hall_connections": pool.connections,
            "hall_fitness": np.array([member.fitness for member in self.members]),
            "hall_generations": np.array([member.generation for member in self.members]),
        }

    @classmethod
    def from_arrays(
        cls, size: int, arrays: dict[str, np.ndarray], sizes: list[int], own: tuple[Own, ...]
    ) -> HallOfFame:
        """The hall that `to_arrays` gave, by the numbers of inputs and outputs, and the search's
        activations of one's own.

        Raises:
            ValueError: If an array is missing or does not fit.
        """
        counts = take_whole(arrays, "hall_counts", None, 2)
        found = take_scores(arrays, "hall_fitness", len(counts)).tolist()
        generations = take_whole(arrays, "hall_generations", len(counts)).tolist()
        if len(counts) > size or any(before < after for before, after in pairwise(found)):
            raise ValueError(
                f"expected at most {size} members of the hall of fame, the best first, got {found}"
            )
        genomes = take_genomes(arrays, "hall_", sizes, counts, own)
        return cls(
            size, [Champion(*each) for each in zip(genomes, found, generations, strict=True)]
        )
