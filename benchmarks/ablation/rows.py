"""The rows of the ablation: what is searched, and with which settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wann.core.config import SearchConfig, preset

TASKS = ("swingup", "mnist")
RANDOM = "best of N random networks"
WANN = "wann"  # whose champions the controls rewire
GENERATIONS = 10**9  # the seconds end a search


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        name: Its name.
        preset: Where the settings come from that are not given.
        settings: Those that are, by their names.
    """

    name: str
    preset: str = "wann"
    settings: Mapping[str, Any] = field(default_factory=dict)

    def config(self, env: str, seed: int) -> SearchConfig:
        """The settings of a search with a seed; its own last scores are kept short."""
        given = {"generations": GENERATIONS, "report_episodes": 1, **self.settings}
        return preset(env, self.preset, seed=seed, **given)


def _paper(name: str, **settings: Any) -> Row:
    return Row(f"paper + {name}" if name else "paper", "paper", settings)


def _wann(name: str, **settings: Any) -> Row:
    return Row(f"wann, {name}" if name else WANN, "wann", settings)


_FRESH = {"shared_weights": "-2:2:6", "fresh_weights": True}
_OWN = {"published_mutations": False}
# Half of the six weights: the others give the same by the networks' structure.
_SYMMETRIC = {**_OWN, "symmetric": True, "shared_weights": "0.5,1,2"}
_SIMPLER = {"simplify": True, "restart": 50}
# One parent, one child, and the better of the two goes on, whatever its size. Restarts come after
# as many children as in the preset, champions are confirmed by no more episodes than they need.
GREEDY = {
    "population": 2,
    "elites": 0.5,
    "cull": 0.5,
    "tournament": 1,
    "objectives": "none",
    "complexity_probability": 0.0,
}

_SWINGUP = (
    _paper(""),
    _wann(""),
    _paper("fresh weights", **_FRESH),
    _paper(
        "activations that hardly mind the size", activations="linear,step,tanh,inverse,abs,relu"
    ),
    _paper("our mutations", **_OWN),
    _paper("our mutations, symmetric", **_SYMMETRIC),
    _paper("simplifying and restarts", **_SIMPLER),
    _paper("complexity share 0.95", complexity_probability=0.95),
    _paper("milder selection", rollouts=4, tournaments=1, tournament=3, elites=0.1),
    _wann("population 1 (greedy)", **GREEDY, restart=4800, confirm_rollouts=2),
    Row(RANDOM),
    _wann("complexity share 0", complexity_probability=0.0),
    _wann("complexity share 0.08", complexity_probability=0.08),
    _wann("complexity share 0.5", complexity_probability=0.5),
    _wann("complexity share 1", complexity_probability=1.0),
)

_MNIST = (
    _paper(""),
    _wann(""),
    _wann("without layers and guidance", layered=False, guided=False),
    _wann("layers without guidance", guided=False),
    _wann("guidance without layers", layered=False),
    _wann("population 1 (greedy)", **GREEDY, restart=6400),
    Row(RANDOM),
    _paper("fresh weights", **_FRESH),
    _paper("activations that hardly mind the size", activations="linear,inverse,abs,relu"),
    _paper("our mutations", **_OWN),
    _paper("our mutations, symmetric", **_SYMMETRIC),
    _paper("simplifying and restarts", **_SIMPLER),
    _paper("complexity share 0.08", complexity_probability=0.08),
    _paper("calibrated likelihood", calibrated=True),
    _wann("complexity share 0", complexity_probability=0.0),
    _wann("complexity share 0.5", complexity_probability=0.5),
    _wann("complexity share 1", complexity_probability=1.0),
)

ROWS: Mapping[str, tuple[Row, ...]] = {"swingup": _SWINGUP, "mnist": _MNIST}
