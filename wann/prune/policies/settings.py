"""The settings of a pruning of policies, and their defaults for each task."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wann.prune.methods.registry import of_policies
from wann.prune.run import DENSE_EQUAL, INVERTED, REINITIALISED, SHUFFLED
from wann.prune.settings import Settings, at_least_1, expect

BUDGETS = {"cartpole": 2e7}  # environment steps of a training; of other tasks the default


@dataclass(frozen=True)
class PolicyOptions:
    """For control tasks only: dense policies, trained by CMA-ES."""

    least: int = 4
    """Connections at which it ends; those of the bias are counted."""
    budget: float = 2e8
    """Environment steps of the training of each level."""


@dataclass(frozen=True)
class PolicySettings(PolicyOptions, Settings):
    """Everything that decides what a pruning of policies finds."""

    env: str = "swingup"
    hidden: str = "5,5"

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        method = of_policies(self.method)
        super().__post_init__()
        at_least_1("least", self.least)
        if not 0 < self.budget < math.inf:
            raise ValueError(f"--budget: expected steps above 0, got {self.budget}")
        for arm in self.arm_names():
            expect("--arms", arm, (REINITIALISED, SHUFFLED, INVERTED, DENSE_EQUAL))
        trains_on = method.survivors == "trained" and method.retrain != "none"
        if DENSE_EQUAL in self.arm_names() and not trains_on:
            raise ValueError(
                f"--arms {DENSE_EQUAL}: expected a method that trains on from trained weights, "
                f"such as fine-tuning; with {self.method} the dense one has had the same training"
            )

    def counts(self, connections: int) -> list[int]:
        """How many of a number of connections each level keeps, down to the least."""
        found = []
        kept, level = connections, 0
        while kept > self.least:
            level += 1
            smaller = max(self.least, round(connections * (1 - self.rate) ** level))
            if smaller < kept:  # a low rate may not come to a whole connection
                found.append(smaller)
            kept = smaller
        return found


def preset(method: str, env: str) -> PolicySettings:
    """The default settings of a method on a task.

    Raises:
        ValueError: If there is no such method.
    """
    budget = BUDGETS.get(env, PolicySettings.budget)
    return PolicySettings(method=method, env=env, budget=budget, arms=of_policies(method).arms)
