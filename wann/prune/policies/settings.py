"""The settings of a pruning run on a control task."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wann.core import checks
from wann.prune.images.settings import expect, layer_sizes
from wann.prune.policies.methods import find
from wann.prune.run import INVERTED, REINITIALISED, SHUFFLED

BUDGETS = {"cartpole": 2e7}  # environment steps of a training; of other tasks the default


@dataclass(frozen=True)
class PolicySettings:
    """Everything that decides what a pruning run finds."""

    method: str = "lottery-ticket"
    """The recipe; --list shows them."""
    env: str = "swingup"
    """The task."""
    seed: int = 0
    """The first seed; everything random follows from it."""
    seeds: int = 1
    """How many seeds, counted up from the first."""
    hidden: str = "5,5"
    """Nodes of the hidden layers."""
    rate: float = 0.2
    """Share of the connections that a level removes."""
    least: int = 4
    """Connections at which it ends; those of the bias are counted."""
    budget: float = 2e8
    """Environment steps of the training of each level."""
    arms: str = ""
    """Controls at all levels, with commas: reinitialised, shuffled, inverted."""

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        find(self.method)
        for name in ("seeds", "least"):
            if getattr(self, name) < 1:
                raise ValueError(f"--{name}: expected at least 1, got {getattr(self, name)}")
        checks.check_seed(self.seed)
        if not 0 < self.rate < 1:
            raise ValueError(f"--rate: expected a share between 0 and 1, got {self.rate}")
        if not 0 < self.budget < math.inf:
            raise ValueError(f"--budget: expected steps above 0, got {self.budget}")
        self.hidden_sizes()
        for arm in self.arm_names():
            expect("--arms", arm, (REINITIALISED, SHUFFLED, INVERTED))

    def hidden_sizes(self) -> tuple[int, ...]:
        """The numbers of nodes of the hidden layers.

        Raises:
            ValueError: If they are not whole numbers above 0.
        """
        return layer_sizes(self.hidden)

    def arm_names(self) -> list[str]:
        """The controls."""
        return [arm for arm in self.arms.split(",") if arm]

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
    """The default settings of a recipe on a task.

    Raises:
        ValueError: If there is no such recipe.
    """
    budget = BUDGETS.get(env, PolicySettings.budget)
    return PolicySettings(method=method, env=env, budget=budget, arms=find(method).arms)
