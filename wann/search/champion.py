"""The champion: the best genome so far, by cases that selection never saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wann.core.arrays import take_score, take_whole
from wann.core.expressions.own import Own
from wann.core.genome import Genome, take_genomes
from wann.core.network import express
from wann.envs.task import Task
from wann.evaluation.regression.readout import action_of
from wann.storage.model import Model


@dataclass(frozen=True)
class Champion:
    """A confirmed genome.

    Attributes:
        genome: The topology.
        fitness: Mean over the weights and the confirmation cases.
        generation: The generation that found it.
    """

    genome: Genome
    fitness: float
    generation: int

    def to_model(self, task: Task, seed: int, scores: Mapping[str, Any]) -> Model:
        """The champion as a network of a task, found by a search with a seed.

        The confirmed fitness joins the scores.
        """
        return Model(
            self.genome,
            task.name,
            task.inputs,
            task.outputs,
            action_of(task, express(self.genome)),
            scores={**scores, "confirmed_fitness": self.fitness},
            search={
                "seed": seed,
                "generation": self.generation,
                "connections": express(self.genome).complexity,
            },
            normalization=getattr(task, "normalization", None),
            table=getattr(task, "table", None),
        )

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
    def from_arrays(cls, arrays: dict[str, np.ndarray], own: tuple[Own, ...]) -> Champion:
        """The champion that `to_arrays` gave, by the search's activations of one's own.

        Raises:
            ValueError: If an array is missing or does not fit.
        """
        *sizes, generation = take_whole(arrays, "champion_sizes", 3).tolist()
        (genome,) = take_genomes(arrays, "champion_", sizes, None, own)
        return cls(genome, take_score(arrays, "champion_fitness"), generation)
