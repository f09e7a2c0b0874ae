"""The rows of the table: the tasks, and the settings that are tried on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wann.core.config import SearchConfig, preset

GENERATIONS = 10**9  # the steps end a search


@dataclass(frozen=True)
class Trial:
    """A task, and how long it is searched on.

    Attributes:
        env: What is stepped: EnvPool's where it takes the task, as its steps are cheaper.
        steps: Environment steps of a search.
    """

    env: str
    steps: int

    @property
    def gym(self) -> str:
        """The same task of Gymnasium, by whose name presets go."""
        return self.env.replace("envpool:", "gym:")

    @property
    def name(self) -> str:
        """Its name in tables."""
        return self.env.partition(":")[2]


TRIALS = (
    Trial("envpool:CartPole-v1", 300_000),
    Trial("envpool:Acrobot-v1", 1_000_000),
    Trial("envpool:MountainCar-v0", 600_000),
    Trial("envpool:MountainCarContinuous-v0", 1_000_000),
    Trial("envpool:Pendulum-v1", 600_000),
    Trial("envpool:LunarLander-v3", 500_000),
    Trial("envpool:InvertedPendulum-v5", 200_000),
    Trial("gym:FrozenLake-v1", 200_000),
)


@dataclass(frozen=True)
class Arm:
    """A way to search.

    Attributes:
        name: Its name.
        preset: Where the settings come from that are not given.
        settings: Those that are, by their names.
        random: Whether each generation is new networks at random, which nothing selects but
            what makes a champion.
    """

    name: str
    preset: str = "wann"
    settings: Mapping[str, Any] = field(default_factory=dict)
    random: bool = False

    def config(self, trial: Trial, seed: int) -> SearchConfig:
        """The settings of a search with a seed; its own last scores are kept short."""
        given = {"generations": GENERATIONS, "report_episodes": 1, **self.settings}
        return preset(trial.gym, self.preset, seed=seed, **given)


# All of them written out, so that a row stays what it is when the preset changes.
_DEFAULTS = {
    "population": 192,
    "rollouts": 3,
    "tournament": 8,
    "elites": 0.2,
    "confirm_rollouts": 32,
    "symmetric": False,
    "fresh_weights": False,
    "shared_weights": "-2,-1,-0.5,0.5,1,2",
    "normalize": False,
    "simplify": False,
    "restart": 0,
}
# Few genomes and one episode each leave steps for more generations.
_SMALL = {**_DEFAULTS, "population": 64, "rollouts": 1, "tournament": 4, "elites": 0.1}
_SYMMETRIC = {
    **_SMALL,
    "symmetric": True,
    "fresh_weights": True,
    "shared_weights": "0:2:3",
    "confirm_rollouts": 4,
}
_NORMALIZED = {**_SYMMETRIC, "normalize": True}
_HALL = {
    **_NORMALIZED,
    "population": 56,
    "own_episodes": True,
    "hall_of_fame": 8,
    "cull": 0.8,
    "confirm_rollouts": 2,
}

ARMS = (
    Arm("small, symmetric, normalised", settings=_NORMALIZED),
    Arm("small, symmetric", settings=_SYMMETRIC),
    Arm("random networks, symmetric, normalised", settings=_NORMALIZED, random=True),
    Arm("192 genomes, six fixed weights", settings=_DEFAULTS),
    Arm("paper", "paper"),
    Arm("small, symmetric, normalised, 3 episodes", settings={**_NORMALIZED, "rollouts": 3}),
    Arm("small, six fixed weights, normalised", settings={**_SMALL, "normalize": True}),
    Arm("random networks, symmetric", settings=_SYMMETRIC, random=True),
    Arm("small, symmetric, normalised, hall of fame", settings=_HALL),
)
