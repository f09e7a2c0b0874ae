"""The champion: the best genome so far, by episodes that selection never saw.

The best of a generation is mostly the luckiest. It becomes champion only if it beats the old one
on a set of episodes that is drawn once and used for nothing else; its reported scores come from a
third set.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wann.core.arrays import take, take_whole
from wann.core.genome import Genome, take_genomes


@dataclass(frozen=True)
class Champion:
    """A confirmed genome.

    Attributes:
        genome: The topology.
        fitness: Mean over the weights and the confirmation episodes.
        generation: The generation that found it.
    """

    genome: Genome
    fitness: float
    generation: int

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The champion as arrays, for a checkpoint."""
        genome = self.genome
        return {
            "champion_sizes": np.array([genome.inputs, genome.outputs, self.generation]),
            "champion_fitness": np.array(self.fitness),
            "champion_hidden": genome.hidden,
            "champion_connections": genome.connections,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> Champion:
        """The champion that `to_arrays` gave.

        Raises:
            ValueError: If an array is missing or does not fit.
        """
        *sizes, generation = take_whole(arrays, "champion_sizes", 3).tolist()
        (genome,) = take_genomes(arrays, "champion_", sizes, None)
        return cls(genome, float(take(arrays, "champion_fitness", float)), generation)


def summary(rewards: np.ndarray) -> dict[str, float]:
    """The scores of one network.

    Args:
        rewards: [W, R].

    Returns:
        fitness, the mean over everything; peak and worst, the means of the best and the worst
        single weight.
    """
    by_weight = rewards.mean(axis=1)
    return {
        "fitness": float(by_weight.mean()),
        "peak": float(by_weight.max()),
        "worst": float(by_weight.min()),
    }
